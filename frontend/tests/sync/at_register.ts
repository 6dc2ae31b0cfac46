/** A teacher at the register of today's morning, where most tests begin. */

import type { RegisterKey, State, Store } from "../../src/model.ts";
import { CLASS_ID, PASSWORD, STUDENTS } from "./backend.ts";
import { until, type Device } from "./device.ts";

export const KEY: RegisterKey = { class_id: CLASS_ID, date: "2026-11-24", subject_id: null, slot: "am" };

/** The PIN that people choose on a shared device here. */
export const PIN = "271828";

export async function signIn(store: Store, username = "kelvin", shared_device = false): Promise<void> {
  await store.actions.signIn({ school_code: "STAREHE", username, password: PASSWORD, shared_device, pin: shared_device ? PIN : null });
  await until(store, (state) => state.phase === "ready");
}

/** Signs in and opens the register, with everything read. */
export async function atRegister(device: Device, shared_device = false): Promise<Store> {
  const store = await device.tab();
  await signIn(store, "kelvin", shared_device);
  await device.pass(1_000);
  await until(store, (state) => state.today !== null);
  store.actions.go({ name: "register", key: KEY });
  await until(store, (state) => state.register !== null);
  await device.pass(2_000);
  return store;
}

/** The students' marks, in the order of their names. */
export function statuses(state: State): (string | undefined)[] {
  return STUDENTS.map((id) => state.register?.rows.find((row) => row.student_id === id)?.status);
}

/** How far the students' marks have come. */
export function saved(state: State): (string | null | undefined)[] {
  return STUDENTS.map((id) => state.register?.rows.find((row) => row.student_id === id)?.saved);
}
