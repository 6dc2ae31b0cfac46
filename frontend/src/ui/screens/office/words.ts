/** The office's own words, fetched by language like the office itself: a teacher's phone has no use for them. */
import type { Message } from "../../../i18n/catalogue.ts";
import type english from "../../../i18n/office/en.json";
import { translator, type Translate } from "../../../i18n/translate.ts";
import type { Language } from "../../../model.ts";

export type OfficeKey = keyof typeof english;
type OfficeCatalogue = Readonly<Record<OfficeKey, Message>>;

const LOADERS: Readonly<Record<Language, () => Promise<{ readonly default: OfficeCatalogue }>>> = {
  en: () => import("../../../i18n/office/en.json"),
  sw: () => import("../../../i18n/office/sw.json"),
  fr: () => import("../../../i18n/office/fr.json"),
  ar: () => import("../../../i18n/office/ar.json"),
};

const known = new Map<Language, Translate<OfficeKey>>();
const asked = new Map<Language, Promise<void>>();

/** The words of a language; null until they are there, and then `arrived` is called. */
export function officeWords(language: Language, arrived: () => void): Translate<OfficeKey> | null {
  if (!known.has(language) && !asked.has(language)) {
    asked.set(language, fetchWords(language).then(arrived));
  }
  // The words of before are better than none while others come.
  return known.get(language) ?? [...known.values()].at(-1) ?? null;
}

async function fetchWords(language: Language): Promise<void> {
  try {
    known.set(language, translator<OfficeKey>(language, (await LOADERS[language]()).default));
  } catch (error) {
    console.error(error);
    // Asked for again when the screen is next drawn.
    asked.delete(language);
  }
}
