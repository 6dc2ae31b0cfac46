/** The office's words in every language: the same rules as for the words of the registers. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Message } from "../../src/i18n/catalogue.ts";
import ar from "../../src/i18n/office/ar.json";
import english from "../../src/i18n/office/en.json";
import fr from "../../src/i18n/office/fr.json";
import sw from "../../src/i18n/office/sw.json";
import { translator } from "../../src/i18n/translate.ts";
import type { Language } from "../../src/model.ts";
import { REPORTS } from "../../src/ui/screens/office/reports/kinds.ts";

type Catalogue = Readonly<Record<string, Message>>;
const ENGLISH: Catalogue = english;
const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en: ENGLISH, sw, fr, ar };
const KEYS = Object.keys(ENGLISH);

const forms = (message: Message | undefined): Record<string, string> => (typeof message === "object" ? { ...message } : { other: message ?? "" });
const places = (sentence: string): string => [...new Set(sentence.match(/\{\w+\}/g))].sort().join();

for (const [language, catalogue] of Object.entries(CATALOGUES)) {
  test(`${language} has every message of the office and no other`, () => {
    assert.deepEqual(Object.keys(catalogue).sort(), [...KEYS].sort());
  });

  test(`${language} has its own plural classes and the same places to fill, and leaves none open`, () => {
    const classes = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const t = translator<string>(language as Language, catalogue);
    for (const key of KEYS) {
      const message = catalogue[key];
      assert.equal(typeof message, typeof ENGLISH[key], key);
      if (typeof message === "object") assert.deepEqual(Object.keys(message).sort(), [...classes].sort(), key);
      const wanted = places(Object.values(forms(ENGLISH[key])).join());
      assert.equal(places(forms(message)["other"] ?? ""), wanted, key);
      const names = wanted.match(/\w+/g) ?? [];
      for (const count of [0, 1, 2, 3, 11, 100, 1_000_000]) {
        const values = Object.fromEntries(names.map((name) => [name, name === "count" ? count : "x"]));
        assert.doesNotMatch(t(key, values), /[{}]|^$/, `${key} with ${count}`);
      }
    }
  });

  test(`${language} says most things in its own words`, () => {
    if (language === "en") return;
    const borrowed = KEYS.filter((key) => JSON.stringify(catalogue[key]) === JSON.stringify(ENGLISH[key]) && /[a-z]{4}/.test(JSON.stringify(ENGLISH[key]).replace(/\{\w+\}/g, "")));
    assert.ok(borrowed.length <= 6, borrowed.join());
  });
}

test("every message of the office is used", () => {
  const folder = join(import.meta.dirname, "../../src/ui/screens/office");
  const code = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const patterns = [...code.matchAll(/`([\w.-]*\$\{[\w.]+\}[\w.]*)`/g)]
    .map(([, template = ""]) => template.replaceAll(".", "\\.").replace(/\$\{[^}]+\}/g, "[\\w-]+"))
    .filter((pattern) => /[a-z]/.test(pattern.replaceAll("[\\w-]+", "")) && !pattern.startsWith("column"))
    .map((pattern) => new RegExp(`^${pattern}$`));
  const columns = new Set(REPORTS.flatMap((report) => report.columns.map(({ name }) => `column.${name}`)));
  // The API's own words, which columns of reports say in the reader's language.
  const spoken = /^(tier|missing)\./;
  const unused = KEYS.filter((key) => !spoken.test(key) && !code.includes(`"${key}"`) && !columns.has(key) && !patterns.some((pattern) => pattern.test(key)));
  assert.deepEqual(unused, []);
});

test("every column of every report has a heading", () => {
  for (const { columns } of REPORTS) for (const { name } of columns) assert.ok(`column.${name}` in ENGLISH, name);
});
