/** What synchronises, in one part that is fetched once somebody works here: before that nothing is sent or read. */
export { refill } from "../storage/refill.ts";
export { Live, type News } from "./live.ts";
export { Runner } from "./run.ts";
export { unsentFile } from "../core/unsent_file.ts";
