/** Dates, times and numbers as the school's people write them, in the school's time zone. */
import type { DateText, InstantText, Language } from "../model.ts";

/** Ways of writing. */
export interface Formats {
  /** `08:05`. */
  time(instant: InstantText): string;
  /** `08:05`, with the day before it unless that is `today`. */
  moment(instant: InstantText, today: DateText | null): string;
  /** `Sun 22 Nov`. */
  day(date: DateText): string;
  /** `Sunday 22 November 2026`. */
  longDay(date: DateText): string;
  /** The school's day of an instant, as an ISO date. */
  dateOf(instant: InstantText): DateText;
  number(value: number): string;
  /** `1.4 MB`. */
  bytes(value: number): string;
}

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** Ways of writing for a language and a time zone; null: the device's own zone, until the roster names the school's. */
export function formats(language: Language, timeZone: string | null): Formats {
  const zone = knownZone(timeZone);
  const style = (options: Intl.DateTimeFormatOptions, timeZone = zone): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(language, timeZone === undefined ? options : { ...options, timeZone });
  const time = style({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const dayAndTime = style({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  // A date has no zone: it is the same square of the calendar everywhere.
  const day = style({ weekday: "short", day: "numeric", month: "short" }, "UTC");
  const longDay = style({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, "UTC");
  const iso = new Intl.DateTimeFormat("sv-SE", zone === undefined ? {} : { timeZone: zone });
  const number = new Intl.NumberFormat(language);
  const dateOf = (instant: InstantText): DateText => iso.format(new Date(instant));

  return {
    time: (instant) => time.format(new Date(instant)),
    moment: (instant, today) => (dateOf(instant) === today ? time : dayAndTime).format(new Date(instant)),
    day: (date) => day.format(new Date(date)),
    longDay: (date) => longDay.format(new Date(date)),
    dateOf,
    number: (value) => number.format(value),
    bytes: (value) => bytes(language, value),
  };
}

function bytes(language: Language, value: number): string {
  const step = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  const unit = BYTE_UNITS[step] ?? "byte";
  const rounded = value / 1000 ** step;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: step > 1 ? 1 : 0 }).format(rounded);
}

/** An old browser may not know a zone that the school named. */
function knownZone(timeZone: string | null): string | undefined {
  if (timeZone === null) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    return undefined;
  }
}
