/** The server is put back to an older backup: what it forgot is still on the devices, and comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import { eachTapOnce } from "./taps.ts";

test("everything that was acknowledged after the backup comes back from the phone", async () => {
  const { muster, office, teacher, phone, students: [a, b] } = await morning();
  await phone.mark(a, "absent");
  await phone.signSays(a, "Received");
  phone.expectFailedRequests();
  await muster.stop();
  muster.backUp();
  await muster.start();

  await phone.mark(b, "late");
  await phone.mark(a, "present");
  // Whoever is excused in advance is left out when the rest is marked; who that is depends on the day.
  for (const { id, covers } of teacher.students) if (covers.length > 0 && id !== a && id !== b) await phone.mark(id, "present");
  await phone.closeWithRestPresent();
  await phone.tallySays("All received");
  const taps = 1 + 2 + (teacher.students.length - 2) + 1;
  const before = await eachTapOnce(office, phone, teacher.id, teacher.register, taps);
  const closed = await eventually(async () => {
    const register = await office.register(teacher.register);
    assert.deepEqual([register.status, register.counts.marked], ["closed", teacher.students.length]);
    return register;
  });

  await muster.stop();
  muster.restore();
  await muster.tool(["events", "reseat"]);
  await muster.start();
  assert.equal((await office.events(closed.id)).length, 1, "the backup knows the first mark only");
  await phone.page.getByRole("link", { name: "Back to today" }).click();
  const after = await eachTapOnce(office, phone, teacher.id, teacher.register, taps);
  const told = (events: typeof before): unknown =>
    events.map((event) => [event.command_id, event.type, event.occurred_at]).sort((one, other) => String(one).localeCompare(String(other)));
  assert.deepEqual(told(after), told(before), "with the times at which it was tapped");
  await eventually(async () => {
    const again = await office.register(teacher.register);
    assert.deepEqual([again.status, again.counts], [closed.status, closed.counts]);
  });
  await phone.putAway();
});
