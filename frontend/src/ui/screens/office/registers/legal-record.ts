/** What an entry was, what it is now, why, since when, and by whose word: all five in sight, as the law wants them. */
import { html, type TemplateResult } from "lit-html";
import type { LegalRecord } from "../../../../office/register.ts";
import { statusPill } from "../../../parts/statuses.ts";
import type { Office } from "../context.ts";

/** The record as a list of terms. */
export function legalRecord({ t, w, format }: Office, { original, amended, reason, at, by, role }: LegalRecord): TemplateResult {
  return html`<dl class="record text-sm">
    <div><dt>${w("record.original")}</dt><dd>${statusPill(t, original)}</dd></div>
    <div><dt>${w("record.amended")}</dt><dd>${statusPill(t, amended)}</dd></div>
    <div><dt>${w("record.reason")}</dt><dd dir="auto">${reason ?? w("record.erased")}</dd></div>
    <div><dt>${w("record.date")}</dt><dd class="numbers">${format.longDay(format.dateOf(at))}, ${format.time(at)}</dd></div>
    <div><dt>${w("record.by")}</dt><dd><bdi>${by}</bdi>, ${w.word(`role.${role}`) ?? role}</dd></div>
  </dl>`;
}
