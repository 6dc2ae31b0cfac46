/** A device that cannot send: its file goes to the office, which hands it in; later the device sends after all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import { Phone } from "./phone.ts";
import { eachTapOnce } from "./taps.ts";

test("what the office hands in is the teacher's own, flagged, and nothing counts twice when the device sends", async () => {
  const all = await morning();
  const { office, logins, muster, teacher, phone, students: [a, b, c] } = all;
  await phone.goOffline();
  await phone.mark(a, "absent");
  await phone.mark(b, "late");
  await phone.mark(c, "present");
  await phone.visit("#/sync");
  const [file] = await Promise.all([phone.page.waitForEvent("download"), phone.page.getByRole("button", { name: "Save as a file" }).click()]);

  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  await desk.visit("#/sync");
  await desk.page.getByRole("link", { name: "Hand in unsent work" }).click();
  await desk.page.locator("input[type=file]").setInputFiles(await file.path());
  await desk.page.getByRole("heading", { name: teacher.name }).waitFor();
  await desk.page.getByText(teacher.class_title).waitFor();
  await desk.page.getByRole("button", { name: "Hand in 3 entries" }).click();
  await desk.page.getByText("Every entry has its answer.").waitFor();
  await desk.page.getByRole("heading", { name: "Accepted (3)" }).waitFor();
  await eventually(async () => assert.equal((await office.register(teacher.register)).counts.marked, 3));
  const { id } = await office.register(teacher.register);
  const told = await office.events(id);
  const sent = await phone.outbox(teacher.id);
  assert.deepEqual(sent.map((row) => row.state), ["queued", "queued", "queued"], "the device knows of nothing");
  assert.deepEqual(told.map(({ command_id }) => command_id).sort(), sent.map((row) => row.command_id).sort());
  for (const event of told) {
    assert.equal(event.actor.id, teacher.id);
    assert.ok(event.flags.includes("submitted_for_another"), event.flags.join());
    assert.ok("submitted_by" in event.metadata);
    assert.ok(Math.abs(Date.parse(event.occurred_at) - muster.now_ms()) < 60_000, "at the time of the tap");
  }

  const outcomes: string[] = [];
  phone.page.on("response", async (response) => {
    if (!response.url().endsWith("/commands")) return;
    const { results } = (await response.json()) as { results: { outcome: string }[] };
    outcomes.push(...results.map((result) => result.outcome));
  });
  await phone.goOnline();
  await phone.tallySays("All received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 3);
  await eventually(() => assert.deepEqual(outcomes, ["duplicate", "duplicate", "duplicate"]));
  assert.deepEqual(await office.events(id), told, "the first acceptance stays");
  await phone.putAway();
  await desk.putAway();
});
