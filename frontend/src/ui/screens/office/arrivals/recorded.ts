/** The late children that this device recorded today, each with the way back. */
import { html, nothing, type TemplateResult } from "lit-html";
import { shownArrivals, type ShownArrival } from "../../../../office/arrivals.ts";
import { classTitle, lessonOf } from "../../../../office/school.ts";
import type { DateText } from "../../../../model.ts";
import { problemWords } from "../../../parts/problem.ts";
import { lessonName } from "../../../parts/register-name.ts";
import { savedSign } from "../../../parts/saved.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, order, type Office } from "../context.ts";

const MOST_SHOWN = 12;

/** The list; nothing while there is none. */
export function recorded(office: Office, today: DateText): Shown {
  const shown = shownArrivals(office.orders, today, MOST_SHOWN);
  if (shown.length === 0) return nothing;
  return html`<section aria-labelledby="recorded">
    <h2 id="recorded">${office.w("arrivals.recorded")}</h2>
    <ul class="card divide-y divide-line">${shown.map((one) => html`<li class="flex flex-wrap items-center justify-between gap-2 p-3" data-arrival=${one.order.about_id}>${line(office, one)}</li>`)}</ul>
  </section>`;
}

function line(office: Office, { order: { command, saved, about_id, occurred_at, problem }, state }: ShownArrival): TemplateResult {
  const { t, w, school, format } = office;
  const { session, student_id, minutes_late } = command;
  const name = school.pupils.get(student_id)?.name ?? w("pupil.unknown");
  const back = (): void => {
    const { status, minutes_late: minutes, remarks } = command.before;
    order(office, [{ type: "CorrectAttendance", session, student_id, status, minutes_late: minutes, remarks, reason: w("arrivals.back.reason") }], w("arrivals.back.done", { name }));
  };
  return html`<span class="grid min-w-0 grow">
      <span><bdi class="font-semibold">${name}</bdi> <span class="numbers">${w("minutes", { count: minutes_late })}, ${format.time(occurred_at)}</span></span>
      <a class="link text-sm text-soft" href=${officeAddress("registers", about_id)}><span><bdi>${classTitle(school, session.class_id)}</bdi> · ${lessonName(t, lessonOf(school, session))}</span></a>
      ${state === "superseded" ? html`<span class="block text-sm">${w("arrivals.superseded")}</span>` : nothing}
      ${state === "corrected" ? html`<span class="block text-sm">${w("arrivals.corrected")}</span>` : nothing}
      ${state === "refused" && problem !== null ? html`<span class="block text-sm text-absent">${problemWords(t, problem)}</span>` : nothing}
    </span>
    <span class="flex flex-wrap items-center gap-2">
      ${savedSign(t, saved)}
      ${state === "recorded" ? html`<button type="button" class="button" aria-label=${`${t("undo")}: ${name}`} @click=${back}>${t("undo")}</button>` : nothing}
    </span>`;
}
