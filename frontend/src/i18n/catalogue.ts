/** The words of the screens, by language. Each is a file of its own, so that nobody loads four. */
import type { Language } from "../model.ts";
import type english from "./en.json";

/** Names a message. */
export type Key = keyof typeof english;
/** A sentence, or one sentence for each plural class of `Intl.PluralRules`. */
export type Message = string | Readonly<Record<string, string>>;
/** Every message of one language. */
export type Catalogue = Readonly<Record<Key, Message>>;

/** Written in by the build: where each fetched catalogue is. */
declare const __CATALOGUES__: Readonly<Record<Language, string>>;

/** What each language calls itself, and which way it runs. */
export const LANGUAGES: Readonly<Record<Language, { readonly name: string; readonly dir: "ltr" | "rtl" }>> = {
  en: { name: "English", dir: "ltr" },
  sw: { name: "Kiswahili", dir: "ltr" },
  fr: { name: "Français", dir: "ltr" },
  ar: { name: "العربية", dir: "rtl" },
};

/** The first of a person's languages that there are words in; English if there is none. */
export function firstLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = Object.keys(LANGUAGES).find((known) => known === tag.toLowerCase().split("-")[0]);
    if (language !== undefined) return language as Language;
  }
  return "en";
}

/** Fetches a catalogue; null when it cannot be had just now. */
export async function loadCatalogue(language: Language): Promise<Catalogue | null> {
  try {
    const response = await fetch(__CATALOGUES__[language]);
    return response.ok ? ((await response.json()) as Catalogue) : null;
  } catch {
    return null;
  }
}
