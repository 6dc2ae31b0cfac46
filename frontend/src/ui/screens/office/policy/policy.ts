/** Policy and calendar: what counts how, and when there is school. Each in versions that are in force from a day on. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../../api/command-api.d.ts";
import { isRecord } from "../../../../office/shapes.ts";
import { screen } from "../../../parts/screen.ts";
import { STATUSES, statusWord } from "../../../parts/statuses.ts";
import { read, type Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { choiceField, dateField, numberField, textOf } from "../fields.ts";
import { loaded } from "../loaded.ts";
import { refusal, send } from "../online.ts";
import { calendarForm } from "./calendar.ts";
import { versions } from "./versions.ts";

type Policy = components["schemas"]["PolicyAnswer"];

const PATH = "/policy";
const COUNTS = ["present", "absent", "outside"] as const;

/** The screen. */
export function policyScreen(office: Office): TemplateResult {
  const { view, t, w } = office;
  return screen(view, {
    title: t("nav.policy"),
    body: html`<p class="text-soft">${w("policy.about")}</p>
      ${refusal(office)}
      <section aria-labelledby="policy"><h2 id="policy">${w("policy")}</h2>${loaded(office, PATH, read(office, PATH, isPolicy), (policy) => form(office, policy))}</section>
      <section aria-labelledby="calendar"><h2 id="calendar">${w("calendar")}</h2>${calendarForm(office)}</section>`,
    footer: doneBar(office),
  });
}

function isPolicy(body: unknown): body is Policy {
  return isRecord(body) && isRecord(body["in_force"]) && Array.isArray(body["versions"]);
}

/** The newest version, to be put in another's place. What is in force by now may be an older one. */
function form(office: Office, { in_force, versions: all }: Policy): TemplateResult {
  const { w, t, may_write, desk, view } = office;
  const latest = all[0] ?? in_force;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    send(office, { method: "PUT", path: PATH, body: policyOf(fields), reads: PATH }, w("policy.set"));
  };
  return html`<form class="card grid gap-4 p-4" @submit=${submit}>
      <fieldset class="grid gap-2" ?disabled=${!may_write}>
        <legend class="font-semibold">${w("policy.counts")}</legend>
        <div class="filters">${STATUSES.map((status) =>
          choiceField(statusWord(t, status), status, latest.counts[status], COUNTS.map((one) => [one, w(`policy.counts.${one}`)] as const), () => undefined))}</div>
        <div class="filters">
          ${numberField(w("policy.chronic_percent"), "chronic_percent", latest.chronic_percent, 1, 100)} ${numberField(w("policy.chronic_min_days"), "chronic_min_days", latest.chronic_min_days, 0, 366)}
          ${numberField(w("policy.edit_days"), "edit_days", latest.edit_days, 0, 366)} ${numberField(w("policy.reopen_minutes"), "reopen_minutes", latest.reopen_minutes, 0, 1440)}
          ${dateField(w("policy.valid_from"), "valid_from", view.state.today ?? "", () => undefined, { required: true })}
        </div>
      </fieldset>
      ${may_write
        ? html`<p class="text-sm text-soft">${w("policy.valid_from.how")}</p>
            <button class="button button-main justify-self-start" ?disabled=${desk.sending || !view.state.online}>${w("policy.submit")}</button>`
        : nothing}
    </form>
    ${versions(office, all, in_force.version)}`;
}

function policyOf(fields: FormData): components["schemas"]["SetPolicy"] {
  const number = (name: string): number => Number.parseInt(textOf(fields, name), 10);
  return {
    valid_from: textOf(fields, "valid_from"),
    counts: { present: textOf(fields, "present"), late: textOf(fields, "late"), absent: textOf(fields, "absent"), excused: textOf(fields, "excused") },
    chronic_percent: number("chronic_percent"), chronic_min_days: number("chronic_min_days"),
    edit_days: number("edit_days"), reopen_minutes: number("reopen_minutes"),
  };
}
