/** Signs of the office's places. Words stand beside each. */
import { drawing } from "../../parts/icons.ts";

/** Registers of any class and day. */
export const registersIcon = drawing("M6 3h12v18H6zM9 8h6M9 12h6M9 16h3");
/** Somebody who comes in late. */
export const arrivalsIcon = drawing("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l4 2");
/** What people mark with. */
export const devicesIcon = drawing("M7 3h10v18H7zM11 18h2");
/** Excuses. */
export const exceptionsIcon = drawing("M4 6h16v12H4zM4 7l8 6 8-6");
/** Reports. */
export const reportsIcon = drawing("M4 20h16M7 20v-7M12 20V6M17 20v-10");
/** Two who say different things. */
export const conflictsIcon = drawing("M4 8h13l-3-3M20 16H7l3 3");
/** Students and classes. */
export const peopleIcon = drawing("M9 11a3 3 0 1 0 0-6a3 3 0 0 0 0 6M3 20a6 6 0 0 1 12 0M16 5a3 3 0 0 1 0 6M18 14a6 6 0 0 1 3 6");
/** Who may sign in. */
export const usersIcon = drawing("M14 10a4 4 0 1 0-3 3.9V20h3v-3h3v-3h-3");
/** What counts how, and when there is school. */
export const policyIcon = drawing("M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M8 14h3M8 17h8");
/** Whether everything is as it was. */
export const auditIcon = drawing("M12 3l8 3v6c0 5-4 8-8 9c-4-1-8-4-8-9V6zM9 12l2 2 4-4");
/** What has no room. */
export const moreIcon = drawing("M5 12h.01M12 12h.01M19 12h.01");
/** Downwards: a file to keep. */
export const downloadIcon = drawing("M12 4v11M7 11l5 5 5-5M4 20h16");
