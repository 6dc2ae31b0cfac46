/** How late a student is taken to be. Pure. */
import type { InstantText } from "../../../model.ts";

/** Beyond an hour the time of the tap says when the teacher got round to it, not when the student came. */
const MOST_GUESSED = 60;

/** Minutes since the slot began; null when that is unknown, before the start, or too long ago to be a good guess. */
export function guessMinutesLate(slotStart: InstantText | null, now: Date): number | null {
  if (slotStart === null) return null;
  const minutes = Math.floor((now.getTime() - Date.parse(slotStart)) / 60_000);
  return minutes >= 0 && minutes <= MOST_GUESSED ? minutes : null;
}
