/** Parts of the app that are fetched when they are needed: what happens when one cannot be had. */
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { stage } from "./stage.ts";

const at = stage();

async function today(page: Page): Promise<void> {
  await at.open(page, "today");
  await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
}

test("a screen that cannot be fetched says so, leaves everything else alone, and opens when it can be", async () => {
  const page = await at.browser.newPage({ serviceWorkers: "block" });
  await page.route("**/assets/others-*.js", (route) => route.abort());
  await today(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByText("This part of the app could not be loaded.").waitFor();
  // The words stand there already: only the request says that it was tried, and that this has failed as well.
  const failed = page.waitForEvent("requestfailed", (request) => request.url().includes("/assets/others-"));
  await page.getByRole("button", { name: "Try again" }).click();
  await failed;
  await page.getByText("This part of the app could not be loaded.").waitFor();
  await page.getByRole("link", { name: "Today" }).click();
  await page.locator(".register-card").first().waitFor();
  await page.unroute("**/assets/others-*.js");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Keyboard" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await page.close();
});

test("line breaks that a text is meant to have are still there in the built scripts", () => {
  const folder = join(import.meta.dirname, "../../dist/assets");
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => readFileSync(join(folder, name), "utf8"));
  assert.ok(scripts.some((script) => script.includes(String.raw`join("\r\n")`)), "the lines of a file end as spreadsheets want it");
  // A carriage return with a blank behind it is what is left of one whose line feed was taken for indentation.
  for (const script of scripts) assert.doesNotMatch(script, /\\r /);
});

// Last, because from then on the server has another version.
test("a tab of the version before finds its parts after another tab has taken the new one", async () => {
  const context = await at.browser.newContext();
  const before = await context.newPage();
  await today(before);
  // A tab that loads while the first worker of all becomes active is not always taken by it.
  await before.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  const asking = await context.newPage();
  await today(asking);
  const part = publishAnother();
  await asking.evaluate(async () => (await navigator.serviceWorker.ready).update());
  const reloaded = asking.waitForEvent("load");
  await asking.getByRole("button", { name: "Use it now" }).click();
  await reloaded;
  assert.equal((await fetch(at.fixture.origin + part)).status, 404, "the server has it no more");
  await before.getByRole("link", { name: "Settings" }).click();
  await before.getByRole("heading", { name: "Keyboard" }).waitFor();
  await context.close();
});

/** Puts a version on the server in which the other screens are another file. Answers the address of the one that is gone. */
function publishAnother(): string {
  const assets = join(at.fixture.folder, "assets");
  const part = readdirSync(assets).find((name) => name.startsWith("others-"));
  assert.ok(part);
  const renamed = part.replace("others-", "others-2");
  copyFileSync(join(assets, part), join(assets, renamed));
  rmSync(join(assets, part));
  const [page, worker] = ["index.html", "service-worker.js"].map((name) => join(at.fixture.folder, name));
  assert.ok(page && worker);
  const version = /<meta name="muster-version" content="(\w+)">/.exec(readFileSync(page, "utf8"))?.[1];
  assert.ok(version);
  for (const file of [page, worker]) writeFileSync(file, readFileSync(file, "utf8").replaceAll(version, "another").replaceAll(part, renamed));
  return `/assets/${part}`;
}
