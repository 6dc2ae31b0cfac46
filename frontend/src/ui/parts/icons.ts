/** Signs, drawn in the colour of the text around them. None says anything alone: words stand beside or behind each. */
import { html, type TemplateResult } from "lit-html";

/** A sign of one stroke on a field of 24 by 24. */
export const drawing = (path: string, turns = false): TemplateResult => html`<svg
  class="icon ${turns ? "icon-turns" : ""}"
  viewBox="0 0 24 24"
  fill="none"
  stroke="currentColor"
  stroke-width="2"
  stroke-linecap="round"
  stroke-linejoin="round"
  aria-hidden="true"
  focusable="false"
>
  <path d=${path} />
</svg>`;

/** Kept on this device only. */
export const deviceIcon = drawing("M9 3h6a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM11 18h2");
/** On the way to the server. */
export const sendingIcon = drawing("M12 20V5M6 11l6-6 6 6");
/** The server has it. */
export const receivedIcon = drawing("m2 13 4 4 8-9M11 16l1 1 9-9");
/** Somebody must decide. */
export const attentionIcon = drawing("M12 4 2.5 20h19zM12 10v4M12 17v.01");
/** Back along the line of reading. */
export const backIcon = drawing("m15 5-7 7 7 7", true);
/** On along the line of reading. */
export const onIcon = drawing("m9 5 7 7-7 7", true);
/** Today's registers. */
export const todayIcon = drawing("M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M9 15l2 2 4-4");
/** What is sent and what is not. */
export const syncIcon = drawing("M7 20V6M3 10l4-4 4 4M17 4v14M13 14l4 4 4-4");
/** What I did. */
export const historyIcon = drawing("M12 7v5l3 2M4 12a8 8 0 1 1 2.5 5.8M4 12l-1.5-2M4 12l2-2");
/** Settings. */
export const settingsIcon = drawing("M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 0 1 4 0a2 2 0 0 1-4 0M7 17a2 2 0 0 1 4 0a2 2 0 0 1-4 0");
/** More about one student. */
export const noteIcon = drawing("M5 4h14v12l-4 4H5zM9 9h6M9 13h4");
/** Away with. */
export const crossIcon = drawing("m6 6 12 12M18 6 6 18");
/** No network. */
export const offlineIcon = drawing("M3 3l18 18M5 12a10 10 0 0 1 4-2.5M2 8.5a15 15 0 0 1 4.5-2.8M8.5 15.5a5 5 0 0 1 6-.6M12 19v.01M13 6a15 15 0 0 1 9 2.5M16 11a10 10 0 0 1 3 1");
