import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisterRow, Store } from "../../src/model.ts";
import { atRegister, KEY, statuses } from "./at_register.ts";
import { Backend, STUDENTS } from "./backend.ts";
import { Device, until } from "./device.ts";

const [ACHIENG = "", BARASA = ""] = STUDENTS;

function row(store: Store, student_id: string): Partial<RegisterRow> {
  return store.state().register?.rows.find((one) => one.student_id === student_id) ?? {};
}

test("marking the rest while a mark is still being saved leaves that mark alone", async () => {
  const store = await atRegister(new Device(new Backend()));
  await Promise.all([store.actions.mark(ACHIENG, "absent"), store.actions.markRestPresent()]);
  assert.deepEqual(statuses(store.state()), ["absent", "present", "unmarked"]);
});

test("a remark and another status in the same moment are both kept", async () => {
  const store = await atRegister(new Device(new Backend()));
  await store.actions.mark(ACHIENG, "present");
  const remark = () => store.actions.mark(ACHIENG, null, { remarks: "no shoes" });
  await Promise.all([store.actions.mark(ACHIENG, "late"), remark(), store.actions.mark(ACHIENG, "absent"), remark()]);
  assert.equal(row(store, ACHIENG).status, "absent");
  assert.equal(row(store, ACHIENG).remarks, "no shoes");
  await Promise.all([store.actions.clearMark(ACHIENG), remark()]);
  assert.equal(row(store, ACHIENG).status, "unmarked");
});

test("what a mark does not name stays, and minutes stay only with late", async () => {
  const store = await atRegister(new Device(new Backend()));
  await store.actions.mark(ACHIENG, "late", { minutes_late: 7, remarks: "bus" });
  await store.actions.mark(ACHIENG, "late", { remarks: "no bus" });
  assert.equal(row(store, ACHIENG).minutes_late, 7);
  await store.actions.mark(ACHIENG, "present");
  assert.equal(row(store, ACHIENG).minutes_late, null);
  assert.equal(row(store, ACHIENG).remarks, "no bus");
  await store.actions.mark(ACHIENG, "late", { remarks: null });
  assert.equal(row(store, ACHIENG).minutes_late, null);
  assert.equal(row(store, ACHIENG).remarks, null);
});

test("quick steps of the minutes add up, each as one mark, within what the server allows", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.mark(ACHIENG, "late", { minutes_late: 3, remarks: "bus" });
  await Promise.all([1, 1, 1, -1].map((step) => store.actions.addMinutesLate(ACHIENG, step)));
  assert.equal(row(store, ACHIENG).minutes_late, 5);
  assert.equal(row(store, ACHIENG).remarks, "bus");
  await device.pass(2_000);
  const minutes = device.backend.log.map(({ command }) => (command.type === "MarkAttendance" ? command.minutes_late : null));
  assert.deepEqual(minutes, [3, 4, 5, 6, 5]);
  await store.actions.addMinutesLate(ACHIENG, -9);
  assert.equal(row(store, ACHIENG).minutes_late, 0);
  await store.actions.addMinutesLate(ACHIENG, 999);
  assert.equal(row(store, ACHIENG).minutes_late, 240);
});

test("a tap belongs to its register even if the teacher has left it before it was saved", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  const taps = [store.actions.mark(ACHIENG, "absent"), store.actions.mark(BARASA, "late")];
  store.actions.go({ name: "register", key: { ...KEY, date: "2026-11-23" } });
  await Promise.all(taps);
  assert.deepEqual(statuses(store.state()), ["unmarked", "unmarked", "unmarked"]);
  await device.pass(2_000);
  assert.deepEqual(device.backend.log.map(({ command }) => command.session.date), [KEY.date, KEY.date]);
  store.actions.go({ name: "register", key: KEY });
  await until(store, (state) => statuses(state)[0] !== "unmarked");
  assert.deepEqual(statuses(store.state()), ["absent", "late", "unmarked"]);
});

test("a tap that could not be saved does not hold up the next", async () => {
  const store = await atRegister(new Device(new Backend()));
  const [lost] = await Promise.allSettled([store.actions.mark("nobody", "absent"), store.actions.mark(BARASA, "late")]);
  assert.equal(lost?.status, "rejected");
  assert.deepEqual(statuses(store.state()), ["unmarked", "late", "unmarked"]);
});
