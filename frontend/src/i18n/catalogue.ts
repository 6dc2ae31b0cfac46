/** The words of the screens, by language. English is always there; the others are fetched once and kept on the device. */
import type { Language } from "../model.ts";
import english from "./en.json";

/** Names a message. */
export type Key = keyof typeof english;
/** A sentence, or one sentence for each plural class of `Intl.PluralRules`. */
export type Message = string | Readonly<Record<string, string>>;
/** Every message of one language. */
export type Catalogue = Readonly<Record<Key, Message>>;

/** Written in by the build: where each fetched catalogue is. */
declare const __CATALOGUES__: Readonly<Record<Exclude<Language, "en">, string>>;

/** What each language calls itself, and which way it runs. */
export const LANGUAGES: Readonly<Record<Language, { readonly name: string; readonly dir: "ltr" | "rtl" }>> = {
  en: { name: "English", dir: "ltr" },
  sw: { name: "Kiswahili", dir: "ltr" },
  fr: { name: "Français", dir: "ltr" },
  ar: { name: "العربية", dir: "rtl" },
};

/** The words that are there without asking anybody. */
export const ENGLISH: Catalogue = english;

/** Fetches a catalogue; null when it cannot be had just now. */
export async function loadCatalogue(language: Language): Promise<Catalogue | null> {
  if (language === "en") return ENGLISH;
  try {
    const response = await fetch(__CATALOGUES__[language]);
    return response.ok ? ({ ...ENGLISH, ...(await response.json()) } as Catalogue) : null;
  } catch {
    return null;
  }
}
