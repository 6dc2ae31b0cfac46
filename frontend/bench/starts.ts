/** How soon something is on the screen. */

import { performance } from "node:perf_hooks";
import type { BrowserContext } from "playwright-core";
import type { Phone } from "../tests/system/phone.ts";
import type { School } from "../tests/system/school.ts";
import { SAMPLES } from "./desk.ts";

/**
 * What Lighthouse calls a slow 4G phone, when the browser itself is throttled: each request waits for as long as several
 * round trips, as if a connection had to be made for it. By its own reckoning, which it uses unless told otherwise, it is less.
 */
const LIGHTHOUSE_MOBILE = { offline: false, latency: 562.5, downloadThroughput: (1474.56 * 1024) / 8, uploadThroughput: (675 * 1024) / 8 };
const SLOW_PROCESSOR = 4;
/** If the largest paint is not in the form, after so long without a larger one it is the last. */
const SETTLED_MS = 700;

/** The names of the two moments of a start. */
const MOMENTS = ["first-contentful-paint", "screen"];

/** Starts without a network, in milliseconds. */
export interface OfflineStarts {
  /** Until the first contentful paint: the app's frame. */
  readonly paint: readonly number[];
  /** Until the frame after the one that the teacher's own screen was drawn for. */
  readonly screen: readonly number[];
}

/** Starts at the register that is open. */
export async function offlineStarts(phone: Phone): Promise<OfflineStarts> {
  await phone.goOffline();
  const paint: number[] = [];
  const screen: number[] = [];
  await phone.page.addInitScript(() => {
    new MutationObserver((_changes, watching) => {
      if (document.querySelector("[data-student]") === null) return;
      watching.disconnect();
      requestAnimationFrame(() => performance.mark("screen"));
    }).observe(document, { childList: true, subtree: true });
  });
  for (let sample = 0; sample < SAMPLES; sample++) {
    await phone.page.reload();
    await phone.page.waitForFunction((names) => names.every((name) => performance.getEntriesByName(name).length > 0), MOMENTS);
    const [first, own] = await phone.page.evaluate((names) => names.map((name) => performance.getEntriesByName(name)[0]?.startTime), MOMENTS);
    paint.push(first ?? Number.NaN);
    screen.push(own ?? Number.NaN);
  }
  await phone.goOnline();
  return { paint, screen };
}

/** The largest contentful paint of a first visit on Lighthouse's phone, in milliseconds. */
export async function firstVisits({ browser, muster }: School): Promise<readonly number[]> {
  const paints: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const context = await browser.newContext({ viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, isMobile: true });
    paints.push(await largestPaint(context, muster.origin));
    await context.close();
  }
  return paints;
}

async function largestPaint(context: BrowserContext, origin: string): Promise<number> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LIGHTHOUSE_MOBILE);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW_PROCESSOR });
  await page.goto(origin);
  await page.locator("input").first().waitFor();
  return page.evaluate((settled_ms) => new Promise<number>((resolve) => {
    let largest = 0;
    new PerformanceObserver((list) => {
      for (const paint of list.getEntries() as (PerformanceEntry & { readonly element?: Element | null })[]) {
        largest = Math.max(largest, paint.startTime);
        // The form is drawn at once and is the last thing that a first visit shows.
        if (paint.element?.closest("form")) resolve(largest);
      }
    }).observe({ type: "largest-contentful-paint", buffered: true });
    setTimeout(() => resolve(largest), settled_ms);
  }), SETTLED_MS);
}

/** What the scripts of a first visit take on the wire as this server sends them, in kilobytes. */
export async function scriptsAsServed({ browser, muster }: School): Promise<number> {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.url().endsWith(".js")) sizes.push(request.sizes().then((all) => all.responseBodySize));
  });
  await page.goto(muster.origin);
  await page.locator("input").first().waitFor();
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await context.close();
  return bytes / 1024;
}

/** From the return of the network to the start of the request with what was waiting, in milliseconds. */
export async function reconnections(phone: Phone, student_ids: readonly string[]): Promise<readonly number[]> {
  const waits: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await phone.goOffline();
    const student = student_ids[sample % student_ids.length] ?? "";
    const is_present = await phone.choice(student, "present").isChecked();
    await phone.choice(student, is_present ? "absent" : "present").check();
    await phone.signSays(student, "On this device");
    const sent = phone.page.waitForRequest("**/api/v1/commands");
    const began = performance.now();
    await phone.goOnline();
    await sent;
    waits.push(performance.now() - began);
    await phone.signSays(student, "Received");
  }
  return waits;
}
