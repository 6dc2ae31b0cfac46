/** Marks in the dense form, with a server that reads it and with one that does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Request } from "playwright-core";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

const MARKS = 7;

for (const is_read of [true, false]) {
  const then = is_read ? "arrive as they were made" : "are sent written out when the server does not take them";
  test(`marks go in the dense form and ${then}`, async () => {
    const { muster, office, takeTeacher } = await school();
    const teacher = await takeTeacher();
    const phone = await Phone.open(await school());
    await phone.beginMorning(teacher);
    const store = (await fetch(`${muster.origin}/api/v1/time`)).headers.get("muster-store") ?? "";
    const groups: number[] = [];
    let is_away = true;
    await phone.context.route("**/api/v1/commands", (route, request) => {
      // What is tried without a network comes here too.
      if (is_away) return route.abort("internetdisconnected");
      groups.push(groupsOf(request));
      if (is_read || groups.at(-1) === 0) return route.continue();
      const body = JSON.stringify({ type: "/problems/malformed", title: "Malformed", status: 400 });
      return route.fulfill({ status: 400, headers: { "content-type": "application/problem+json", "muster-store": store }, body });
    });
    await phone.goOffline();
    for (const { id } of teacher.students.slice(0, MARKS)) await phone.mark(id, "absent");
    await phone.tallySays(`${MARKS} not sent`);
    await phone.goOnline();
    is_away = false;
    await phone.tallySays("All received");
    await eachTapOnce(office, phone, teacher.id, teacher.register, MARKS);
    assert.deepEqual(groups.slice(0, 2), is_read ? [1] : [1, 0]);
    await phone.putAway();
  });
}

function groupsOf(request: Request): number {
  const bytes = request.postDataBuffer();
  assert.ok(bytes);
  const text = request.headers()["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
  return (JSON.parse(text.toString()) as { marks?: unknown[] }).marks?.length ?? 0;
}
