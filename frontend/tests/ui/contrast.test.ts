import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

/** In sunlight on a cheap screen; beyond what WCAG AAA asks of text. */
const LEAST = 7;
/** Of a control's edge against its ground, WCAG 1.4.11. */
const LEAST_OF_EDGES = 3;

const style = readFileSync(join(import.meta.dirname, "../../src/styles.css"), "utf8");
const pairs = new Map(
  [...style.matchAll(/--color-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = "", light = "", dark = ""]) => [name, { light, dark }]),
);

const TEXT: readonly (readonly [string, string])[] = [
  ["ink", "page"], ["ink", "card"], ["soft", "page"], ["soft", "card"], ["accent", "page"], ["accent", "card"], ["on-accent", "accent"],
  ...["present", "absent", "late", "excused"].flatMap((status) => [
    [status, `${status}-tint`] as const, [status, "card"] as const, [status, "page"] as const,
  ]),
];

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

for (const theme of ["light", "dark"] as const) {
  const colour = (name: string): string => {
    const pair = pairs.get(name);
    assert.ok(pair, name);
    return pair[theme];
  };

  test(`text keeps ${LEAST}:1 on every ground it stands on, ${theme}`, () => {
    for (const [text, ground] of TEXT) {
      const found = contrast(colour(text), colour(ground));
      assert.ok(found >= LEAST, `${text} on ${ground}: ${found.toFixed(2)}`);
    }
  });

  test(`edges of controls keep ${LEAST_OF_EDGES}:1, ${theme}`, () => {
    for (const ground of ["page", "card"]) {
      const found = contrast(colour("edge"), colour(ground));
      assert.ok(found >= LEAST_OF_EDGES, `edge on ${ground}: ${found.toFixed(2)}`);
    }
  });
}
