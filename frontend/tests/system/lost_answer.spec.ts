/** The server has it, and the phone does not know. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "playwright-core";
import type { components } from "../../src/api/command-api.d.ts";
import { morning } from "./morning.ts";
import { eachTapOnce } from "./taps.ts";

type BatchAnswer = components["schemas"]["BatchAnswer"];

test("answers that were lost on the way are asked for again, and nothing is written twice", async () => {
  const { office, teacher, phone, students: [a, b, c] } = await morning();
  phone.expectFailedRequests();
  const lost: BatchAnswer[] = [];
  const arrived: BatchAnswer[] = [];
  await phone.context.route("**/api/v1/commands", async (route: Route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as BatchAnswer;
    if (lost.length < 2) {
      lost.push(answer);
      return route.abort("connectionreset");
    }
    arrived.push(answer);
    return route.fulfill({ response });
  });
  await phone.mark(a, "absent");
  await phone.mark(b, "late");
  await phone.mark(c, "present");
  for (const student of [a, b, c]) await phone.signSays(student, "Received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 3);
  const known = new Set(lost.flatMap((answer) => answer.results.map((result) => result.command_id)));
  const resent = arrived.flatMap((answer) => answer.results).filter((result) => known.has(result.command_id));
  assert.ok(resent.length > 0);
  assert.deepEqual([...new Set(resent.map((result) => result.outcome))], ["duplicate"]);
  await phone.putAway();
});
