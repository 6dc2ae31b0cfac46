/** What differs between the moment of the slider and another one. */
import { html, nothing, type TemplateResult } from "lit-html";
import { differenceOf, isSame, momentIndex, type Difference, type StoodRegister } from "../../../../office/register_history.ts";
import { empty } from "../../../parts/empty.ts";
import { statusPill } from "../../../parts/statuses.ts";
import type { Shown } from "../../../view.ts";
import { refine, type Office } from "../context.ts";
import { choiceField } from "../fields.ts";
import { loaded } from "../loaded.ts";
import { change, standingWords } from "./change.ts";
import { momentWords, readMoment, shownMoment } from "./moments.ts";

/** The section. `now` is the register by what is known now. */
export function difference(office: Office, now_path: string, now: StoodRegister): Shown {
  const { w, route } = office;
  const { moments } = now;
  if (moments.length < 2) return html`<p class="text-soft">${w("replay.one_moment")}</p>`;
  const compared = route.query["with"] ?? "";
  const choices = moments.map((at, index) => [at, w("replay.moment.of", { at: momentWords(office, at), number: index + 1, count: moments.length })] as const);
  // What was known first is old, whichever of the two was chosen where.
  const [from = 0, to = 0] = [momentIndex(moments, shownMoment(office)), momentIndex(moments, compared || null)].sort((a, b) => a - b);
  return html`<section class="grid grid-cols-1 gap-3" aria-labelledby="differs">
    <h2 id="differs">${w("replay.differs")}</h2>
    <div class="form">${choiceField(w("replay.with"), "with", compared, [["", w("replay.now")], ...choices], (chosen) => refine(office, { with: chosen }))}</div>
    ${between(office, now_path, now, from, to)}
  </section>`;
}

function between(office: Office, now_path: string, now: StoodRegister, from: number, to: number): Shown {
  const { w } = office;
  const [before, after] = [from, to].map((index) => readMoment(office, now_path, now, now.moments[index] ?? null));
  if (before === undefined || after === undefined) return nothing;
  const words = (index: number): string => momentWords(office, now.moments[index] ?? now.recorded_at);
  return loaded(office, before.path, before.reading, (earlier) => loaded(office, after.path, after.reading, (later) => {
    const found = differenceOf(earlier, later);
    if (isSame(found)) return empty(w("replay.same"), w("replay.same.how"));
    return html`<p class="numbers">${w("replay.between", { from: words(from), to: words(to) })}</p> ${list(office, found)}`;
  }));
}

function list(office: Office, { status, counts, students }: Difference): TemplateResult {
  const { t, w } = office;
  return html`<ul class="card divide-y divide-line" aria-labelledby="differs">
    ${status === null ? nothing : html`<li class="change">${w("replay.register")} ${change(office, w(`replay.register.${status.before}`), w(`replay.register.${status.after}`))}</li>`}
    ${counts.map(({ status: counted, before, after }) => html`<li class="change">${statusPill(t, counted)} ${change(office, html`<span class="numbers">${before}</span>`, html`<span class="numbers">${after}</span>`)}</li>`)}
    ${students.map(({ student_id, name, before, after }) => html`<li class="change" data-differs=${student_id}><bdi class="font-semibold">${name}</bdi> ${change(office, standingWords(office, before, w("replay.not_in")), standingWords(office, after, w("replay.not_in")))}</li>`)}
  </ul>`;
}
