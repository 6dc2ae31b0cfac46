/** What synchronises, in one part that is fetched once somebody works here: before that nothing is sent or read. */
export { Live, type News } from "./live.ts";
export { Runner } from "./run.ts";
