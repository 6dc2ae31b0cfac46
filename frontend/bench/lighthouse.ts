/** What Lighthouse says of a first visit, where there is a Lighthouse: it is not among the app's own tools. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CHROMIUM } from "../tests/system/school.ts";

/** Its program, as in `node_modules/lighthouse/cli/index.js`. */
const PROGRAM = process.env["LIGHTHOUSE"] ?? null;
/** Each takes ten seconds and more, and says nearly the same as the one before. */
const VISITS = 5;
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;
const ASKED = ["performance", "accessibility", "best-practices"] as const;

/** Of each visit. */
export interface Judged {
  /** The largest contentful paint by its own reckoning for a phone, in milliseconds. */
  readonly largest_paint: readonly number[];
  /** Points out of 100. */
  readonly points: Readonly<Record<(typeof ASKED)[number], readonly number[]>>;
}

interface Answer {
  readonly categories: Readonly<Record<(typeof ASKED)[number], { readonly score: number }>>;
  readonly audits: { readonly "largest-contentful-paint": { readonly numericValue: number } };
}

/** Lets it visit with the settings of its own that it has for phones; null where there is none. */
export async function judgedByLighthouse(origin: string): Promise<Judged | null> {
  if (PROGRAM === null) return null;
  const answers: Answer[] = [];
  for (let visit = 0; visit < VISITS; visit++) answers.push(await visited(PROGRAM, origin));
  const points = (name: (typeof ASKED)[number]): readonly number[] => answers.map(({ categories }) => Math.round(categories[name].score * 100));
  return {
    largest_paint: answers.map(({ audits }) => audits["largest-contentful-paint"].numericValue),
    points: { "performance": points("performance"), "accessibility": points("accessibility"), "best-practices": points("best-practices") },
  };
}

async function visited(program: string, origin: string): Promise<Answer> {
  const flags = ["--headless=new", ...CHROMIUM.args].join(" ");
  const asked = [program, origin, "--quiet", "--output=json", `--chrome-flags=${flags}`, `--only-categories=${ASKED.join(",")}`];
  const { stdout } = await promisify(execFile)(process.execPath, asked, {
    env: { ...process.env, CHROME_PATH: CHROMIUM.executablePath },
    maxBuffer: LONGEST_ANSWER_BYTES,
  });
  return JSON.parse(stdout) as Answer;
}
