/** Dates, times and numbers as the school's people write them, in the school's time zone. */
import { once } from "../core/once.ts";
import type { DateText, InstantText, Language } from "../model.ts";

/** Ways of writing. */
export interface Formats {
  /** `08:05`. */
  time(instant: InstantText): string;
  /** `08:05:30`. */
  exact(instant: InstantText): string;
  /** `08:05`, with the day before it unless that is `today`. */
  moment(instant: InstantText, today: DateText | null): string;
  /** `Sun 22 Nov`. */
  day(date: DateText): string;
  /** `Sunday 22 November 2026`. */
  longDay(date: DateText): string;
  /** The school's day of an instant, as an ISO date. */
  dateOf(instant: InstantText): DateText;
  number(value: number): string;
  /** `3 minutes`, `26 hours`, `4 days`, from milliseconds. */
  duration(value: number): string;
  /** `1.4 MB`. */
  bytes(value: number): string;
}

const MINUTE_MS = 60_000;
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** Ways of writing for a language and a time zone; null: the device's own zone, until the roster names the school's. */
export function formats(language: Language, timeZone: string | null): Formats {
  const locale = localeOf(language);
  const zone = once(() => knownZone(timeZone));
  const style = (options: Intl.DateTimeFormatOptions, zoneOf = zone): (() => Intl.DateTimeFormat) =>
    once(() => new Intl.DateTimeFormat(locale, inZone(zoneOf(), options)));
  const time = style({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const exact = style({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const dayAndTime = style({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  // A date has no zone: it is the same square of the calendar everywhere.
  const day = style({ weekday: "short", day: "numeric", month: "short" }, () => "UTC");
  const longDay = style({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, () => "UTC");
  const iso = once(() => new Intl.DateTimeFormat("sv-SE", inZone(zone(), {})));
  const number = once(() => new Intl.NumberFormat(locale));
  const dateOf = (instant: InstantText): DateText => iso().format(new Date(instant));

  return {
    time: (instant) => time().format(new Date(instant)),
    exact: (instant) => exact().format(new Date(instant)),
    moment: (instant, today) => (dateOf(instant) === today ? time() : dayAndTime()).format(new Date(instant)),
    day: (date) => day().format(new Date(date)),
    longDay: (date) => longDay().format(new Date(date)),
    dateOf,
    number: (value) => number().format(value),
    duration: (value) => duration(locale, value),
    bytes: (value) => bytes(locale, value),
  };
}

function inZone(timeZone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormatOptions {
  return timeZone === undefined ? options : { ...options, timeZone };
}

/** English alone would put the month before the day. */
function localeOf(language: Language): string {
  return language === "en" ? "en-GB" : language;
}

/** In the largest unit of which there are at least two, so that a rounded number still says enough. */
function duration(locale: string, value: number): string {
  const minutes = value / MINUTE_MS;
  const [unit, count] =
    minutes < 120 ? (["minute", minutes] as const) : minutes < 2 * 24 * 60 ? (["hour", minutes / 60] as const) : (["day", minutes / (24 * 60)] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(count);
}

function bytes(locale: string, value: number): string {
  const step = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  const unit = BYTE_UNITS[step] ?? "byte";
  const rounded = value / 1000 ** step;
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: step > 1 ? 1 : 0 }).format(rounded);
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
