/** The check of the whole history: green, or the first thing that does not fit by its name. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../../api/query-api.d.ts";
import { isVerification } from "../../../../office/audit.ts";
import type { InstantText, Problem } from "../../../../model.ts";
import { problemWords } from "../../../parts/problem.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, type Office } from "../context.ts";

type Verification = components["schemas"]["Verification"];

/** A history of millions of events takes the server a while. */
const PATIENCE_MS = 10 * 60_000;
const UNREACHABLE: Problem = { slug: "unreachable", title: "", detail: null };

/** A check that was asked for; without a number of its own, since only the last one is shown. */
export interface HistoryCheck {
  readonly busy: boolean;
  /** Null: not answered yet, or not answered. */
  readonly found: Verification | null;
  /** When it was asked for: what came later is not in the answer. */
  readonly at: InstantText;
  readonly problem: Problem | null;
}

/** The section. */
export function verify(office: Office): TemplateResult {
  const { w, view, desk } = office;
  const { check } = desk;
  const busy = check?.busy ?? false;
  return html`<section class="grid gap-3" aria-labelledby="verify">
    <h2 id="verify">${w("proof.verify.title")}</h2>
    <p class="text-soft">${w("proof.verify.about")}</p>
    <div role="status" class="grid gap-2">${check === null ? nothing : outcome(office, check)}</div>
    <button type="button" name="verify" class="button button-main justify-self-start" ?disabled=${busy || !view.state.online} @click=${() => view.run(checkHistory(office))}>
      ${w(busy ? "proof.verify.busy" : "proof.verify.now")}
    </button>
    ${view.state.online ? nothing : html`<p class="text-soft">${w("proof.verify.offline")}</p>`}
  </section>`;
}

async function checkHistory({ view, desk }: Office): Promise<void> {
  const at = new Date().toISOString();
  desk.change({ check: { busy: true, found: null, at, problem: null } });
  const reply = await (await view.actions.office()).ask({ path: "/audit/verify", signal: AbortSignal.timeout(PATIENCE_MS) });
  const found = reply.kind === "ok" && isVerification(reply.body) ? reply.body : null;
  const problem = found !== null ? null : reply.kind === "problem" ? reply.problem : reply.kind === "refused" ? { ...UNREACHABLE, slug: "token-expired" } : UNREACHABLE;
  desk.change({ check: { busy: false, found, at, problem } });
}

function outcome(office: Office, { busy, found, at, problem }: HistoryCheck): Shown {
  const { t, w, format, view } = office;
  if (busy) return html`<p aria-busy="true" class="text-soft">${w("proof.verify.busy")}</p>`;
  if (problem !== null) return html`<div class="banner banner-bad"><p>${w("proof.verify.failed")} ${problemWords(t, problem)}</p></div>`;
  if (found === null) return nothing;
  const checked = html`<span class="block text-sm numbers">${w("proof.verify.at", { at: format.moment(at, view.state.today) })}</span>`;
  return html`${found.fits ? fitting(office, found, checked) : faulty(office, found, checked)} ${restores(office, found)}`;
}

function fitting({ w }: Office, { events, streams, checkpoints, pending }: Verification, checked: TemplateResult): TemplateResult {
  return html`<div class="banner border-present bg-present-tint text-present" data-verified="fits">
    <p><span class="block font-semibold">✓ ${w("proof.verify.fits", { count: events })}</span>
      <span class="block text-sm numbers">${w("proof.verify.scope", { streams, checkpoints })} ${pending > 0 ? w("proof.verify.pending", { count: pending }) : nothing}</span>
      ${checked}</p>
  </div>`;
}

function faulty({ w }: Office, { fault, fault_kind, fault_session_id, events }: Verification, checked: TemplateResult): TemplateResult {
  const words = fault_kind == null ? null : w.word(`proof.fault.${fault_kind}`);
  return html`<div class="banner banner-bad" data-verified="fault">
    <p><span class="block font-semibold">✕ ${w("proof.verify.fault")}</span>
      ${words === null ? nothing : html`<span class="block">${words}</span>`}
      <span class="block text-sm break-words" lang="en" dir="ltr">${fault ?? ""}</span>
      <span class="block text-sm numbers">${w("proof.verify.before", { count: events })}</span>
      ${checked}</p>
  </div>
  <p class="font-semibold">${w("proof.verify.do")}</p>
  <ol class="list-decimal ps-6 grid gap-1">
    <li>${w("proof.verify.do.keep")}</li>
    <li>${w("proof.verify.do.compare")}</li>
    <li>${w("proof.verify.do.ask")}</li>
  </ol>
  ${fault_session_id == null ? nothing : html`<a class="link" href=${officeAddress("audit", fault_session_id)}>${w("search.register")}</a>`}`;
}

/** A restore that was declared begins a new log. */
function restores({ w }: Office, { logs }: Verification): Shown {
  if (logs.length < 2) return nothing;
  return html`<div class="banner banner-warn"><p>${w("proof.verify.restored", { count: logs.length - 1 })}</p></div>`;
}
