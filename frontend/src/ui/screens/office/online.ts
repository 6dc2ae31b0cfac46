/** What the office changes only with a network: accounts, policy, calendar. The answer is waited for and told. */
import { html, nothing } from "lit-html";
import { problemOf } from "../../../core/problem.ts";
import type { Problem } from "../../../model.ts";
import type { SignedReply } from "../../../sync/sign_in.ts";
import { problemWords } from "../../parts/problem.ts";
import type { Shown } from "../../view.ts";
import type { Office } from "./context.ts";

/** What is sent where. */
export interface Change {
  readonly method: "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly body: unknown;
  /** What is to be read anew after it. */
  readonly reads: string;
}

/** Sends a change; `text` is told once the server has taken it. */
export function send({ view, desk }: Office, { method, path, body, reads }: Change, text: string): void {
  const work = async (): Promise<void> => {
    desk.change({ sending: true, refused: null });
    try {
      const reply = await (await view.actions.office()).ask({ path, method, body });
      if (reply.kind === "ok") desk.tell({ text, undo: null });
      else desk.change({ refused: problemOfReply(reply) });
      desk.readings.again(reads);
    } finally {
      desk.change({ sending: false });
    }
  };
  view.run(work());
}

/** What went wrong with a request. */
export function problemOfReply(reply: Exclude<SignedReply, { readonly kind: "ok" }>): Problem {
  if (reply.kind === "problem") return reply.problem;
  return { ...problemOf(null), slug: reply.kind === "refused" ? "token-expired" : "unreachable" };
}

/** Why the last change was not taken, until the next is tried. */
export function refusal({ desk, t }: Office): Shown {
  const { refused } = desk;
  if (refused === null) return nothing;
  return html`<div class="banner banner-bad" role="alert"><p>${problemWords(t, refused)} ${refused.detail ? html`<span dir="auto">${refused.detail}</span>` : nothing}</p></div>`;
}
