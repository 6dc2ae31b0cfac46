/** Servers that cannot, and networks that answer for the server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "playwright-core";
import { eventually } from "./eventually.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

const API = "**/api/v1/**";
/** A few for each time that the app tries, which is less and less often. A storm of the app's own would be hundreds. */
const MOST_IN_THREE_SECONDS = 40;

type Fulfilment = NonNullable<Parameters<Route["fulfill"]>[0]>;

const problem = (status: number, slug: string): Fulfilment => ({
  status,
  headers: { "content-type": "application/problem+json", "retry-after": "1", "muster-store": "someone.1" },
  body: JSON.stringify({ type: `/problems/${slug}`, title: slug, status }),
});

const STORMS: readonly { readonly name: string; readonly answer: Fulfilment }[] = [
  { name: "a busy server", answer: { ...problem(503, "busy"), headers: { "content-type": "text/html", "retry-after": "1" } } },
  { name: "a busy server that says when to come again", answer: problem(503, "busy") },
  { name: "a balancer without a server", answer: { status: 503, contentType: "text/plain", body: "no server is available" } },
  { name: "too many requests", answer: problem(429, "rate-limited") },
  { name: "a network's page that answers 200", answer: { status: 200, contentType: "text/html", body: "<html><h1>Sign in to the Wi-Fi</h1></html>" } },
  { name: "a network's JSON that answers 200", answer: { status: 200, contentType: "application/json", body: '{"results":[]}' } },
  { name: "a proxy's page", answer: { status: 502, contentType: "text/html", body: "<html>Bad gateway</html>" } },
];

test("while others answer for the server nothing leaves the outbox; then everything arrives", async () => {
  const { office, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const phone = await Phone.open(await school());
  await phone.beginMorning(teacher);
  phone.expectFailedRequests();
  // Below every storm, so that nothing gets through between two of them.
  const nothing = (route: Route): Promise<void> => route.abort();
  await phone.context.route(API, nothing);
  for (const [index, { name, answer }] of STORMS.entries()) {
    let asked = 0;
    const storm = (route: Route): Promise<void> => {
      asked += 1;
      return route.fulfill(answer);
    };
    await phone.context.route(API, storm);
    const student = teacher.students[index]?.id;
    assert.ok(student);
    await phone.mark(student, "absent");
    await phone.signSays(student, "On this device");
    await eventually(() => assert.ok(asked >= 2, `${name}: tried again by itself`));
    // Whoever does not answer is asked less and less often, and not for as long as the browser says that there is a network.
    const before = asked;
    await phone.page.waitForTimeout(3_000);
    assert.ok(asked - before <= MOST_IN_THREE_SECONDS, `${name}: asked ${asked - before} times in three seconds`);
    const rows = await phone.outbox(teacher.id);
    assert.deepEqual(rows.map((row) => row.state), Array.from({ length: index + 1 }, () => "queued"), name);
    await phone.tallySays(`${index + 1} not sent`);
    await phone.context.unroute(API, storm);
  }
  await phone.context.unroute(API, nothing);
  await phone.tallySays("All received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, STORMS.length);
  await phone.putAway();
});
