import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ar from "../../src/i18n/ar.json";
import { LANGUAGES, type Catalogue, type Key, type Message } from "../../src/i18n/catalogue.ts";
import english from "../../src/i18n/en.json";
import fr from "../../src/i18n/fr.json";
import sw from "../../src/i18n/sw.json";
import type { Language } from "../../src/model.ts";
import { statusOfKey } from "../../src/ui/keyboard.ts";
import { COMMAND_KEYS } from "../../src/ui/keys.ts";
import { translator } from "../../src/i18n/translate.ts";

const ENGLISH: Catalogue = english;
const CATALOGUES: Record<Language, Catalogue> = { en: ENGLISH, sw, fr, ar };
const KEYS = Object.keys(ENGLISH) as Key[];
const SOURCES = join(import.meta.dirname, "../../src");

const forms = (message: Message): Record<string, string> =>
  typeof message === "string" ? { other: message } : { ...message };
const places = (sentence: string): string => [...new Set(sentence.match(/\{\w+\}/g))].sort().join();

for (const [language, catalogue] of Object.entries(CATALOGUES)) {
  test(`${language} has every message and no other`, () => {
    assert.deepEqual(Object.keys(catalogue).sort(), [...KEYS].sort());
  });

  test(`${language} has every plural class of its own where English has one`, () => {
    const classes = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of KEYS) {
      const message = catalogue[key];
      assert.equal(typeof message, typeof ENGLISH[key], key);
      if (typeof message !== "string") assert.deepEqual(Object.keys(message).sort(), [...classes].sort(), key);
    }
  });

  test(`${language} has the same places to fill as English`, () => {
    for (const key of KEYS) {
      const wanted = places(Object.values(forms(ENGLISH[key])).join());
      const found = forms(catalogue[key]);
      assert.equal(places(Object.values(found).join()), wanted, key);
      // The form that large numbers take must say the number.
      assert.equal(places(found["other"] ?? ""), wanted, key);
    }
  });

  test(`${language} has a letter of its own for each status, and none that is a command`, () => {
    const letters = ["present", "absent", "late", "excused"].map((status) => catalogue[`letter.${status}` as Key] as string);
    assert.equal(new Set(letters).size, 4);
    const commands = Object.values(COMMAND_KEYS).map(({ key }) => key);
    for (const letter of letters) assert.ok(!commands.includes(letter.toLocaleLowerCase()), letter);
  });

  test(`${language} fills every message without leaving a place open`, () => {
    const t = translator(language as Language, catalogue);
    for (const key of KEYS) {
      const names = places(Object.values(forms(ENGLISH[key])).join()).match(/\w+/g) ?? [];
      for (const count of [0, 1, 2, 3, 11, 100, 1_000_000]) {
        const values = Object.fromEntries(names.map((name) => [name, name === "count" ? count : "x"]));
        assert.doesNotMatch(t(key, values), /[{}]|^$/, `${key} with ${count}`);
      }
    }
  });
}

test("every language calls itself something and has a direction", () => {
  assert.deepEqual(Object.keys(LANGUAGES), Object.keys(CATALOGUES));
});

test("P, A, L and E mark in every language, beside its own letters", () => {
  const french = translator("fr", fr);
  assert.equal(statusOfKey(french, "r", "KeyR"), "late");
  assert.equal(statusOfKey(french, "L", "KeyL"), "late");
  const arabic = translator("ar", ar);
  assert.equal(statusOfKey(arabic, "غ", "KeyY"), "absent");
  assert.equal(statusOfKey(arabic, "ش", "KeyA"), "absent", "where A is printed");
  assert.equal(statusOfKey(translator("en", ENGLISH), "q", "KeyA"), null, "a Latin layout is taken as typed");
});

/** All code below a folder, as one text. */
const codeOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");

test("every message that a notice of the store names is there", () => {
  for (const [, key] of codeOf(SOURCES).matchAll(/text_key: "([^"]+)"/g)) assert.ok(key && key in ENGLISH, key);
});

test("every message is used", () => {
  const code = codeOf(SOURCES);
  // Keys put together at run time: `status.${status}`.
  const patterns = [...code.matchAll(/`([\w.]*\$\{[\w.]+\}[\w.]*)`/g)]
    .map(([, template = ""]) => template.replaceAll(".", "\\.").replace(/\$\{[^}]+\}/g, "[\\w-]+"))
    .filter((pattern) => pattern.includes("\\."))
    .map((pattern) => new RegExp(`^${pattern}$`));
  const unused = KEYS.filter((key) => !code.includes(`"${key}"`) && !patterns.some((pattern) => pattern.test(key)));
  assert.deepEqual(unused, []);
});
