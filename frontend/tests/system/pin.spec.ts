/** A device that several use: what one of them keeps there is sealed, and opens by their PIN or by their password. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstFour } from "./morning.ts";
import { Phone, PIN } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

const NEW_PIN = "314159";
const WRONG_PIN = "000000";
const IDLE_MS = 6 * 60_000;

test("it is locked when nobody touches it and when somebody else's turn comes; a forgotten PIN costs a sign-in and no mark", async () => {
  const { office, takeTeacher } = await school();
  const [one, two] = [await takeTeacher(), await takeTeacher()];
  const [a, b] = firstFour(one);
  const tablet = await Phone.open(await school());
  const { page } = tablet;
  const locked = page.getByRole("heading", { level: 1, name: "Locked" });
  const enter = async (pin: string): Promise<void> => {
    await page.getByLabel("PIN of this device").fill(pin);
    await page.getByRole("button", { name: "Open", exact: true }).click();
  };
  await tablet.signIn(one, { shared: true });
  await tablet.tapCard(one);
  await tablet.worksOffline();
  await tablet.goOffline();
  await tablet.mark(a, "absent");

  // Nobody touches it; the touch that finds out marks nobody, and what is kept can be read by nobody.
  // In one go: the app looks at the clock by itself every few seconds.
  await tablet.choice(b, "late").evaluate((radio: HTMLElement, idle_ms: number) => {
    const now = Date.now;
    Date.now = () => now() + idle_ms;
    radio.click();
  }, IDLE_MS);
  await locked.waitFor();
  await page.reload();
  await locked.waitFor();
  const rows = await tablet.outbox(one.id);
  assert.deepEqual(rows.map((row) => ["command" in row, "sealed" in row]), [[false, true]], "one mark, sealed");
  await enter(WRONG_PIN);
  await page.getByText("That is not the PIN.").waitFor();
  await enter(PIN);
  await tablet.openRegister(one.register);
  await tablet.registerShows(one);
  await tablet.shows({ [a]: "absent", [b]: null });

  // Somebody else's turn: online again, and still nothing of the first goes out.
  await tablet.visit("#/settings");
  await page.getByRole("button", { name: "Lock now" }).click();
  await locked.waitFor();
  await tablet.goOnline();
  await page.getByRole("button", { name: "Somebody else wants to sign in" }).click();
  await page.getByLabel("School code").waitFor();
  await tablet.signIn(two, { shared: true });
  await tablet.tallySays("All received");
  await assert.rejects(office.register(one.register), "nothing of the first was sent");
  await tablet.pressSignOut();
  await page.getByLabel("School code").waitFor();

  // The first is back and locks it, and has forgotten the PIN.
  await tablet.signIn(one, { shared: true });
  await tablet.tallySays("All received");
  await tablet.goOffline();
  await tablet.openRegister(one.register);
  await tablet.registerShows(one);
  await tablet.mark(b, "late");
  await page.reload();
  await locked.waitFor();
  await page.getByRole("button", { name: "I forgot the PIN" }).click();
  const signIn = async (): Promise<void> => {
    await page.getByLabel("User name").fill(one.username);
    await page.getByLabel("Password").fill(one.password);
    await page.getByLabel("Choose a PIN for this device").fill(NEW_PIN);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await signIn();
  await page.getByText("The server cannot be reached.").waitFor();
  await tablet.goOnline();
  await signIn();
  await tablet.tallySays("All received");
  await eachTapOnce(office, tablet, one.id, one.register, 2);
  await tablet.visit("#/settings");
  await page.getByRole("button", { name: "Lock now" }).click();
  await enter(PIN);
  await page.getByText("That is not the PIN.").waitFor();
  await enter(NEW_PIN);
  await tablet.openRegister(one.register);
  await tablet.registerShows(one);
  await tablet.shows({ [a]: "absent", [b]: "late" });
  await tablet.putAway();
});
