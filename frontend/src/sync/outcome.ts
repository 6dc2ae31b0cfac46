/** How a run, or a part of it, ended. */

import type { Problem } from "../model.ts";
import type { SignedReply } from "./sign_in.ts";

/** `done`: all that was to be done. Everything else is a reason to stop and try again later. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "unreachable" }
  | { readonly kind: "sign_in_needed" }
  | { readonly kind: "waiting"; readonly problem: Problem; readonly wait_ms: number | null };

export const DONE: Outcome = { kind: "done" };

/** What a reply other than a good one means for the run. */
export function failureOf(reply: Exclude<SignedReply, { kind: "ok" }>): Outcome {
  if (reply.kind === "refused") return { kind: "sign_in_needed" };
  if (reply.kind === "unreachable") return reply;
  return { kind: "waiting", problem: reply.problem, wait_ms: reply.wait_ms };
}
