/** The screens on the fixture in a real browser: what to look at, and how to get there. */
import { createServer, type Server } from "node:http";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { AddressInfo } from "node:net";
import { chromium, type Browser, type Page } from "playwright-core";
import { build } from "../../build.mjs";
import { TODAY, type Mood } from "../fixtures/school.ts";
import { OFFICE_LOOKS } from "./office-screens.ts";
import { UNSENT_FILE } from "../fixtures/unsent.ts";

/** A file to choose, and a CSS selector of what stands there once it is read. */
export interface FileToChoose {
  readonly name: string;
  readonly text: string;
  readonly shows: string;
}

/** A screen in a state. */
export interface Look {
  readonly name: string;
  readonly hash: string;
  readonly mood?: Mood;
  readonly students?: number;
  readonly names?: "plain" | "long" | "markup";
  /** A file to choose before anything is pressed. */
  readonly file?: FileToChoose;
  /** A field, by its CSS selector, and what to type into it before anything is pressed. */
  readonly type?: readonly [string, string];
  /** Controls to press one after the other before looking, by CSS selectors. */
  readonly press?: readonly string[];
}

const UNSENT: FileToChoose = { name: "unsent.json", text: UNSENT_FILE, shows: "main #whose" };
const REGISTER = `#/register/c1/${TODAY}/maths/am`;

/** Every screen of the teacher's in every state worth looking at. */
export const TEACHER_LOOKS: readonly Look[] = [
  { name: "sign-in", hash: "", mood: "signed_out" },
  { name: "sign-in-failed", hash: "", mood: "login_failed" },
  { name: "sign-in-shared", hash: "", mood: "signed_out", press: ["[name=shared_device]"] },
  { name: "locked", hash: "", mood: "locked" },
  { name: "locked-forgotten", hash: "", mood: "locked", press: ["form ~ .button"] },
  { name: "blocked", hash: "", mood: "blocked" },
  { name: "storage-failed", hash: "", mood: "storage_failed" },
  { name: "today", hash: "#/today" },
  { name: "today-unfetched", hash: "#/today", mood: "unfetched" },
  { name: "today-none", hash: `#/today/2026-11-22`, mood: "none" },
  { name: "today-cleared", hash: "#/today", mood: "cleared" },
  { name: "today-waiting", hash: "#/today", mood: "waiting", names: "long" },
  { name: "today-lesson", hash: "#/today", names: "long", press: ["main > div .justify-self-start"] },
  { name: "today-lesson-no-school", hash: "#/today/2026-11-22", mood: "none", press: ["main > div .justify-self-start"] },
  { name: "register", hash: REGISTER },
  { name: "register-too-old", hash: REGISTER, mood: "too_old" },
  { name: "register-300", hash: REGISTER, students: 300 },
  { name: "register-long", hash: REGISTER, names: "long", mood: "attention" },
  { name: "register-markup", hash: REGISTER, names: "markup" },
  { name: "register-empty", hash: REGISTER, mood: "none" },
  { name: "register-unfetched", hash: REGISTER, mood: "unfetched" },
  { name: "register-closed", hash: REGISTER, mood: "closed" },
  { name: "register-void", hash: REGISTER, mood: "void" },
  { name: "register-undo", hash: REGISTER, mood: "undo" },
  { name: "register-full", hash: REGISTER, mood: "full" },
  { name: "register-filter", hash: `${REGISTER}?show=unmarked` },
  { name: "register-nobody", hash: `${REGISTER}?q=zzz` },
  { name: "register-details", hash: REGISTER, press: ["[data-unfold]"] },
  { name: "register-close", hash: REGISTER, press: [".action-bar .button-main"] },
  { name: "register-reopen", hash: REGISTER, mood: "closed", press: ["main .banner .button"] },
  { name: "register-menu", hash: REGISTER, press: [".head-menu summary"] },
  { name: "register-did-not-happen", hash: REGISTER, press: [".head-menu summary", ".menu button:last-child"] },
  { name: "register-did-happen", hash: REGISTER, mood: "void", press: ["main .banner .button"] },
  { name: "register-roll-call", hash: REGISTER, press: [".head-menu summary", ".menu button"] },
  { name: "sync", hash: "#/sync" },
  { name: "sync-unreachable", hash: "#/sync", mood: "unreachable" },
  { name: "sync-attention", hash: "#/sync", mood: "attention" },
  { name: "sync-each", hash: "#/sync", mood: "attention", names: "long", press: ["main details summary"] },
  { name: "sync-discard-all", hash: "#/sync", mood: "attention", press: ["#attention ~ ul > li:last-child article > div .button-danger"] },
  { name: "sync-discard", hash: "#/sync", mood: "attention", press: ["main .button-danger"] },
  { name: "sync-contest", hash: "#/sync", mood: "attention", press: ["[aria-labelledby=conflicts] button"] },
  { name: "sync-sign-in", hash: "#/sync", mood: "sign_in_needed" },
  { name: "sync-office", hash: "#/sync", mood: "office" },
  { name: "hand-in", hash: "#/hand_in", mood: "office" },
  { name: "hand-in-no-file", hash: "#/hand_in", mood: "office", file: { name: "unsent.json", text: "no such file", shows: "main .banner-bad" } },
  { name: "hand-in-file", hash: "#/hand_in", mood: "office", file: UNSENT },
  { name: "hand-in-answered", hash: "#/hand_in", mood: "office", file: UNSENT, press: ["main .button-main"] },
  { name: "hand-in-teacher", hash: "#/hand_in" },
  { name: "history", hash: "#/history" },
  { name: "history-none", hash: "#/history", mood: "none" },
  { name: "settings", hash: "#/settings" },
  { name: "settings-sealed", hash: "#/settings", mood: "attention" },
  { name: "settings-sign-out", hash: "#/settings", mood: "unreachable", press: ["#person ~ .button"] },
];

/** Every screen of everybody's. */
export const LOOKS: readonly Look[] = [...OFFICE_LOOKS, ...TEACHER_LOOKS];

export const WIDTHS = [360, 768, 1280] as const;
export const LANGUAGES = ["en", "sw", "fr", "ar"] as const;

/** As the server sends it. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html muster";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json",
  ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json",
};

/** The address of a look on a server. */
export function addressOf(origin: string, look: Look, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    mood: look.mood ?? "calm",
    students: String(look.students ?? 24),
    names: look.names ?? "plain",
    ...more,
  });
  return `${origin}/?${query}${look.hash}`;
}

/** The fixture, served. */
export interface Fixture {
  readonly origin: string;
  /** The folder that is served. */
  readonly folder: string;
  /** The paths asked for, in order. */
  readonly asked: string[];
  close(): void;
}

/** Builds the fixture and serves it on loopback under the real policy. */
export async function serveFixture(): Promise<Fixture> {
  const out = mkdtempSync(join(tmpdir(), "muster-screens-"));
  await build({ out, entry: join(import.meta.dirname, "../fixtures/main.ts"), squeezed: false });
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://fixture").pathname;
    asked.push(path);
    const file = join(out, path === "/" ? "index.html" : path);
    if (!existsSync(file)) return void response.writeHead(404, { "content-type": "text/plain" }).end("nothing here");
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-security-policy": POLICY });
    response.end(readFileSync(file));
  });
  await listening(server);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): void => {
    server.close();
    rmSync(out, { recursive: true, force: true });
  };
  return { origin, folder: out, asked, close };
}

/** Opens a look and waits until a screen stands there in its language. What is to be pressed is not pressed yet. */
export async function reach(page: Page, origin: string, look: Look, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  await page.goto(addressOf(origin, look, settings));
  // The page as it is sent has an English heading too; the first screen takes the place of all of it.
  await page.waitForSelector("#app noscript", { state: "detached" });
  await page.waitForSelector(`html[lang=${settings["language"] ?? "en"}] h1`, { state: "attached" });
}

/** Has the screen that stands there speak another language, as it is. */
export async function speak(page: Page, language: (typeof LANGUAGES)[number]): Promise<void> {
  await page.evaluate((language) => window.fixture.actions.setSettings({ language }), language);
  await page.waitForSelector(`html[lang=${language}]`);
  await allThere(page);
}

/** Until the part of the app that the screen is in has been fetched. */
export async function allThere(page: Page): Promise<void> {
  await page.waitForSelector("[aria-busy]", { state: "detached" });
}

/** Chooses the file, types and presses what a look asks for, when it is there. */
export async function pressed(page: Page, { file, type, press = [] }: Pick<Look, "file" | "type" | "press">): Promise<void> {
  await allThere(page);
  if (file !== undefined) {
    await page.locator("input[type=file]").setInputFiles({ name: file.name, mimeType: "application/octet-stream", buffer: Buffer.from(file.text) });
    await page.locator(file.shows).first().waitFor();
  }
  if (type !== undefined) await page.locator(type[0]).fill(type[1]);
  for (const control of press) await page.locator(control).first().click();
  // Only what is drawn shows whether a part is being fetched.
  await drawn(page);
  await allThere(page);
}

/** Until the last press is drawn, with its fonts and pictures. What moves is brought to its end by the screenshot. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // The screens draw in the next frame; the frame after that has it.
    await new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame)));
    await Promise.all([document.fonts.ready, ...Array.from(document.images, (image) => image.decode())]);
  });
}

/** The browser of this machine. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}
