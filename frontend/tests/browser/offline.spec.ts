/** The app's own files on the device: opening without a network, and taking a new version without losing a word. */
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { stage } from "./stage.ts";

const at = stage();
let context: BrowserContext;
let page: Page;

beforeEach(async () => {
  context = await at.browser.newContext({ viewport: { width: 360, height: 740 } });
  page = await context.newPage();
});
afterEach(() => context.close());

const visit = (name: string, language = "en"): Promise<void> => at.open(page, name, {}, { language });

/** From now on a worker answers for this page. */
async function workerReady(): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

test("after the first visit the app opens without a network, on any screen and in any language", async () => {
  await visit("today");
  await workerReady();
  await context.setOffline(true);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  for (const language of ["sw", "fr", "ar"]) await visit("register", language);
});

test("what belongs to the server is left to the server", async () => {
  await visit("today");
  await workerReady();
  at.fixture.asked.length = 0;
  const status = await page.evaluate(() => fetch("/api/v1/time").then((response) => response.status));
  assert.equal(status, 404, "as this server answers");
  const own = ["/docs", "/problems/busy", "/api/v1/roster", "/metrics", "/healthz", "/readyz", "/openapi.json"];
  for (const path of own) assert.equal((await page.goto(at.fixture.origin + path))?.status(), 404, path);
  assert.deepEqual(at.fixture.asked.filter((path) => !/^\/(service-worker|favicon)/.test(path)), ["/api/v1/time", ...own]);
});

test("pages of any other address are the app", async () => {
  await visit("today");
  await workerReady();
  const response = await page.goto(`${at.fixture.origin}/some/old/bookmark`);
  assert.equal(response?.fromServiceWorker(), true);
  await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
});

test("when the browser finds a network the worker wakens the page, and is told whether all is sent", async () => {
  await visit("today");
  await workerReady();
  // The page listens from here on; what it hears is asked for at the end.
  const asked = await page.evaluateHandle(() => ({
    word: new Promise<unknown>((resolve) => {
      navigator.serviceWorker.addEventListener("message", (event: MessageEvent<unknown>) => {
        event.ports[0]?.postMessage(true);
        resolve(event.data);
      });
      navigator.serviceWorker.startMessages();
    }),
  }));
  const session = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => first && resolve(first.registrationId));
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.dispatchSyncEvent", { origin: at.fixture.origin, registrationId: await registered, tag: "send", lastChance: false });
  assert.equal(await asked.evaluate(({ word }) => word), "send");
});

test("a first visit offers no update", async () => {
  await visit("today");
  await workerReady();
  assert.equal(await page.getByRole("button", { name: "Use it now" }).count(), 0);
});

// Last, because from then on the server has another version.
test("a new version waits for the teacher's word, and what is half typed is kept first", async () => {
  await visit("register");
  await workerReady();
  const first = page.locator("[data-student=st0]");
  await first.locator("[data-unfold]").click();
  await first.getByLabel("Remarks", { exact: true }).pressSequentially("at the dent");
  appendFileSync(join(at.fixture.folder, "service-worker.js"), "\n// another version\n");
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  const apply = page.getByRole("button", { name: "Use it now" });
  await apply.waitFor();
  assert.equal(await first.getByLabel("Remarks", { exact: true }).inputValue(), "at the dent", "nothing was reloaded");
  await page.evaluate(() => {
    addEventListener("pagehide", () => sessionStorage.setItem("calls", document.documentElement.dataset["calls"] ?? ""));
  });
  const reloaded = page.waitForEvent("load");
  await apply.evaluate((button: HTMLElement) => button.click());
  await reloaded;
  assert.match((await page.evaluate(() => sessionStorage.getItem("calls"))) ?? "", /"remarks":"at the dent"/);
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting), null);
});
