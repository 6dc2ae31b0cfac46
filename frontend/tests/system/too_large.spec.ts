/** A batch that is too large for whatever stands before the server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Request } from "playwright-core";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

const MARKS = 7;
/** More than this many commands are refused. */
const ROOM = 2;

for (const whose of ["Muster", "a proxy"] as const) {
  test(`a batch that is too large for ${whose} is halved until it passes, and every mark arrives`, async () => {
    const { muster, office, takeTeacher } = await school();
    const teacher = await takeTeacher();
    const students = teacher.students.slice(0, MARKS).map((student) => student.id);
    const phone = await Phone.open(await school());
    await phone.beginMorning(teacher);
    const store = (await fetch(`${muster.origin}/api/v1/time`)).headers.get("muster-store") ?? "";
    const problem = JSON.stringify({ type: "/problems/too-large", title: "Too large", status: 413 });
    const answer = {
      Muster: { status: 413, headers: { "content-type": "application/problem+json", "muster-store": store }, body: problem },
      "a proxy": { status: 413, headers: { "content-type": "text/html" }, body: "<h1>413 Request Entity Too Large</h1>" },
    }[whose];
    const sizes: number[] = [];
    let is_away = true;
    await phone.context.route("**/api/v1/commands", (route, request) => {
      // What is tried without a network comes here too.
      if (is_away) return route.abort("internetdisconnected");
      const size = commandsOf(request);
      sizes.push(size);
      return size <= ROOM ? route.continue() : route.fulfill(answer);
    });
    await phone.goOffline();
    for (const student of students) await phone.mark(student, "absent");
    await phone.tallySays(`${MARKS} not sent`);
    await phone.goOnline();
    is_away = false;
    await phone.tallySays("All received");
    await eachTapOnce(office, phone, teacher.id, teacher.register, MARKS);
    assert.deepEqual(sizes.slice(0, 6), [7, 4, 2, 2, 2, 1]);
    await phone.putAway();
  });
}

function commandsOf(request: Request): number {
  const bytes = request.postDataBuffer();
  assert.ok(bytes);
  const text = request.headers()["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
  const { commands, marks = [] } = JSON.parse(text.toString()) as { commands: unknown[]; marks?: { statuses: string }[] };
  return marks.reduce((count, { statuses }) => count + statuses.length, commands.length);
}
