/** The questions before the office changes a register that somebody has finished with. */
import { html, nothing, type TemplateResult } from "lit-html";
import { MOST_MINUTES_LATE, type EntryStatus, type RegisterKey } from "../../../../model.ts";
import type { OfficeEntry } from "../../../../office/register.ts";
import { shape, STATUSES, statusPill, statusWord } from "../../../parts/statuses.ts";
import { LONGEST_TEXT } from "../../../../model.ts";
import type { Shown } from "../../../view.ts";
import { ask } from "../ask.ts";
import { order, type Office } from "../context.ts";
import { reasonField, reasonOf, textOf } from "../fields.ts";

const CHOICES: readonly EntryStatus[] = [...STATUSES, "unmarked"];

/** The question that is open, if it is one about a register. */
export function registerQuestion(office: Office): Shown {
  const { question } = office.desk;
  switch (question?.about) {
    case "correct":
      return askCorrect(office, question.key, question.entry);
    case "void":
    case "restore":
      return askVoid(office, question.about, question.key);
    case "reopen":
      return askReopen(office, question.key, question.closed_at);
    default:
      return nothing;
  }
}

/** A correction is for ever: it has no way back but another one. */
function askCorrect(office: Office, key: RegisterKey, entry: OfficeEntry): TemplateResult {
  const { t, w } = office;
  return ask(office, {
    title: w("correct.title", { name: entry.name }),
    body: html`<p class="flex flex-wrap items-center gap-2">${w("correct.now")} ${statusPill(t, entry.status)}</p>
      <fieldset class="grid gap-1">
        <legend class="font-semibold">${w("correct.to")}</legend>
        ${CHOICES.map((status) => html`<label class="tick-line">
          <input type="radio" class="tick" name="status" value=${status} required ?checked=${status === entry.status} />
          <span class="text-${status}">${shape(status)}</span> <span>${statusWord(t, status)}</span>
        </label>`)}
      </fieldset>
      <label class="grid gap-1">
        <span class="font-semibold">${w("correct.minutes")}</span>
        <input class="field numbers" type="number" name="minutes_late" min="0" max=${MOST_MINUTES_LATE} step="1" value=${entry.minutes_late ?? ""} />
      </label>
      <label class="grid gap-1">
        <span class="font-semibold">${t("register.remarks")}</span>
        <input class="field" name="remarks" dir="auto" maxlength=${LONGEST_TEXT} autocomplete="off" value=${entry.remarks ?? ""} />
      </label>
      ${reasonField(office)}
      <p class="text-sm text-soft">${w("correct.how")}</p>`,
    submit: w("correct.submit"),
    onSubmit: (fields) => {
      const status = CHOICES.find((choice) => choice === fields.get("status")) ?? entry.status;
      const minutes = Number.parseInt(textOf(fields, "minutes_late"), 10);
      order(office, [{
        type: "CorrectAttendance",
        session: key,
        student_id: entry.student_id,
        status,
        minutes_late: status === "late" && Number.isFinite(minutes) ? minutes : null,
        remarks: status === "unmarked" ? null : textOf(fields, "remarks") || null,
        reason: reasonOf(fields),
      }], w("correct.done", { name: entry.name, status: statusWord(t, status) }));
    },
  });
}

function askVoid(office: Office, about: "void" | "restore", session: RegisterKey): TemplateResult {
  const { t, w } = office;
  const [type, back] = about === "void" ? (["VoidSession", "RestoreSession"] as const) : (["RestoreSession", "VoidSession"] as const);
  return ask(office, {
    title: t(`${about}.title`),
    body: html`<p>${t(`${about}.body`)}</p>
      ${reasonField(office)}`,
    submit: t(`${about}.submit`),
    onSubmit: (fields) => order(office, [{ type, session, reason: reasonOf(fields) }], w(`${about}.done`), { type: back, session, reason: w("exception.undone") }),
  });
}

function askReopen(office: Office, session: RegisterKey, closed_at: string | null): TemplateResult {
  const { t, w } = office;
  return ask(office, {
    title: t("reopen.title"),
    body: html`${reasonField(office)}
      <label class="tick-line">
        <input type="checkbox" class="tick" name="count_since" />
        <span>${t("reopen.count_since")}<span class="block text-sm text-soft">${t("reopen.count_since.meaning")}</span></span>
      </label>`,
    submit: t("register.reopen"),
    onSubmit: (fields) => {
      const effective_at = fields.has("count_since") ? closed_at : null;
      order(office, [{ type: "ReopenSession", session, reason: reasonOf(fields), effective_at }], w("reopen.done"), { type: "CloseSession", session });
    },
  });
}
