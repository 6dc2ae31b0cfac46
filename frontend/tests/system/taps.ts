/** Nothing lost, nothing twice: what was tapped against what the server wrote down. */
import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import type { Event, Office, RegisterOf } from "./office.ts";
import type { Phone } from "./phone.ts";

/** Waits until the server has exactly one event for each of `taps` commands of a person in a register, and the phone knows. */
export async function eachTapOnce(office: Office, phone: Phone, person_id: string, of: RegisterOf, taps: number): Promise<readonly Event[]> {
  return eventually(async () => {
    const rows = await phone.outbox(person_id);
    assert.equal(rows.length, taps, "as many commands on the device as taps");
    assert.deepEqual(rows.filter((row) => row.state !== "acknowledged").map((row) => [row.seq, row.state, row.problem]), []);
    const register = await office.register(of);
    const events = await office.events(register.id);
    const told = events.filter((event) => event.actor?.id === person_id);
    assert.deepEqual(told.map((event) => event.command_id).sort(), rows.map((row) => row.command_id).sort(), "one event for each tap");
    return told;
  });
}
