/** Measures the app in a real browser on a real server; prints a table, writes `target/bench-pwa.json`. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "../build.mjs";
import { bareTimes, machine } from "./baseline.ts";
import { openDesks, phoneAt, type Desks } from "./desk.ts";
import { judgedByLighthouse, type Judged } from "./lighthouse.ts";
import { firstVisits, offlineStarts, reconnections, scriptsAsServed } from "./starts.ts";
import { isMet, measured, quantile, table, type Measured } from "./statistics.ts";
import { fillOutbox, measureTaps, slowDown, watchTransactions, type Taps } from "./taps.ts";
import { databaseKilobytes, hundredMarks } from "./wire.ts";

const TARGET = join(import.meta.dirname, "../../target");
const LONG_OUTBOX = 5_000;
const SLOW = 4;

test("what the app takes, beside what it may take", { timeout: 3_600_000 }, async () => {
  const out = mkdtempSync(join(tmpdir(), "muster-weighed-"));
  const weights = await build({ out });
  rmSync(out, { recursive: true });
  const rows: Measured[] = [
    measured("first-route scripts, gzip -9", "KB", [(weights["first route"] ?? Number.NaN) / 1024], 35),
    measured("style sheet, gzip -9", "KB", [(weights["style"] ?? Number.NaN) / 1024], 10),
  ];
  const desks = await openDesks();
  const { browser, muster } = desks.school;
  for (const rate of [1, SLOW]) {
    const { transaction, frame } = await bareTimes(browser, muster.origin, rate);
    rows.push(measured(`baseline: bare strict transaction, ${rate}x`, "ms", transaction, null));
    rows.push(measured(`baseline: empty frame, ${rate}x`, "ms", frame, null));
  }
  for (const part of [taps, starts, wire]) {
    rows.push(...(await part(desks)));
    console.log(`${table(rows)}\n`);
  }
  mkdirSync(TARGET, { recursive: true });
  const report = { machine: machine(browser), rows: rows.map((row) => ({ ...row, met: isMet(row) })) };
  writeFileSync(join(TARGET, "bench-pwa.json"), `${JSON.stringify(report, null, 2)}\n`);
  console.log(`${report.machine.processors}, load ${report.machine.load.toFixed(1)}, ${report.machine.browser}`);
  console.log(table(rows));
});

async function taps(desks: Desks): Promise<Measured[]> {
  const normal: Taps[] = [];
  const long: Taps[] = [];
  for (const [desk, found, outbox] of [[desks.of_40, normal, 0], [desks.of_300, long, LONG_OUTBOX]] as const) {
    const phone = await phoneAt(desks, desk);
    await phone.goOffline();
    await watchTransactions(phone.page);
    await phone.mark(desk.students[0]?.id ?? "", "late");
    if (outbox > 0) await fillOutbox(phone.page, desk.person_id, outbox);
    await phone.page.reload();
    await phone.row(desk.students[0]?.id ?? "").waitFor();
    for (const rate of [1, SLOW]) {
      await slowDown(phone, rate);
      found.push(await measureTaps(phone));
    }
    await phone.putAway();
  }
  const [at_1, at_4] = normal;
  const [long_at_1, long_at_4] = long;
  assert.ok(at_1 && at_4 && long_at_1 && long_at_4);
  const ratio = (name: string, slow: readonly number[], quick: readonly number[]): Measured =>
    measured(name, "x", [quantile(slow, 0.5) / quantile(quick, 0.5)], 2);
  return [
    measured("tap to durable, 1x", "ms", at_1.durable, 25),
    measured("tap to durable, 4x", "ms", at_4.durable, 60),
    measured("change to next paint, 1x", "ms", at_1.paint, 33),
    measured("change to next paint, 4x", "ms", at_4.paint, 75),
    measured("tap to 'On this device' on the screen, 1x", "ms", at_1.told, null),
    measured("tap to 'On this device' on the screen, 4x", "ms", at_4.told, null),
    measured("the same, 300 students and 5,000 unsent, 1x", "ms", long_at_1.told, null),
    measured("the same, 300 students and 5,000 unsent, 4x", "ms", long_at_4.told, null),
    ratio("300 students, 5,000 unsent: durable against normal, 1x", long_at_1.durable, at_1.durable),
    ratio("300 students, 5,000 unsent: durable against normal, 4x", long_at_4.durable, at_4.durable),
    ratio("300 students, 5,000 unsent: paint against normal, 1x", long_at_1.paint, at_1.paint),
    ratio("300 students, 5,000 unsent: paint against normal, 4x", long_at_4.paint, at_4.paint),
  ];
}

async function starts(desks: Desks): Promise<Measured[]> {
  const served = await scriptsAsServed(desks.school);
  const first = await firstVisits(desks.school);
  const judged = await judgedByLighthouse(desks.school.muster.origin);
  if (judged === null) console.log("Lighthouse is not asked: LIGHTHOUSE does not say where its program is.");
  const phone = await phoneAt(desks, desks.of_40);
  const back = await reconnections(phone, desks.of_40.students.map((student) => student.id));
  await slowDown(phone, SLOW);
  const offline = await offlineStarts(phone);
  await phone.putAway();
  return [
    measured("first-route scripts as this server sends them", "KB", [served], 35),
    measured("largest contentful paint, first visit, each request slowed as Lighthouse's devtools throttling does", "ms", first, 1_500),
    ...(judged === null ? [] : judgedRows(judged)),
    measured("offline start: first contentful paint, 4x", "ms", offline.paint, 600),
    measured("offline start: the open register drawn, 4x", "ms", offline.screen, null),
    measured("network back to first byte", "ms", back, 1_000),
  ];
}

function judgedRows({ largest_paint, points }: Judged): Measured[] {
  const lost = (of: readonly number[]): readonly number[] => of.map((one) => 100 - one);
  return [
    measured("Lighthouse, mobile: largest contentful paint", "ms", largest_paint, 1_500),
    measured("Lighthouse, mobile: performance, points short of 100", "score", lost(points.performance), 2),
    measured("Lighthouse, mobile: accessibility, points short of 100", "score", lost(points.accessibility), 0),
    measured("Lighthouse, mobile: best practices, points short of 100", "score", lost(points["best-practices"]), 0),
  ];
}

async function wire(desks: Desks): Promise<Measured[]> {
  const desk = desks.of_100;
  const phone = await phoneAt(desks, desk);
  await phone.page.getByRole("button", { name: "Rest present (100)" }).click();
  await phone.signSays(desk.students[99]?.id ?? "", "Received");
  const kept = await databaseKilobytes(phone);
  const { kilobytes, took } = await hundredMarks(phone, desk);
  await phone.putAway();
  return [
    measured("100 marks on the wire, compressed", "KB", kilobytes, 1.5),
    measured("100 marks at 400 kbit/s and 400 ms", "ms", took, 700),
    measured("databases of 100 students with a register taken", "KB", [kept], 300),
  ];
}
