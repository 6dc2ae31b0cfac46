/** The school today: how many are here, which registers are missing, who is absent and nobody has said why. */
import { html, nothing, type TemplateResult } from "lit-html";
import { dayAfter } from "../../../core/school_day.ts";
import { isExceptionPage, isRecord } from "../../../office/shapes.ts";
import { listIn, numberIn, partIn, textIn, type ReportBody } from "../../../office/report.ts";
import { classTitle, lessonOf } from "../../../office/school.ts";
import type { DateText } from "../../../model.ts";
import { empty } from "../../parts/empty.ts";
import { lessonName } from "../../parts/register-name.ts";
import { screen } from "../../parts/screen.ts";
import { addressOf } from "../../routing.ts";
import type { Shown } from "../../view.ts";
import { officeAddress, pathOf, read, refine, type Office } from "./context.ts";
import { dateField } from "./fields.ts";
import { loaded, moreButton } from "./loaded.ts";
import { rateChart } from "./reports/chart.ts";
import { inPercent } from "./reports/columns.ts";

/** How far back the line goes, in days: a term is hardly longer. */
const LINE_DAYS = 84;

/** The screen. */
export function todayScreen(office: Office): TemplateResult {
  const { view, t, w, route, format, me } = office;
  const date = route.query["date"] ?? route.id ?? view.state.today;
  return screen(view, {
    title: date === null || date === view.state.today ? t("today.title") : format.day(date),
    subtitle: [date === null ? "" : format.longDay(date), view.state.school_name].filter(Boolean).join(" · "),
    body: date === null
      ? empty(t("today.unfetched"), t("today.unfetched.how"))
      : html`<div class="filters no-print">${dateField(w("day"), "date", date, (value) => refine(office, { date: value }), { max: view.state.today ?? "" })}</div>
          ${numbers(office, date)} ${me.role === "admin" ? waiting(office) : nothing} ${missing(office, date)} ${unexplained(office, date)} ${line(office, date)}`,
  });
}

function isReport(body: unknown): body is ReportBody {
  return isRecord(body);
}

function numbers(office: Office, date: DateText): Shown {
  const path = pathOf("/reports/day", { date });
  return loaded(office, path, read(office, path, isReport, true), (day) => {
    const { w, format } = office;
    const because = textIn(day, "closed_because");
    const registers = partIn(day, "registers") ?? {};
    const of = (part: number | null, whole: number | null): string => w("report.of", { part: format.number(part ?? 0), whole: format.number(whole ?? 0) });
    const rate = textIn(day, "attendance_rate");
    const marked = numberIn(day, "marked");
    const figure = (name: string, value: string, about: string): TemplateResult =>
      html`<div class="card p-3"><dt class="text-sm text-soft">${name}</dt><dd class="figure numbers">${value}</dd><dd class="text-sm numbers">${about}</dd></div>`;
    return html`${day["is_school_day"] === false
        ? html`<p class="banner banner-calm">${because === null ? w("today.no_school") : w("today.closed", { because })}</p>`
        : nothing}
      <dl class="filters" aria-label=${w("today.numbers")}>
        ${figure(w("column.attendance_rate"), rate === null ? "–" : inPercent(w.language, rate), w("today.marked", { of: of(marked, numberIn(day, "roster")) }))}
        ${figure(w("column.absent"), format.number(numberIn(day, "absent") ?? 0), w("today.unexplained", { count: numberIn(day, "absent_unexplained") ?? 0 }))}
        ${figure(w("column.late"), format.number(numberIn(day, "late") ?? 0), of(numberIn(day, "late"), marked))}
        ${figure(w("today.registers"), of(numberIn(registers, "taken"), numberIn(registers, "expected")), w("today.registers.open", { count: numberIn(registers, "open") ?? 0 }))}
      </dl>`;
  });
}

/** What waits for a word of the office. */
function waiting(office: Office): Shown {
  const reading = read(office, pathOf("/exceptions", { status: "pending", limit: "100" }), isExceptionPage);
  const count = reading.body?.items.length ?? 0;
  if (count === 0) return nothing;
  return html`<div class="banner banner-warn"><p>${office.w("today.waiting", { count })}</p><a class="button" href=${officeAddress("exceptions")}>${office.t("uncounted.look")}</a></div>`;
}

function missing(office: Office, date: DateText): TemplateResult {
  const { w, t, format, view, school } = office;
  const path = pathOf("/reports/missing-registers", { date, limit: "200" });
  const reading = read(office, path, isReport, true);
  return html`<section aria-labelledby="missing">
    <h2 id="missing">${w("report.missing-registers")}</h2>
    ${loaded(office, path, reading, (body) => {
      const rows = listIn(body, "items");
      if (rows.length === 0) return empty(w("today.missing.none"), w("today.missing.none.how"));
      return html`<ul class="card divide-y divide-line">${rows.map((row) => {
        const slot = textIn(row, "slot");
        const class_id = textIn(row, "class_id") ?? "";
        const at = textIn(row, "last_contact_at");
        const state = textIn(row, "state") ?? "";
        return html`<li><a class="grid gap-1 p-3 min-h-11" href=${addressOf({ name: "register", key: { class_id, date, subject_id: null, slot } })}>
          <span class="flex flex-wrap items-baseline justify-between gap-2">
            <span><bdi class="font-semibold">${textIn(row, "class_title") ?? classTitle(school, class_id)}</bdi> <span class="text-soft">${lessonName(t, lessonOf(school, { slot }))}</span></span>
            <span class="pill ${state === "not_received" ? "pill-late" : "pill-unmarked"}">${w.word(`missing.${state}`) ?? state}</span>
          </span>
          <span class="text-sm text-soft numbers"><bdi>${listIn(row, "teachers").map((one) => textIn(one, "name")).join(", ")}</bdi>
            ${at === null ? w("today.never_heard") : w("today.heard", { at: format.moment(at, view.state.today) })}</span>
        </a></li>`;
      })}</ul>
      ${moreButton(office, path, reading)}`;
    })}
  </section>`;
}

function unexplained(office: Office, date: DateText): TemplateResult {
  const { w, t, school, may_write } = office;
  const path = pathOf("/reports/absentees", { date, explained: "false", limit: "200" });
  const reading = read(office, path, isReport, true);
  return html`<section aria-labelledby="unexplained">
    <h2 id="unexplained">${w("today.absent")}</h2>
    ${loaded(office, path, reading, (body) => {
      const rows = listIn(body, "items");
      if (rows.length === 0) return empty(w("today.absent.none"), w("today.absent.none.how"));
      return html`<ul class="card divide-y divide-line">${rows.map((row) => {
        const student = textIn(row, "student_id") ?? "";
        const class_id = textIn(row, "class_id") ?? "";
        return html`<li class="flex flex-wrap items-center justify-between gap-2 p-3">
          <span class="min-w-0"><span class="numbers text-sm text-soft">${textIn(row, "admission_number")}</span> <bdi class="font-semibold">${textIn(row, "name")}</bdi><br />
            <a class="link text-sm text-soft" href=${officeAddress("registers", textIn(row, "session_id"))}>
              <span><bdi>${textIn(row, "class_title") ?? classTitle(school, class_id)}</bdi> · ${lessonName(t, lessonOf(school, { slot: textIn(row, "slot"), subject_id: textIn(row, "subject_id") }))}</span></a></span>
          ${may_write ? html`<a class="button" href=${officeAddress("exceptions", "new", { student })}>${w("exception.new")}</a>` : nothing}
        </li>`;
      })}</ul>
      ${moreButton(office, path, reading)}`;
    })}
  </section>`;
}

/** How it went before, week by week. */
function line(office: Office, date: DateText): Shown {
  const { w } = office;
  const path = pathOf("/reports/trend", { from: dayAfter(date, -LINE_DAYS), to: date, by: "week" });
  const { body } = read(office, path, isReport);
  const chart = body === null ? nothing : rateChart(office, listIn(body, "items"), "attendance_rate");
  if (chart === nothing) return nothing;
  return html`<section aria-labelledby="line">
    <h2 id="line">${w("today.line")}</h2>
    ${chart} <a class="link" href=${officeAddress("reports", "trend")}>${w("report.trend")}</a>
  </section>`;
}
