/** The screens under the thumb and under the keys, on the fixture. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { drawn, type Look } from "./screens.ts";
import { stage } from "./stage.ts";

const at = stage();
let page: Page;
let errors: string[];

beforeEach(async () => {
  errors = [];
  page = await at.browser.newPage({ viewport: { width: 360, height: 740 } });
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("dialog", (dialog) => errors.push(`a dialog: ${dialog.message()}`));
});
afterEach(async () => {
  await page.close();
  assert.deepEqual(errors, [], "nothing in the console");
});

const open = (name: string, more: Partial<Look> = {}, settings: Record<string, string> = {}): Promise<void> => at.open(page, name, more, settings);

const calls = (): Promise<string> => page.evaluate(() => document.documentElement.dataset["calls"] ?? "");
const row = (id: string) => page.locator(`[data-student=${id}]`);
const checked = (id: string): Promise<string | null> => row(id).locator("input:checked").first().getAttribute("value");

/** Waits until so many students are shown. */
const rows = async (count: number): Promise<void> => {
  await page.waitForFunction((wanted) => document.querySelectorAll("[data-student]").length === wanted, count);
};

test("a tap says the status and nothing else, so that the remarks that were there stay", async () => {
  await open("register");
  await row("st4").getByRole("radio", { name: "Absent" }).check();
  assert.equal(await calls(), 'mark["st4","absent",{}];');
  await row("st4").getByText("bus").waitFor();
});

test("whoever becomes late is as late as the slot is old; whoever was late stays as late", async () => {
  await page.clock.setFixedTime("2026-11-24T05:12:30Z");
  await open("register");
  await row("st7").getByRole("radio", { name: "Late" }).check();
  await row("st4").locator("input:checked").focus();
  await page.keyboard.press("l");
  assert.equal(await calls(), 'mark["st7","late",{"minutes_late":12}];mark["st4","late",{}];');
});

async function rollCall(settings: Record<string, string> = {}): Promise<void> {
  await open("register", {}, settings);
  await page.locator(".head-menu summary").click();
  await page.locator(".menu button").first().click();
  await page.locator(".roll-call-name").waitFor();
}

const isTurnOf = (name: string): Promise<void> =>
  page.locator(".roll-call-name").getByText(name, { exact: true }).waitFor();

test("the roll call begins with the first without a mark, goes on with every mark, and back", async () => {
  await rollCall();
  await isTurnOf("Hassan Zahra");
  await page.getByRole("button", { name: "Present" }).click();
  await isTurnOf("Achieng Mary 8");
  await page.getByRole("button", { name: "Back", exact: true }).click();
  await isTurnOf("Hassan Zahra");
  assert.equal(await page.getByRole("button", { name: "Present" }).getAttribute("aria-pressed"), "true");
  await page.getByRole("button", { name: "Late" }).click();
  // Until it is said how late.
  await page.getByRole("button", { name: "One minute more" }).waitFor();
  await isTurnOf("Hassan Zahra");
  await page.getByRole("button", { name: "Back to the list" }).click();
  assert.equal(await checked("st7"), "late");
  assert.match(await calls(), /^mark\["st7","present",\{\}\];mark\["st7","late",/);
});

test("in the roll call a swipe and the arrows step and mark nobody, and the letters mark", async () => {
  await rollCall();
  const swipe = async (from: number, to: number, y = 250): Promise<void> => {
    await page.mouse.move(from, y);
    await page.mouse.down();
    await page.mouse.move(to, y + 5);
    await page.mouse.up();
  };
  await swipe(300, 100);
  await isTurnOf("Achieng Mary 8");
  await swipe(100, 300);
  await isTurnOf("Hassan Zahra");
  // Too short for a swipe.
  await swipe(100, 130);
  await isTurnOf("Hassan Zahra");
  const present = await page.getByRole("button", { name: "Present" }).boundingBox();
  assert.ok(present);
  await swipe(present.x + present.width - 5, present.x + 5, present.y + 20);
  await isTurnOf("Achieng Mary 8");
  await page.keyboard.press("ArrowLeft");
  await isTurnOf("Hassan Zahra");
  assert.equal(await calls(), "");
  await page.keyboard.press("a");
  await isTurnOf("Achieng Mary 8");
  assert.equal(await calls(), 'mark["st7","absent",{}];');
});

test("from right to left the roll call goes the other way", async () => {
  await rollCall({ language: "ar" });
  await page.keyboard.press("ArrowLeft");
  await isTurnOf("Achieng Mary 8");
});

test("behind the last student the roll call says who is left, and closes", async () => {
  await rollCall({ students: "9" });
  for (let step = 0; step < 2; step++) await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("That was everybody").waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("dialog").waitFor();
});

test("the office hands in a file, and reads what became of each entry", async () => {
  await open("hand-in");
  const entry = (command_id: string, status: string): object => ({
    command: { command_id, type: "MarkAttendance", occurred_at: "2026-11-24T05:00:00.000Z", session: { class_id: "c1", date: "2026-11-24" }, student_id: "st1", status },
    device_clock: "2026-11-24T05:00:01.000Z",
  });
  const file = (school_id: string): { name: string; mimeType: string; buffer: Buffer } => ({
    name: "unsent.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify({
      format: "muster-unsent", version: 1, school_id, actor: { id: "t9", name: "<b>Amina</b>" }, device_id: "d", app_version: "1",
      exported_at: "2026-11-24T06:00:00.000Z", commands: [entry("a", "present"), entry("b", "absent"), entry("c", "late"), entry("d", "excused")],
    })),
  });
  const input = page.locator("input[type=file]");
  await input.setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await page.getByText("This is not a file of unsent work.").waitFor();
  await input.setInputFiles(file("another"));
  await page.getByText("This file is of another school.").waitFor();
  await input.setInputFiles(file("s1"));
  await page.getByRole("heading", { name: "<b>Amina</b>" }).waitFor();
  await page.getByRole("button", { name: "Hand in 4 entries" }).click();
  await page.getByRole("heading", { name: "Refused (1)" }).waitFor();
  await page.getByText("The student was not in this class on that day.").waitFor();
  await page.getByRole("heading", { name: "The server had it already (1)" }).waitFor();
  await page.getByRole("button", { name: "Hand in 1 entry" }).waitFor();
  assert.equal(await calls(), 'handIn["t9"];');
});

test("other end dates want another look before the import, and a screen that was left has forgotten its file", async () => {
  await open("office-import");
  const input = page.getByLabel("Zip file");
  const [look, run] = [page.getByRole("button", { name: "See what would change" }), page.getByRole("button", { name: "Import", exact: true })];
  await input.setInputFiles({ name: "roster.zip", mimeType: "application/zip", buffer: Buffer.from("PK") });
  await look.click();
  await run.waitFor();
  await page.getByLabel("An end date in the files is").selectOption("inclusive");
  await run.waitFor({ state: "detached" });
  await look.click();
  await run.waitFor();
  await page.getByRole("link", { name: "To all classes" }).click();
  await page.getByRole("link", { name: "Import from the school's information system" }).click();
  await input.waitFor();
  assert.deepEqual([await input.inputValue(), await run.count(), await look.isDisabled()], ["", 0, true]);
  assert.equal(await page.getByLabel("An end date in the files is").inputValue(), "inclusive");
});

test("a remark typed and a status tapped in the same moment are both kept", async () => {
  await open("register");
  await row("st0").locator("[data-unfold]").click();
  await row("st0").getByLabel("Remarks", { exact: true }).pressSequentially("at the dentist");
  await row("st0").getByRole("radio", { name: "Absent" }).evaluate((radio: HTMLElement) => {
    radio.focus();
    radio.click();
  });
  await row("st0").locator("[data-unfold]").click();
  await row("st0").locator("p", { hasText: "at the dentist" }).waitFor();
  assert.equal(await checked("st0"), "absent");
  assert.match(await calls(), /\{"remarks":"at the dentist"\}\];mark\["st0","absent",\{\}\];$/);
});

test("a mark that could not be kept is shown as it was, and said so", async () => {
  await open("register-full");
  await row("st0").getByRole("radio", { name: "Absent" }).click();
  await page.getByRole("alert").filter({ hasText: "That did not work" }).waitFor();
  assert.equal(await checked("st0"), "present");
});

test("keys mark and go on to the next student; arrows go up and down without marking", async () => {
  await open("register");
  await row("st0").getByRole("radio", { name: "Present" }).focus();
  await page.keyboard.press("a");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("e");
  assert.match(await calls(), /mark\["st0","absent".*mark\["st2","excused"/);
  assert.doesNotMatch(await calls(), /"st1"/);
});

test("a key held down marks one student, and an arrow held down goes on", async () => {
  await open("register");
  await row("st0").getByRole("radio", { name: "Present" }).focus();
  for (let times = 0; times < 4; times += 1) await page.keyboard.down("a");
  await page.keyboard.up("a");
  assert.match(await calls(), /^mark\["st0","absent",\{\}\];$/);
  for (let times = 0; times < 3; times += 1) await page.keyboard.down("ArrowDown");
  await page.keyboard.up("ArrowDown");
  await page.keyboard.press("e");
  assert.match(await calls(), /mark\["st4","excused",\{\}\];$/);
});

test("N leads to the remarks, where letters mark nobody, even of a student who has no mark yet", async () => {
  await open("register");
  const unmarked = page.locator("[data-student]").filter({ hasNot: page.locator("input:checked") }).first();
  await unmarked.getByRole("radio").first().focus();
  await page.keyboard.press("n");
  await page.waitForFunction(() => document.activeElement?.matches("[data-keep]"));
  await page.keyboard.type("exam leave");
  assert.equal(await calls(), "");
});

test("keys are off when they are switched off, and in text fields", async () => {
  await open("settings");
  await page.getByRole("checkbox", { name: "Use single keys" }).uncheck();
  await page.evaluate(() => { location.hash = "#/register/c1/2026-11-24/maths/am"; });
  await row("st0").getByRole("radio", { name: "Present" }).focus();
  await page.keyboard.press("a");
  assert.equal(await calls(), "");
  await open("register");
  await page.getByRole("searchbox").fill("");
  await page.getByRole("searchbox").pressSequentially("pal");
  assert.equal(await calls(), "");
});

test("Arabic letters mark, and so do P, A, L and E where they are printed", async () => {
  await open("register", {}, { language: "ar" });
  await row("st0").locator("input").first().focus();
  await page.evaluate(() => {
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "غ", code: "KeyY", bubbles: true }));
  });
  await page.keyboard.press("e");
  assert.match(await calls(), /mark\["st0","absent".*mark\["st1","excused"/);
});

test("lateness is stepped, typed and kept at once", async () => {
  await open("register");
  await row("st4").getByRole("button", { name: "One minute more" }).click();
  // What is drawn of the minutes takes the place of what is typed.
  await drawn(page);
  await row("st4").getByRole("spinbutton").fill("15");
  await row("st4").getByRole("spinbutton").press("Tab");
  await drawn(page);
  await row("st4").getByRole("spinbutton").fill("");
  await row("st4").getByRole("spinbutton").press("Tab");
  assert.equal(
    await calls(),
    'addMinutesLate["st4",1];mark["st4","late",{"minutes_late":15}];mark["st4","late",{"minutes_late":null}];',
  );
});

test("three quick taps on a step are three steps", async () => {
  await open("register");
  await row("st4").getByRole("button", { name: "One minute more" }).evaluate((button: HTMLElement) => {
    for (let times = 0; times < 3; times += 1) button.click();
  });
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[data-student=st4] .late-minutes")?.value === "10");
  assert.equal(await calls(), 'addMinutesLate["st4",1];'.repeat(3));
});

test("a remark is kept when its field is left, also by hiding the page", async () => {
  await open("register");
  await row("st0").locator("[data-unfold]").click();
  await row("st0").getByLabel("Remarks", { exact: true }).pressSequentially("at the dentist");
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  assert.match(await calls(), /"remarks":"at the dentist"/);
});

test("a half-typed remark outlives what the server sends meanwhile", async () => {
  await open("register");
  await row("st0").locator("[data-unfold]").click();
  await row("st0").getByLabel("Remarks", { exact: true }).pressSequentially("at the");
  await page.getByRole("button", { name: /Rest present/ }).evaluate((button: HTMLElement) => button.click());
  await page.getByText("The rest is marked present.").waitFor();
  assert.equal(await row("st0").getByLabel("Remarks", { exact: true }).inputValue(), "at the");
});

test("the rest is marked present, and undone", async () => {
  await open("register");
  await page.getByRole("button", { name: "Rest present (3)" }).click();
  await page.getByRole("button", { name: "All marked" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Rest present (3)" }).waitFor();
});

test("closing asks while some are unmarked, and not otherwise", async () => {
  await open("register");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("dialog", { name: "3 students are not marked" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Rest present (3)" }).click();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText(/You can reopen it until/).waitFor();
  assert.equal(await page.getByRole("radio").first().isDisabled(), true);
});

test("the rest can be marked present while closing", async () => {
  await open("register");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Mark the rest present and close" }).click();
  await page.getByText(/You can reopen it until/).waitFor();
  assert.match(await calls(), /markRestPresent;closeRegister;/);
});

test("at an address that is not secure nobody signs in, and is told why", async () => {
  await page.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false }));
  await open("sign-in");
  await page.getByRole("alert").getByText(/https:/).waitFor();
  assert.equal(await page.getByLabel("Password").count(), 0);
});

test("the menu folds with Escape and when something else is touched", async () => {
  await open("register");
  const menu = page.locator(".menu");
  const dots = page.locator(".head-menu summary");
  await dots.click();
  await menu.waitFor();
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
  assert.equal(await dots.evaluate((one) => one === document.activeElement), true);
  await dots.click();
  await menu.waitFor();
  await page.locator("h1").click();
  await menu.waitFor({ state: "hidden" });
});

test("reopening wants a reason, and asks what becomes of the marks since", async () => {
  await open("register-closed");
  await page.getByRole("button", { name: "Reopen" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Reopen" }).click();
  assert.equal(await calls(), "", "no reason yet");
  await dialog.getByLabel("Reason").fill("   ");
  await dialog.getByRole("button", { name: "Reopen" }).click();
  assert.equal(await calls(), "", "blanks are no reason");
  await dialog.getByLabel("Reason").fill("came late");
  await dialog.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: "Reopen" }).click();
  await page.getByRole("button", { name: "Close" }).waitFor();
  assert.equal(await calls(), 'reopenRegister["came late",true];');
});

test("a lesson that did not happen is said so with a reason, and taken back", async () => {
  await open("register");
  await page.locator("summary").click();
  await page.getByRole("button", { name: "This lesson did not happen" }).click();
  await page.getByLabel("Reason").fill("sports day");
  await page.getByRole("button", { name: "It did not happen" }).click();
  await page.getByRole("button", { name: "It did happen" }).click();
  await page.getByLabel("Reason").fill("it did");
  await page.getByRole("button", { name: "Let it count" }).click();
  assert.equal(await calls(), 'voidLesson["sports day"];restoreLesson["it did"];');
});

test("a count filters, stands in the address, and no row runs away while it is marked", async () => {
  await open("register");
  await page.getByRole("button", { name: "Unmarked: 3" }).click();
  await rows(3);
  assert.match(page.url(), /show=unmarked/);
  await row("st7").getByRole("radio", { name: "Present" }).check();
  await page.getByRole("button", { name: "Unmarked: 2" }).waitFor();
  assert.equal(await page.locator("[data-student]").count(), 3);
  await page.getByRole("searchbox").fill("zahra 15");
  await rows(1);
  await page.reload();
  await rows(1);
});

test("throwing unsent work away has to be typed", async () => {
  await open("settings", { mood: "unreachable" });
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Throw them away" }).click();
  assert.equal(await calls(), "");
  await page.getByLabel(/To throw them away/).fill("12");
  await page.getByRole("button", { name: "Throw them away" }).click();
  await page.getByLabel("School code").waitFor();
  assert.equal(await calls(), 'signOut["discard"];');
  assert.match(page.url(), /#\/today$/, "who signs in next begins at the beginning");
});

test("a refused mark is sent again, or discarded after a question", async () => {
  await open("sync-attention");
  await page.getByRole("button", { name: "Send again" }).first().click();
  await page.getByRole("button", { name: "Discard" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  assert.equal(await calls(), "resend[[0]];discard[[0]];");
});

test("what was refused of a register for one reason is decided together, or one by one", async () => {
  await open("sync-attention");
  const old = page.getByRole("article").filter({ hasText: "3 entries" });
  await old.getByRole("button", { name: "Send again" }).click();
  await old.getByRole("button", { name: "Discard", exact: true }).click();
  await page.getByRole("dialog").getByText("3 entries").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await old.getByText("One by one").click();
  await old.getByRole("button", { name: "Discard: Diallo Aminata" }).click();
  await page.getByRole("dialog").getByText("Diallo Aminata").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  assert.equal(await calls(), "resend[[2,3,4]];discard[[2,3,4]];discard[[3]];");
});

test("a register that has no card is opened by its class, part of the day and subject", async () => {
  await open("today");
  await page.getByRole("button", { name: "Another register…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Class and part of the day").selectOption("Form 2 East · Whole day");
  await dialog.getByLabel("Subject").selectOption("English");
  await dialog.getByRole("button", { name: "Open the register" }).click();
  await page.waitForURL(/#\/register\/c1\/2026-11-24\/english\/-$/);
  await page.goBack();
  await page.getByRole("button", { name: "Another register…" }).click();
  await dialog.getByRole("button", { name: "Open the register" }).click();
  await page.waitForURL(/#\/register\/c0\/2026-11-24\/-\/am$/);
});

test("unsent work is saved as a file", async () => {
  await open("sync-unreachable");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as a file" }).click()]);
  assert.equal(file.suggestedFilename(), "muster-unsent-2026-11-24.json");
});

test("markup in names, titles and remarks is text", async () => {
  await open("register-markup");
  assert.ok((await page.locator("[data-student] bdi").first().textContent())?.startsWith("<img"));
  assert.equal(await page.locator("#app img[src=x]").count(), 0);
});

test("a new screen gets the focus on its heading, and the title of the page", async () => {
  await open("today");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  assert.equal(await page.title(), "Settings · Muster");
});
