/** The moments of a register: how they are written, which one the slider is at, and what is read of one. */
import type { InstantText } from "../../../../model.ts";
import { isStoodRegister, momentIndex, type StoodRegister } from "../../../../office/register_history.ts";
import type { Reading } from "../../../../office/readings.ts";
import { pathOf, read, refine, type Office } from "../context.ts";

/** The slider has to rest so long before anything is read. */
const REST_MS = 200;

/** The moment that is shown. It stands in the address; null: the newest. */
export function shownMoment({ route }: Office): InstantText | null {
  return route.query["at"] ?? null;
}

/** Moves the slider. The register is read once it rests, so that of many wishes the last one is answered. */
export function moveSlider(office: Office, moments: readonly InstantText[], at: InstantText): void {
  const { desk } = office;
  desk.change({ slider: at });
  setTimeout(() => desk.slider === at && refine(office, { at: at === moments.at(-1) ? null : at }), REST_MS);
}

/** To the second: registers are marked in less than a minute. */
export function momentWords({ format }: Office, at: InstantText): string {
  return `${format.day(format.dateOf(at))}, ${format.exact(at)}`;
}

/** A register at one of its moments. */
export interface MomentRead {
  readonly path: string;
  readonly reading: Reading<StoodRegister>;
}

/** Reads the register as it stood at a moment; at the newest one it stands as it does now. */
export function readMoment(office: Office, now_path: string, { moments }: StoodRegister, at: InstantText | null): MomentRead {
  const is_newest = momentIndex(moments, at) === moments.length - 1;
  const path = is_newest ? now_path : pathOf(now_path, { recorded_at: at });
  return { path, reading: read(office, path, isStoodRegister, is_newest) };
}
