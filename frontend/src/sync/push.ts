/** Sending the outbox: batch by batch, oldest first, each answer applied before the next batch goes. */

import type { components } from "../api/command-api.d.ts";
import type { OutboxRow } from "../core/command.ts";
import { isGood, instant, sampleOf, betterSample, type ClockSample, type Moment } from "../core/clock.ts";
import { densely } from "../core/dense.ts";
import { envelope } from "../core/envelope.ts";
import { BATCH_LIMIT, nextBatch } from "../core/outbox.ts";
import type { SignedReply } from "./sign_in.ts";
import { DONE, failureOf, type Outcome, type Run } from "./outcome.ts";
import { isBatchAnswer, isTimeAnswer } from "./shapes.ts";

type BatchAnswer = components["schemas"]["BatchAnswer"];
type Envelope = components["schemas"]["Envelope"];

export interface Pushed {
  readonly outcome: Outcome;
  /** Commands that the server has not decided about. */
  readonly undecided: number;
  /** Whether the server heard of this device. */
  readonly heard: boolean;
}

/** How many commands in a row the server may refuse to read before the run gives up. */
const UNREADABLE_LIMIT = 3;

/** Sends all that is queued. With `alive` a batch is sent even if nothing is: a sign of life. */
export async function push(run: Run, alive: boolean): Promise<Pushed> {
  let limit = BATCH_LIMIT;
  let after_seq = 0;
  let unreadable = 0;
  let heard = false;
  const ended = (outcome: Outcome, undecided: number): Pushed => ({ outcome, undecided, heard });
  for (;;) {
    const queued = await stampedQueue(run);
    if ("kind" in queued) return ended(queued, 0);
    const batch = nextBatch(queued.rows, after_seq, limit);
    if (batch.length === 0 && (heard || !alive)) return ended(DONE, queued.rows.length);
    const { reply, is_dense } = await exchange(run, batch, queued);
    if (is_dense && !isUnderstood(reply, batch)) {
      // Whatever the reason, the same batch written out tells for certain what the server thinks of it.
      run.form.dense = false;
      continue;
    }
    if (reply.kind === "ok" && isBatchAnswer(reply.body)) {
      heard = true;
      unreadable = 0;
      await apply(run, batch, reply.body, reply.store);
    } else if (isAboutTheBody(reply) && batch.length > 1) {
      limit = Math.ceil(batch.length / 2);
      continue;
    } else if (isAboutTheBody(reply) && unreadable + 1 < UNREADABLE_LIMIT && batch.length === 1) {
      // This one stays queued and is tried again in the next run; the others must not wait for it.
      unreadable += 1;
      limit = BATCH_LIMIT;
    } else {
      return ended(reply.kind === "ok" ? { kind: "unreachable" } : failureOf(reply), queued.rows.length);
    }
    after_seq = batch.at(-1)?.seq ?? after_seq;
  }
}

/** Too large, or not understood: smaller batches find out which command it is. */
function isAboutTheBody(reply: SignedReply): boolean {
  if (reply.kind === "unreachable") return reply.is_too_large === true;
  return reply.kind === "problem" && (reply.status === 413 || reply.status === 400);
}

/**
 * Whether the server has read marks in the dense form as what they are. One that tells students apart in another way says
 * that the body is wrong, and one that does not know the form leaves them out.
 */
function isUnderstood(reply: SignedReply, batch: readonly OutboxRow[]): boolean {
  if (reply.kind === "problem") return ![400, 422, 500].includes(reply.status);
  return reply.kind !== "ok" || !isBatchAnswer(reply.body) || reply.body.results.length === batch.length;
}

/**
 * An estimate of the server's clock, and a moment at which it was right. Whatever is reckoned with the estimate is
 * reckoned as of that moment: the clock on the wall can be set at any later one, just when the network is back.
 */
interface Reckoning {
  readonly sample: ClockSample;
  readonly now: Moment;
}

/** The queue with a stamp on every command, and what they were made with. */
async function stampedQueue(run: Run): Promise<(Reckoning & { rows: readonly OutboxRow[] }) | Outcome> {
  const reckoning = await clock(run);
  if ("kind" in reckoning) return reckoning;
  const rows = await run.store.queued();
  if (rows.every((row) => row.occurred_at !== null)) return { ...reckoning, rows };
  await run.store.stamp(reckoning.now, reckoning.sample.offset_ms);
  return { ...reckoning, rows: await run.store.queued() };
}

/** What is known of the server's clock, asked for if it is not known well enough. */
async function clock(run: Run): Promise<Reckoning | Outcome> {
  const known = (await run.store.ledger()).sample;
  const now = run.world.now();
  if (known !== null && isGood(known, now)) return { sample: known, now };
  const asked = run.world.now();
  const reply = await run.request({ path: "/time" });
  if (reply.kind !== "ok") return failureOf(reply);
  if (!isTimeAnswer(reply.body)) return { kind: "unreachable" };
  const fresh = sampleOf(Date.parse(reply.body.now), asked, run.world.now());
  const sample = betterSample(known, fresh);
  await run.store.note({ sample });
  await run.changed();
  return { sample, now: fresh.taken };
}

async function exchange(
  run: Run,
  batch: readonly OutboxRow[],
  { sample, now }: Reckoning,
): Promise<{ readonly reply: SignedReply; readonly is_dense: boolean }> {
  const { device_id } = await run.store.ledger();
  run.sending(batch.map((row) => row.seq));
  try {
    const body = await lightest(run, envelope(device_id, run.app_version, batch, await run.store.heldHere(), sample, now));
    return { reply: await run.request({ path: "/commands", method: "POST", body }), is_dense: body.marks !== undefined };
  } finally {
    run.sending([]);
  }
}

/** The batch in the form that weighs least. */
async function lightest(run: Run, body: Envelope): Promise<Envelope> {
  // Not there where the page came without TLS.
  const { subtle } = crypto as Partial<Crypto>;
  const roster = run.form.dense && subtle !== undefined && body.commands.length > 2 ? (await run.store.reference("roster"))?.roster : undefined;
  if (roster === undefined || subtle === undefined) return body;
  return { ...body, ...(await densely(body.commands, roster, (bytes) => subtle.digest("SHA-256", bytes))) };
}

async function apply(run: Run, batch: readonly OutboxRow[], answer: BatchAnswer, store: string): Promise<void> {
  const answered_at = instant(run.now_ms());
  const sent = batch.map((row) => row.command_id);
  await run.store.acknowledge(sent, { results: answer.results, answered_at, store }, answer.position ?? null);
  await run.changed();
}
