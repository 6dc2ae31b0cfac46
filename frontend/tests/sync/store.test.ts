import assert from "node:assert/strict";
import { test } from "node:test";
import { atRegister, KEY, saved, signIn, statuses } from "./at_register.ts";
import { Backend, PASSWORD, STUDENTS } from "./backend.ts";
import { Device, until } from "./device.ts";
import { whileFailing } from "./failing.ts";

const [ACHIENG = "", BARASA = "", CHEBET = ""] = STUDENTS;

test("a mark is saved at once, then received", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.mark(ACHIENG, "late", { minutes_late: 7, remarks: " bus " });
  assert.deepEqual(saved(store.state()), ["here", null, null]);
  assert.equal(store.state().sync.unsent, 1);
  await device.pass(2_000);
  assert.deepEqual(saved(store.state()), ["received", null, null]);
  assert.equal(store.state().sync.unsent, 0);
  const [mark] = device.backend.log;
  assert.deepEqual(mark?.command, { ...mark?.command, type: "MarkAttendance", status: "late", minutes_late: 7, remarks: "bus", device_seq: 1 });
  assert.equal(store.state().register?.counts.late, 1);
  assert.notEqual(store.state().register?.fetched_at, null);
});

test("without a network everything works, survives a closed tab, and is sent on return", async () => {
  const device = new Device(new Backend());
  await atRegister(device);
  device.goOnline(false);
  device.killAllTabs();
  const store = await device.tab();
  assert.equal(store.state().phase, "ready");
  await until(store, (state) => state.cards.length === 1);
  store.actions.go({ name: "register", key: KEY });
  await until(store, (state) => state.register !== null);
  await store.actions.markRestPresent();
  await store.actions.closeRegister();
  await device.pass(3_000);
  assert.deepEqual(saved(store.state()), ["here", "here", null]);
  assert.equal(store.state().sync.status.kind, "unreachable");
  assert.equal(store.state().register?.status, "closed");
  device.killAllTabs();
  const again = await device.tab();
  assert.equal(again.state().sync.unsent, 3);
  device.goOnline(true);
  await device.pass(5_000);
  assert.equal(again.state().sync.unsent, 0);
  assert.deepEqual(device.backend.log.map((one) => one.command.type), ["MarkAttendance", "MarkAttendance", "CloseSession"]);
});

test("marking the rest leaves alone whom an exception covers, and can be undone except where somebody marked since", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.markRestPresent();
  assert.deepEqual(statuses(store.state()), ["present", "present", "unmarked"]);
  assert.equal(store.state().register?.undo?.label, "rest_present");
  await store.actions.mark(BARASA, "absent");
  await store.actions.undo();
  assert.deepEqual(statuses(store.state()), ["unmarked", "absent", "unmarked"]);
  assert.equal(store.state().register?.undo, null);
  await device.pass(3_000);
  assert.deepEqual(statuses(store.state()), ["unmarked", "absent", "unmarked"]);
});

test("with the close the offer to take the marks of the rest back is gone, and nothing takes them back", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.markRestPresent();
  await store.actions.closeRegister();
  assert.equal(store.state().register?.undo, null);
  await store.actions.undo();
  await device.pass(3_000);
  assert.deepEqual(device.backend.log.map((one) => one.command.type), ["MarkAttendance", "MarkAttendance", "CloseSession"]);
});

test("an undo is offered for ten seconds", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.voidLesson("rain");
  assert.equal(store.state().register?.undo?.label, "void");
  assert.equal(store.state().register?.void, true);
  await device.pass(10_001);
  assert.equal(store.state().register?.undo, null);
});

test("an absence under an approved exception counts as excused and stays an absence on the line", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.mark(CHEBET, "absent");
  const register = store.state().register;
  assert.equal(register?.rows.find((row) => row.student_id === CHEBET)?.status, "absent");
  assert.deepEqual([register?.counts.absent, register?.counts.excused], [0, 1]);
  assert.equal(register?.slot_start, "2026-11-24T05:00:00.000Z");
});

test("a refused mark needs attention until it is resent or discarded", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.fault = () => "no_network";
  await store.actions.mark(ACHIENG, "present");
  await store.actions.mark(BARASA, "present");
  const ids = (await store.actions.exportUnsent().then(JSON.parse)).commands.map((one: { command: { command_id: string } }) => one.command.command_id);
  device.backend.refused = new Set(ids);
  device.backend.fault = () => "none";
  await store.actions.sendNow();
  await device.pass(1_000);
  assert.deepEqual(saved(store.state()), ["attention", "attention", null]);
  assert.equal(store.state().register?.rows[0]?.problem?.slug, "not-enrolled");
  assert.equal(store.state().sync.unsent, 0);
  const [first, second] = store.state().sync.attention;
  assert.equal(first?.student_name, "Achieng Mary");
  await store.actions.discard([second?.seq ?? 0]);
  device.backend.refused.clear();
  await store.actions.resend([first?.seq ?? 0]);
  await device.pass(2_000);
  assert.equal(store.state().sync.attention.length, 0);
  assert.deepEqual(device.backend.log.map((one) => one.command.command_id), [ids[0]]);
});

test("what the server refused is told of as not sent, and keeps who wants it sent signed in", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.fault = () => "no_network";
  await store.actions.mark(ACHIENG, "present");
  const { commands } = JSON.parse(await store.actions.exportUnsent()) as { commands: { command: { command_id: string } }[] };
  device.backend.refused = new Set(commands.map(({ command }) => command.command_id));
  device.backend.fault = () => "none";
  await store.actions.sendNow();
  await device.pass(1_000);
  assert.equal(store.state().sync.attention.length, 1);
  await store.actions.mark(BARASA, "present");
  await device.pass(1_000);
  const { unsent, unsent_sessions } = device.backend.envelopes.at(-1)?.device ?? assert.fail("a batch was sent");
  assert.deepEqual([unsent, unsent_sessions?.length], [2, 1], "the refused mark, and the one that was in the batch");
  await store.actions.signOut("send");
  assert.deepEqual([store.state().phase, store.state().notice?.text_key], ["ready", "notice.unsent_left"]);
  await store.actions.signOut("keep");
  assert.notEqual(store.state().phase, "ready");
});

test("an expired token is renewed once without anybody noticing", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.expireTokens();
  await store.actions.mark(ACHIENG, "present");
  await device.pass(2_000);
  assert.deepEqual(saved(store.state()), ["received", null, null]);
});

test("when the sign-in has run out work goes on, and everything is sent after signing in again", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.expireTokens();
  device.backend.cookie = null;
  await store.actions.mark(ACHIENG, "present");
  await device.pass(2_000);
  assert.equal(store.state().sync.status.kind, "sign_in_needed");
  assert.equal(store.state().phase, "ready");
  await store.actions.mark(BARASA, "absent");
  await signIn(store);
  await device.pass(2_000);
  assert.equal(store.state().sync.unsent, 0);
  assert.equal(device.backend.log.length, 2);
});

test("the cookie of another person never sends this person's work", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.expireTokens();
  device.backend.cookie = "amina";
  await store.actions.mark(ACHIENG, "present");
  await device.pass(2_000);
  assert.equal(store.state().sync.status.kind, "sign_in_needed");
  assert.equal(device.backend.log.length, 0);
});

test("a wrong password and a missing network are told apart", async () => {
  const device = new Device(new Backend());
  const store = await device.tab();
  await store.actions.signIn({ school_code: "STAREHE", username: "kelvin", password: "wrong", shared_device: false });
  assert.equal(store.state().sign_in_problem?.slug, "login-failed");
  device.backend.fault = () => "captive_portal";
  await store.actions.signIn({ school_code: "STAREHE", username: "kelvin", password: PASSWORD, shared_device: false });
  assert.equal(store.state().sign_in_problem?.slug, "unreachable");
  assert.equal(store.state().phase, "signed_out");
});

test("signing out with unsent work: sending fails without a network, keeping brings it back, discarding does not", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.fault = () => "no_network";
  await store.actions.mark(ACHIENG, "present");
  await store.actions.signOut("send");
  assert.equal(store.state().phase, "ready");
  assert.equal(store.state().notice?.text_key, "notice.unsent_left");
  await store.actions.signOut("keep");
  assert.equal(store.state().phase, "signed_out");
  assert.equal(store.state().person, null);
  device.backend.fault = () => "none";
  await signIn(store, "amina");
  assert.equal(store.state().sync.unsent, 0);
  await store.actions.signOut("send");
  device.backend.fault = (path) => (path === "/commands" ? "no_network" : "none");
  await signIn(store);
  assert.equal(store.state().sync.unsent, 1);
  await store.actions.signOut("discard");
  await signIn(store);
  assert.equal(store.state().sync.unsent, 0);
  assert.equal(device.backend.log.length, 0);
});

test("on a shared device signing out wipes names and registers, and keeps unsent work", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device, true);
  device.backend.fault = () => "no_network";
  await store.actions.mark(ACHIENG, "present");
  await store.actions.signOut("keep");
  device.backend.fault = (path) => (path === "/auth/login" ? "none" : "no_network");
  await signIn(store, "kelvin", true);
  assert.equal(store.state().school_name, null);
  assert.equal(store.state().sync.unsent, 1);
});

test("two tabs show the same, and one sends for both", async () => {
  const device = new Device(new Backend());
  const one = await atRegister(device);
  const two = await device.tab();
  two.actions.go({ name: "register", key: KEY });
  await until(two, (state) => state.register !== null);
  await Promise.all([one.actions.mark(ACHIENG, "present"), two.actions.mark(BARASA, "absent")]);
  await device.pass(3_000);
  for (const store of [one, two]) {
    assert.deepEqual(statuses(store.state()), ["present", "absent", "unmarked"]);
    assert.deepEqual(saved(store.state()), ["received", "received", null]);
  }
  const ids = device.backend.log.map((event) => event.command.command_id);
  assert.equal(new Set(ids).size, 2);
});

test("a colleague's mark appears by itself", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  const command = { type: "MarkAttendance", command_id: "ffff", occurred_at: "2026-11-24T08:00:05.000Z", session: KEY, student_id: ACHIENG, status: "absent" } as const;
  device.backend.log.push({ by: "amina", device_id: "d", command, position: 1 });
  await device.pass(16_000);
  const row = store.state().register?.rows[0];
  assert.equal(row?.status, "absent");
  assert.deepEqual(row?.marked_by, { id: "amina", name: "amina" });
});

test("a restored server gets back what it lost", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.mark(ACHIENG, "present");
  await store.actions.mark(BARASA, "late", { minutes_late: 3 });
  await device.pass(3_000);
  device.backend.restore(1);
  await device.pass(40_000);
  assert.equal(device.backend.log.length, 2);
  assert.equal(store.state().sync.unsent, 0);
  assert.deepEqual(statuses(store.state()), ["present", "late", "unmarked"]);
});

test("a clock that is 26 hours fast stamps right and is told of", async () => {
  const device = new Device(new Backend());
  device.wrong_by_ms = 26 * 3_600_000;
  const store = await atRegister(device);
  await store.actions.mark(ACHIENG, "present");
  await device.pass(3_000);
  const [event] = device.backend.log;
  assert.ok(Math.abs(Date.parse(event?.command.occurred_at ?? "") - device.backend.now_ms) < 10_000);
  assert.equal(store.state().sync.clock_wrong_by_ms, 26 * 3_600_000);
  assert.equal(store.state().today, "2026-11-24");
});

test("fifty rounds of 503 lose nothing and wait at most five minutes between", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  let rounds = 0;
  device.backend.fault = (path) => (path === "/commands" && rounds++ < 50 ? "busy" : "none");
  await store.actions.mark(ACHIENG, "present");
  await device.pass(1_000);
  assert.equal(store.state().sync.status.kind, "waiting");
  await device.pass(120_000);
  assert.equal(device.backend.log.length, 1);
  assert.equal(store.state().sync.unsent, 0);
});

test("a batch that is too large is halved until it fits", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.fault = () => "no_network";
  for (const student_id of STUDENTS) await store.actions.mark(student_id, "present");
  device.backend.fault = () => "none";
  let tries = 0;
  device.backend.fault = (path) => (path === "/commands" && ++tries < 3 ? "too_large" : "none");
  await store.actions.sendNow();
  assert.equal(device.backend.log.length, 3);
  assert.deepEqual(device.backend.envelopes.slice(1).map((one) => one.commands.length), [1, 1, 1]);
});

test("parts of the state that did not change stay the very same", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  const before = store.state();
  await store.actions.mark(ACHIENG, "present");
  const after = store.state();
  assert.notEqual(after.register?.rows[0], before.register?.rows[0]);
  assert.equal(after.register?.rows[1], before.register?.rows[1]);
  assert.equal(after.settings, before.settings);
  assert.equal(after.history, before.history);
  assert.equal(after.cards[0]?.counts.marked, after.register?.counts.marked, "the card beside it says the same as the register");
});

test("on a full device a mark is not shown as saved, and once there is room it is", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await whileFailing(IDBObjectStore.prototype, "add", "QuotaExceededError", () =>
    assert.rejects(store.actions.mark(ACHIENG, "present"), { name: "QuotaExceededError" }));
  assert.equal(store.state().storage.full, true);
  assert.deepEqual(statuses(store.state()), ["unmarked", "unmarked", "unmarked"]);
  assert.equal(store.state().sync.unsent, 0);
  await store.actions.mark(ACHIENG, "present");
  assert.equal(store.state().storage.full, false);
  assert.deepEqual(statuses(store.state()), ["present", "unmarked", "unmarked"]);
});

test("a database that has vanished is told of", async () => {
  const device = new Device(new Backend());
  await atRegister(device);
  device.killAllTabs();
  await new Promise((resolve) => {
    indexedDB.deleteDatabase("muster-kelvin").onsuccess = resolve;
  });
  const store = await device.tab();
  assert.equal(store.state().notice?.text_key, "notice.storage_was_cleared");
});

test("a database that is removed under the open app is told of, and what was not sent goes out all the same", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.mark(CHEBET, "late");
  await device.pass(2_000);
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.mark(BARASA, "present");
  device.removeDatabases();
  await store.actions.mark(ACHIENG, "excused");
  await device.settled();
  assert.equal(store.state().notice?.text_key, "notice.storage_was_removed");
  assert.equal(store.state().sync.unsent, 3);
  device.killAllTabs();
  const again = await device.tab();
  assert.equal(again.state().person?.id, "kelvin", "who works here is known");
  assert.equal(again.state().notice, null, "told once");
  device.goOnline(true);
  await device.pass(5_000);
  again.actions.go({ name: "register", key: KEY });
  await until(again, (state) => statuses(state)[0] === "excused");
  assert.deepEqual(statuses(again.state()), ["excused", "present", "late"]);
  assert.deepEqual(device.backend.log.map(({ command }) => command.type === "MarkAttendance" && command.status), ["late", "absent", "present", "excused"]);
  assert.equal(new Set(device.backend.log.map((one) => one.device_id)).size, 1, "it is still the same device");
});

test("a mark without a network asks the browser at once: the tab may be closed before anything was tried", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.fault = () => "no_network";
  device.online = false;
  await store.actions.mark(ACHIENG, "present");
  assert.equal(device.asked_to_waken, 1);
});

test("a device on which nobody chose speaks the first of its person's languages that there are words in", async () => {
  const device = new Device(new Backend());
  const language = async (...languages: string[]): Promise<string> => {
    device.languages = languages;
    return (await device.tab()).state().settings.language;
  };
  assert.equal(await language("de-AT", "FR-be", "en"), "fr");
  assert.equal(await language("ar-EG"), "ar");
  assert.equal(await language("de"), "en");
  const store = await device.tab();
  await store.actions.setSettings({ language: "sw" });
  assert.equal(await language("fr"), "sw", "what was chosen stays");
});

test("without a network the browser is asked to waken the app, which then sends", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  assert.equal(device.asked_to_waken, 0, "with a network nobody needs to");
  device.backend.fault = () => "no_network";
  await store.actions.mark(ACHIENG, "present");
  await device.pass(2_000);
  assert.equal(device.asked_to_waken, 0, "the network is there, only the server is not: the browser would waken us at once");
  device.online = false;
  await device.pass(30_000);
  assert.ok(device.asked_to_waken > 0);
  assert.equal(await device.waken(), false, "there is still none");
  device.backend.fault = () => "none";
  device.online = true;
  assert.equal(await device.waken(), true);
  assert.equal(device.backend.log.length, 1);
});
