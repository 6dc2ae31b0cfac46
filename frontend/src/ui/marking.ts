/** What marks: the register and its keys, in one part that is fetched once somebody works here. */
export { handleKey } from "./keyboard.ts";
export { registerScreen } from "./screens/register/register.ts";
