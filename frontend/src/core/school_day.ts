/** Days and hours in the school's time zone. */

import type { DateText, InstantText } from "../model.ts";
import { instant } from "./clock.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

/** The school's calendar day at a moment. */
export function schoolDay(time_ms: number, time_zone: string): DateText {
  const [date] = wallTime(time_ms, time_zone).split(" ");
  return date ?? "";
}

/** The moment at which a clock in the school shows `hours` ("08:00") on a day; null if it cannot be read. */
export function momentOf(date: DateText, hours: string, time_zone: string): InstantText | null {
  const as_utc = Date.parse(`${date}T${hours.length === 5 ? `${hours}:00` : hours}Z`);
  if (Number.isNaN(as_utc)) return null;
  const first = as_utc - zoneOffset(as_utc, time_zone);
  // A second look settles days on which the clocks are changed.
  return instant(as_utc - zoneOffset(first, time_zone));
}

/** The day that lies `days` after another; negative for before. */
export function dayAfter(date: DateText, days: number): DateText {
  return instant(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).slice(0, 10);
}

function zoneOffset(time_ms: number, time_zone: string): number {
  return Date.parse(`${wallTime(time_ms, time_zone).replace(" ", "T")}Z`) - Math.floor(time_ms / 1000) * 1000;
}

/** "2026-11-24 08:01:02", as a clock in the zone shows it. */
function wallTime(time_ms: number, time_zone: string): string {
  const parts = new Map(formatFor(time_zone).formatToParts(time_ms).map((part) => [part.type, part.value]));
  const at = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "00";
  return `${at("year")}-${at("month")}-${at("day")} ${at("hour")}:${at("minute")}:${at("second")}`;
}

function formatFor(time_zone: string): Intl.DateTimeFormat {
  const known = formats.get(time_zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
    timeZone: time_zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  formats.set(time_zone, made);
  return made;
}
