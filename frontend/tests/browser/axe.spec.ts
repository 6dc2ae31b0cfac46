/**
 * Every screen in four languages at three widths: no rule of axe broken, nothing to scroll sideways for, targets for thumbs.
 * A screen is opened once, then made wider step by step, as when a window is dragged, and made to speak the next language.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { unstick, violations } from "./rules.ts";
import { OFFICE_LOOKS } from "./office-screens.ts";
import { LANGUAGES, pressed, speak, TEACHER_LOOKS, WIDTHS, type Look } from "./screens.ts";
import { stage } from "./stage.ts";

/** CSS pixels. */
const LEAST_TARGET = 44;
/** The narrowest phone, where things run out of the screen first. */
const NARROWEST = { width: 320, height: 640 };
/** At this width everything is looked at in the dark. */
const DARK_AT = 768;
/** So many students have every kind of row among them; more only take axe longer. */
const STUDENTS = 12;
/** How many pages work beside each other. */
const PAGES = 2;

const at = stage();

for (const [whose, looks] of [["teacher", TEACHER_LOOKS], ["office", OFFICE_LOOKS]] as const) {
  test(`on every screen of the ${whose} axe finds nothing, nothing runs out, and targets are large`, async () => {
    const found: string[] = [];
    const left = looks.values();
    await Promise.all(Array.from({ length: PAGES }, async () => {
      // Axe runs inside the page, which the page's own policy would not let it.
      const context = await at.browser.newContext({ bypassCSP: true, serviceWorkers: "block", reducedMotion: "reduce" });
      const page = await context.newPage();
      for (const look of left) found.push(...(await faultsOf(page, look)));
      await context.close();
    }));
    assert.ok(found.length === 0, found.join("\n"));
  });
}

async function faultsOf(page: Page, look: Look): Promise<string[]> {
  const found: string[] = [];
  // The largest class is what it is in one language, at one width.
  const is_large = look.students !== undefined;
  const [languages, widths] = is_large ? [["en"] as const, [360]] : [LANGUAGES, WIDTHS];
  for (const language of languages) {
    await page.setViewportSize(NARROWEST);
    await page.emulateMedia({ colorScheme: "light" });
    // What answers a press may not wait for four languages.
    if (language === languages[0] || look.press) {
      await page.goto("about:blank");
      await at.open(page, look.name, is_large ? {} : { students: STUDENTS }, { language });
      await pressed(page, look);
    } else {
      await speak(page, language);
    }
    const say = (fault: string): number => found.push(`${look.name} in ${language}: ${fault}`);
    (await tooSmall(page)).forEach(say);
    const stick = await unstick(page);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: width === DARK_AT ? "dark" : "light" });
      for (const { id, nodes } of await violations(page)) say(`${width} px: ${id} at ${nodes[0]?.html}`);
    }
    await stick();
  }
  return found;
}

/** What runs out of the screen, and what a thumb would miss. A box or dot with a label around it is as large as the label. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const targets = [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, summary")];
    const small = targets
      .map((target) => ({ target, box: (target.matches(".tick") ? target.closest("label") ?? target : target).getBoundingClientRect() }))
      .filter(({ target, box }) => box.width > 1 && !target.matches(".skip, p a") && (box.height < least - 0.5 || box.width < least - 0.5))
      .map(({ target, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${target.outerHTML.slice(0, 120)}`);
    return scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} px too wide`, ...small] : small;
  }, LEAST_TARGET);
}
