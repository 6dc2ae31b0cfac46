/** What a run of the synchronisation works with, and how it or a part of it ended. */

import type { Problem } from "../model.ts";
import type { PersonStore } from "../storage/person.ts";
import type { SignedReply, SignedSend } from "./sign_in.ts";
import type { World } from "./world.ts";

/** In which form batches go, from run to run. */
export interface Form {
  /** Whether marks go in the dense form: until the server does not understand that, once. */
  dense: boolean;
}

/** What the parts of a run work with. */
export interface Run {
  readonly store: PersonStore;
  readonly request: SignedSend;
  readonly world: Pick<World, "now">;
  readonly app_version: string;
  readonly form: Form;
  /** The best estimate of the server's clock: every time that people see is by it. */
  now_ms(): number;
  /** Called with the numbers that are in a request under way, and whenever the database has changed. */
  sending(seqs: readonly number[]): void;
  changed(): Promise<void>;
}

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
