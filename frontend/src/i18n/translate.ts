/** From a key and values to a sentence. Pure. */
import { once } from "../core/once.ts";
import type { Language } from "../model.ts";
import { LANGUAGES, type Key, type Message } from "./catalogue.ts";

/** What stands in the places of a sentence. `count` is a number, however written, and chooses the plural. */
export type Values = Readonly<Record<string, string | number>>;

/** The sentence of a key. */
export interface Translate<Known extends string = Key> {
  (key: Known, values?: Values): string;
  /** The sentence of a key that was put together at run time; null when the catalogue has none. */
  word(key: string, values?: Values): string | null;
  readonly language: Language;
}

const PLACE = /\{(\w+)\}/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff]/;

/** A translator for one language. */
export function translator<Known extends string = Key>(language: Language, catalogue: Readonly<Record<Known, Message>>): Translate<Known> {
  const plural = once(() => new Intl.PluralRules(language));
  const number = once(() => new Intl.NumberFormat(language));

  const fill = (message: Message, values: Values): string => {
    const { count } = values;
    const sentence =
      typeof message === "string" ? message : (message[plural().select(Number(count))] ?? message["other"] ?? "");
    return sentence.replace(PLACE, (place, name: string) => {
      const value = name === "count" ? Number(count) : values[name];
      if (value === undefined) return place;
      return typeof value === "number" ? number().format(value) : isolate(value);
    });
  };

  /** A name in another script must not turn the words around it. */
  const isolate = (value: string): string =>
    LANGUAGES[language].dir === "rtl" || RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;

  const translate = (key: Known, values: Values = {}): string => fill(catalogue[key], values);
  const word = (key: string, values: Values = {}): string | null =>
    Object.hasOwn(catalogue, key) ? fill(catalogue[key as Known], values) : null;
  return Object.assign(translate, { word, language });
}
