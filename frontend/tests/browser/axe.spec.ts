/** Every screen in four languages at three widths: no rule of axe broken, nothing to scroll sideways for, targets for thumbs. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { violations } from "./rules.ts";
import { addressOf, LANGUAGES, launch, LOOKS, pressed, serveFixture, WIDTHS, type Look } from "./screens.ts";

/** CSS pixels. */
const LEAST_TARGET = 44;
/** The narrowest phone, where things run out of the screen first. */
const NARROWEST = 320;

let fixture: Awaited<ReturnType<typeof serveFixture>>;
let browser: Browser;
before(async () => {
  fixture = await serveFixture();
  browser = await launch();
});
after(async () => {
  await browser.close();
  fixture.close();
});

for (const language of LANGUAGES) {
  for (const width of WIDTHS) {
    test(`axe finds nothing: ${language}, ${width} px`, async () => {
      // Axe runs inside the page, which the page's own policy would not let it.
      const page = await browser.newPage({ viewport: { width, height: 800 }, bypassCSP: true });
      const theme = width === 768 ? "dark" : "light";
      const found: string[] = [];
      for (const look of LOOKS) {
        await open(page, addressOf(fixture.origin, look, { language, theme }), language, look);
        await unstick(page);
        for (const { id, nodes } of await violations(page)) found.push(`${look.name}: ${id} at ${nodes[0]?.html}`);
      }
      await page.close();
      assert.ok(found.length === 0, found.join("\n"));
    });
  }

  test(`nothing runs out of the narrowest screen, and targets are large: ${language}`, async () => {
    const page = await browser.newPage({ viewport: { width: NARROWEST, height: 640 } });
    const found: string[] = [];
    for (const look of LOOKS) {
      await open(page, addressOf(fixture.origin, look, { language }), language, look);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (sideways > 0) found.push(`${look.name}: ${sideways} px too wide`);
      found.push(...(await smallTargets(page)).map((target) => `${look.name}: ${target}`));
    }
    await page.close();
    assert.ok(found.length === 0, [...new Set(found)].join("\n"));
  });
}

async function open(page: Page, address: string, language: string, look: Look): Promise<void> {
  await page.goto("about:blank");
  await page.goto(address);
  await page.waitForSelector(`html[lang=${language}] h1`, { state: "attached" });
  await pressed(page, look);
}

/** A target that happens to be half under a bar at this scroll position is no fault: it can be scrolled from under it. */
async function unstick(page: Page): Promise<void> {
  await page.addStyleTag({ content: ".screen-head, .action-bar, .page-nav { position: static !important }" });
}

/** A box or dot with a label around it is as large as the label. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const targets = [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, summary")];
    return targets
      .map((target) => ({ target, box: (target.matches(".tick") ? target.closest("label") ?? target : target).getBoundingClientRect() }))
      .filter(({ target, box }) => box.width > 1 && !target.matches(".skip, p a") && (box.height < least - 0.5 || box.width < least - 0.5))
      .map(({ target, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${target.outerHTML.slice(0, 120)}`);
  }, LEAST_TARGET);
}
