/** A network that takes half of a request and then nothing more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { Gateway } from "./gateway.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

/** The app gives a request up after half a minute. */
const GIVEN_UP_WITHIN_MS = 45_000;
/** How far the stamps may be from the time in which the test tapped. */
const CLOSE_MS = 3_000;

test("an upload that stalls is given up, marking goes on meanwhile, and each mark arrives once with its own time", async () => {
  const { muster, office, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const [a, b] = teacher.students.map((student) => student.id);
  assert.ok(a && b);
  const gateway = await Gateway.open(muster.origin);
  const phone = await Phone.open(await school(), { origin: gateway.origin });
  await phone.beginMorning(teacher);
  phone.expectFailedRequests();
  gateway.stallNext("/api/v1/commands");
  const tapped = new Map<string, { readonly from: number; readonly to: number }>();
  const mark = async (student: string): Promise<void> => {
    const from = muster.now_ms();
    await phone.mark(student, "absent");
    tapped.set(student, { from, to: muster.now_ms() });
  };
  await mark(a);
  await eventually(() => assert.equal(gateway.stalled, 1));
  await phone.signSays(a, "Being sent");
  await mark(b);
  await phone.signSays(b, "On this device");
  assert.deepEqual((await phone.outbox(teacher.id)).map((row) => row.state), ["queued", "queued"], "nothing is taken for received");
  assert.equal(gateway.given_up, 0);
  await eventually(() => assert.equal(gateway.given_up, 1), GIVEN_UP_WITHIN_MS);
  await phone.tallySays("All received");
  const events = await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  for (const event of events) {
    const { student_id } = Object.values(event.payload)[0] as unknown as { student_id: string };
    const { from, to } = tapped.get(student_id) ?? assert.fail("the student was tapped");
    const at = Date.parse(event.occurred_at);
    assert.ok(at > from - CLOSE_MS && at < to + CLOSE_MS, `stamped when it was tapped, not ${at - from} ms away`);
    assert.equal(event.occurred_at, event.raw_occurred_at, "the server shifted nothing");
    assert.deepEqual(event.flags, []);
  }
  await phone.putAway();
});
