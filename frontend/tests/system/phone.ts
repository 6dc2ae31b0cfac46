/** A phone in a teacher's hand: a real browser, used through what is on the screen. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Locator, type Page } from "playwright-core";
import type { OutboxRow } from "../../src/core/command.ts";
import type { Status } from "../../src/model.ts";
import { eventually } from "./eventually.ts";
import type { Login } from "./muster.ts";
import type { RegisterOf } from "./office.ts";
import { atTheEnd, CHROMIUM, type School, type Teacher } from "./school.ts";

/** For whatever the screen should show or let be pressed. */
const PATIENCE_MS = 15_000;
/** Characters of a screen that say enough. */
const MOST_TOLD = 1000;
const SCREEN = { viewport: { width: 360, height: 740 }, locale: "en-GB" };
const WORDS: Readonly<Record<Status, string>> = { present: "Present", absent: "Absent", late: "Late", excused: "Excused" };
/** What the browser itself says of a request that failed, whoever asked for it. */
const FAILED_REQUEST = /^Failed to load resource: /;

export interface PhoneOptions {
  /** How wrong its clock is. */
  readonly wrong_by_ms?: number;
  /** For tests that look into the page: the page's own policy would forbid it. */
  readonly bypass_policy?: boolean;
  /** Where it finds the server, if not at the server's own address. */
  readonly origin?: string;
}

/** What everybody chooses on a device that others use. */
export const PIN = "271828";

/** One browser, or one profile in the shared one. Everything it complains of is kept, and must have been expected. */
export class Phone {
  readonly complaints: string[] = [];
  /** Whether the network is made to fail in this test: then the browser may say so. */
  private network_fails = false;
  private is_away = false;

  private constructor(
    private readonly school: School,
    readonly context: BrowserContext,
    public page: Page,
    private readonly profile: string | null,
    private readonly origin: string,
  ) {
    context.setDefaultTimeout(PATIENCE_MS);
    atTheEnd(() => this.tellAndClose());
    context.on("console", (message) => {
      if (message.type() === "error" && !(this.network_fails && FAILED_REQUEST.test(message.text()))) this.complaints.push(message.text());
    });
    context.on("weberror", (error) => this.complaints.push(String(error.error())));
    context.on("dialog", (dialog) => this.complaints.push(`a dialog: ${dialog.message()}`));
  }

  /** A phone that is in use for one test. */
  static async open(school: School, options: PhoneOptions = {}): Promise<Phone> {
    const context = await school.browser.newContext({ ...SCREEN, bypassCSP: options.bypass_policy ?? false });
    await setClock(context, school.muster.ahead_ms + (options.wrong_by_ms ?? 0));
    return new Phone(school, context, await context.newPage(), null, options.origin ?? school.muster.origin);
  }

  /** A phone whose browser can be ended and started again; `profile` is what was left of it. */
  static async start(school: School, origin: string, profile = mkdtempSync(join(tmpdir(), "muster-phone-")), online = true): Promise<Phone> {
    const context = await chromium.launchPersistentContext(profile, { ...CHROMIUM, ...SCREEN, offline: !online });
    await setClock(context, school.muster.ahead_ms);
    const phone = new Phone(school, context, context.pages()[0] ?? (await context.newPage()), profile, origin);
    phone.network_fails = !online;
    return phone;
  }

  /** After a test that failed: says what was on the screen and in the console. Otherwise all is closed already. */
  private async tellAndClose(): Promise<void> {
    if (this.is_away) return;
    for (const complaint of this.complaints) console.error(complaint);
    for (const page of this.context.pages()) {
      const text = await page.locator("body").innerText();
      console.error(`${page.url()}: ${text.replaceAll(/\s+/g, " ").slice(0, MOST_TOLD)}`);
    }
    await this.context.close();
  }

  /** Puts it away. Nothing may have been wrong. */
  async putAway(): Promise<void> {
    await this.close();
    if (this.profile !== null) rmSync(this.profile, { recursive: true, force: true });
    assert.deepEqual(this.complaints, [], "nothing in the console");
  }

  /** Opens the app in a tab, after the one before was closed. */
  async openAgain(): Promise<void> {
    this.page = await this.context.newPage();
    await this.visit();
  }

  /** Ends the browser as its menu does, and starts it again. */
  async quitAndStart(online: boolean): Promise<Phone> {
    await this.close();
    return this.again(online);
  }

  /** Ends the browser as an empty battery does, and starts it again. */
  async dieAndStart(online: boolean): Promise<Phone> {
    assert.ok(this.profile, "a browser of its own");
    const closed = this.context.waitForEvent("close");
    process.kill(browserProcess(this.profile), "SIGKILL");
    await closed;
    this.is_away = true;
    return this.again(online);
  }

  private async close(): Promise<void> {
    this.is_away = true;
    await this.context.close();
  }

  private async again(online: boolean): Promise<Phone> {
    assert.ok(this.profile, "a browser of its own");
    assert.deepEqual(this.complaints, [], "nothing in the console");
    return Phone.start(this.school, this.origin, this.profile, online);
  }

  /** From now on requests fail because the test makes them. */
  expectFailedRequests(): void {
    this.network_fails = true;
  }

  async goOffline(): Promise<void> {
    this.network_fails = true;
    await this.context.setOffline(true);
  }

  goOnline(): Promise<void> {
    return this.context.setOffline(false);
  }

  /** Opens the app. */
  async visit(hash = ""): Promise<void> {
    await this.page.goto(`${this.origin}/${hash}`);
  }

  /** Opens the app and signs in through its form. */
  async signIn(login: Login, { shared = false } = {}): Promise<void> {
    await this.visit();
    await this.fillSignIn(login, shared);
    await this.page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  }

  /** Signs in with the form on the screen. */
  async fillSignIn({ school_code, username, password }: Login, shared = false): Promise<void> {
    const { page } = this;
    await page.getByLabel("School code").fill(school_code);
    await page.getByLabel("User name").fill(username);
    await page.getByLabel("Password").fill(password);
    if (shared) {
      await page.getByRole("checkbox", { name: /Others use this device/ }).check();
      await page.getByLabel("Choose a PIN for this device").fill(PIN);
    }
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Presses "Sign out", which asks first if something is not sent. */
  async pressSignOut(): Promise<void> {
    await this.visit("#/settings");
    await this.page.getByRole("button", { name: "Sign out" }).click();
  }

  /** Signs in, opens the register of the class, and waits until the app would open without a network. */
  async beginMorning(teacher: Teacher): Promise<void> {
    await this.signIn(teacher);
    await this.tapCard(teacher);
    await this.worksOffline();
  }

  /** Opens the teacher's register, from Today if it has a card there. */
  async tapCard(teacher: Teacher): Promise<void> {
    const { class_id, date, slot } = teacher.register;
    if (!teacher.is_expected) {
      await this.openRegister(teacher.register);
      return this.registerShows(teacher);
    }
    const card = this.page.locator(".register-card", { hasText: teacher.class_title });
    await card.and(this.page.locator(`[href$="${class_id}/${date}/-/${slot}"]`)).click();
    await this.registerShows(teacher);
  }

  /** Somebody sets the clock on the wall right, until the page is loaded anew. */
  async setClockRight(): Promise<void> {
    await this.page.evaluate((ahead_ms) => Object.assign(globalThis, { clock_set_ahead_ms: ahead_ms }), this.school.muster.ahead_ms);
  }

  /** Opens a register by its address. */
  async openRegister({ class_id, date, slot }: RegisterOf): Promise<void> {
    await this.visit(`#/register/${class_id}/${date}/-/${slot ?? "-"}`);
  }

  async registerShows(teacher: Teacher): Promise<void> {
    await this.page.getByRole("heading", { level: 1, name: teacher.class_title }).waitFor();
    await this.row(teacher.students[0]?.id ?? "").waitFor();
  }

  /** Waits until the app's own files are kept, and the school's lists. */
  async worksOffline(): Promise<void> {
    await this.page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
    await this.tallySays("All received");
  }

  row(student_id: string): Locator {
    return this.page.locator(`[data-student="${student_id}"]`);
  }

  choice(student_id: string, status: Status): Locator {
    return this.row(student_id).getByRole("radio", { name: WORDS[status] });
  }

  /** Taps a status and waits until the screen says that it is kept, or even received. */
  async mark(student_id: string, status: Status): Promise<void> {
    await this.choice(student_id, status).check();
    await this.signSays(student_id, /On this device|Being sent|Received/);
  }

  /** Writes remarks and leaves the field. */
  async remark(student_id: string, text: string): Promise<void> {
    await this.row(student_id).locator("[data-unfold]").click();
    await this.remarks(student_id).fill(text);
    await this.remarks(student_id).press("Tab");
  }

  remarks(student_id: string): Locator {
    return this.row(student_id).getByLabel("Remarks", { exact: true });
  }

  /** What the screen says of how far a mark has come. */
  async signSays(student_id: string, words: string | RegExp): Promise<void> {
    await this.row(student_id).locator(".row-sign", { hasText: words }).waitFor();
  }

  /** Waits until the screen shows these marks; null is none. */
  async shows(marks: Readonly<Record<string, Status | null>>): Promise<void> {
    await eventually(async () => {
      const seen = await this.page.evaluate(
        (ids) => ids.map((id) => [id, document.querySelector<HTMLInputElement>(`[data-student="${id}"] .choices input:checked`)?.value ?? null]),
        Object.keys(marks),
      );
      assert.deepEqual(Object.fromEntries(seen), marks);
    });
  }

  /** Waits until the corner of the screen says how much is not sent. */
  async tallySays(words: string): Promise<void> {
    await this.page.locator(".chip", { hasText: words }).waitFor();
  }

  /** Closes the register, those without a mark becoming present. */
  async closeWithRestPresent(): Promise<void> {
    await this.page.getByRole("button", { name: "Close", exact: true }).click();
    await this.page.getByRole("button", { name: "Mark the rest present and close" }).click();
    await this.page.getByText(/You can reopen it until|Only the school office/).waitFor();
  }

  /** The commands that are kept for a person, read from the database behind the app's back. */
  outbox(person_id: string): Promise<readonly OutboxRow[]> {
    return this.page.evaluate(
      (name) =>
        new Promise<OutboxRow[]>((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const all = opening.result.transaction("outbox").objectStore("outbox").getAll() as IDBRequest<OutboxRow[]>;
            all.onerror = () => reject(all.error);
            all.onsuccess = () => {
              opening.result.close();
              resolve(all.result);
            };
          };
        }),
      `muster-${person_id}`,
    );
  }
}

/** Moves the clock on the wall of every page by script; timers and the steady clock stay the machine's. */
async function setClock(context: BrowserContext, ahead_ms: number): Promise<void> {
  await context.addInitScript(`{
    // What the compiler of these tests writes around functions that are sent into the page.
    globalThis.__name = (work) => work;
    const Real = Date;
    globalThis.Date = class Date extends Real {
      constructor(...parts) {
        if (parts.length === 0) super(Date.now());
        else super(...parts);
      }
      static now() {
        return Real.now() + (globalThis.clock_set_ahead_ms ?? ${ahead_ms});
      }
    };
  }`);
}

/** The browser's own process: the one that is nobody's renderer, on this profile. */
function browserProcess(profile: string): number {
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      const is_browser = words.includes(`--user-data-dir=${profile}`) && !words.some((word) => word.startsWith("--type="));
      if (is_browser && /chrom/.test(readlinkSync(`/proc/${name}/exe`))) return Number(name);
    } catch {
      // It ended while it was looked at, or is somebody else's.
    }
  }
  throw new Error(`no browser works on ${profile}`);
}
