/** What is sealed is locked when nobody touches the app, with what was half typed kept first. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { stage } from "./stage.ts";

const at = stage();

async function atRegister(mood: "attention" | "calm"): Promise<Page> {
  const page = await at.browser.newPage({ viewport: { width: 360, height: 740 } });
  await page.clock.install();
  await at.open(page, "register", { mood });
  await page.locator("[data-student=st0]").waitFor();
  return page;
}

const calls = (page: Page): Promise<string> => page.evaluate(() => document.documentElement.dataset["calls"] ?? "");

test("five minutes without a touch lock it, after what was half typed is kept", async () => {
  const page = await atRegister("attention");
  await page.locator("[data-student=st0] [data-unfold]").click();
  await page.locator("[data-student=st0]").getByLabel("Remarks", { exact: true }).pressSequentially("at the dent");
  await page.clock.fastForward(4 * 60_000);
  assert.doesNotMatch(await calls(page), /lock/);
  await page.clock.fastForward(70_000);
  await page.getByRole("heading", { level: 1, name: "Locked" }).waitFor();
  assert.match(await calls(page), /"remarks":"at the dent".*lock\[false\]/);
  await page.close();
});

test("touches put it off, and the touch that comes too late marks nobody", async () => {
  const page = await atRegister("attention");
  for (let round = 0; round < 3; round++) {
    await page.clock.fastForward(4 * 60_000);
    await page.locator("h1").click();
  }
  assert.doesNotMatch(await calls(page), /lock/);
  // The device slept: no timer ran.
  await page.evaluate(() => {
    const later = Date.now() + 3_600_000;
    Date.now = () => later;
    document.querySelector<HTMLElement>("[data-student=st7] input")?.click();
  });
  await page.getByRole("heading", { level: 1, name: "Locked" }).waitFor();
  assert.doesNotMatch(await calls(page), /mark/);
  await page.close();
});

test("a device of one's own is never locked", async () => {
  const page = await atRegister("calm");
  await page.clock.fastForward(20 * 60_000);
  await page.locator("[data-student=st0] input").first().click();
  assert.doesNotMatch(await calls(page), /lock/);
  await page.close();
});
