/** The screens beside the registers, in one part: they are small, and each file of its own would be a request more. */
export { historyScreen } from "./history.ts";
export { lessonQuestion } from "./lesson.ts";
export { settingsScreen } from "./settings/settings.ts";
export { syncScreen } from "./sync/sync.ts";
