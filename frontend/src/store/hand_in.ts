/** Sending what somebody else's device could not, batch by batch. Sending any of it twice is safe. */

import type { HandedInFile, HandInOutcome, Problem } from "../model.ts";
import { instant } from "../core/clock.ts";
import { handInEnvelope, nextToHandIn } from "../core/handed_in.ts";
import { problemOf } from "../core/problem.ts";
import { isBatchAnswer } from "../sync/shapes.ts";
import type { SignedReply, SignedSend } from "../sync/sign_in.ts";

export { readUnsentFile } from "../core/handed_in.ts";

/**
 * Sends the commands of a file that `is_open` names, and tells of each answer as it comes. Answers what stopped it; null
 * when all were answered.
 */
export async function handIn(
  request: SignedSend,
  now_ms: () => number,
  file: HandedInFile,
  is_open: (command_id: string) => boolean,
  told: (outcomes: readonly HandInOutcome[]) => void,
): Promise<Problem | null> {
  const tried = new Set<string>();
  for (;;) {
    const batch = nextToHandIn(file, (id) => is_open(id) && !tried.has(id));
    if (batch.length === 0) return null;
    const reply = await request({ path: "/commands", method: "POST", body: handInEnvelope(file, batch, instant(now_ms())) });
    if (reply.kind !== "ok" || !isBatchAnswer(reply.body)) return stoppedBy(reply);
    const { results } = reply.body;
    told(results.flatMap(({ index, outcome, problem }) => {
      const command_id = batch[index]?.command_id;
      return command_id === undefined ? [] : [{ command_id, outcome, problem: outcome === "rejected" ? problemOf(problem ?? null) : null }];
    }));
    for (const { command_id } of batch) tried.add(command_id);
  }
}

function stoppedBy(reply: SignedReply): Problem {
  if (reply.kind === "problem") return reply.problem;
  return { slug: reply.kind === "refused" ? "token-expired" : "unreachable", title: "", detail: null };
}
