/** The questions a register asks before something that is felt by others. */
import { html, nothing, type TemplateResult } from "lit-html";
import { restPresentDrafts } from "../../../core/drafts.ts";
import { LONGEST_TEXT, type RegisterView } from "../../../model.ts";
import { closing, dialog } from "../../parts/dialog.ts";
import type { Shown, View } from "../../view.ts";

/** The question that is open, if it is one of a register's. */
export function registerQuestion(view: View): Shown {
  const { register } = view.state;
  if (!register) return nothing;
  switch (view.local.dialog?.name) {
    case "close":
      return askClose(view, register);
    case "reopen":
      return askReopen(view);
    case "void":
      return askReason(view, "void", (reason) => view.actions.voidLesson(reason));
    case "restore":
      return askReason(view, "restore", (reason) => view.actions.restoreLesson(reason));
    default:
      return nothing;
  }
}

function askClose(view: View, register: RegisterView): TemplateResult {
  const { t, actions } = view;
  const restThenClose = async (): Promise<void> => {
    await actions.markRestPresent();
    await actions.closeRegister();
  };
  const { unmarked } = register.counts;
  const rest = restPresentDrafts(register).length;
  return dialog(view, {
    title: t("close.title", { count: unmarked }),
    body: html`<p>${t("close.body")}</p>
      ${rest === unmarked ? nothing : html`<p>${t("close.excused", { count: unmarked - rest })}</p>`}`,
    others: rest === 0 ? html`` : html`<button type="button" class="button" @click=${closing(() => view.run(restThenClose()))}>
      ${t("close.rest_present")}
    </button>`,
    submit: html`<button class="button button-main">${t("close.anyway")}</button>`,
    onSubmit: () => view.run(actions.closeRegister()),
  });
}

function askReopen(view: View): TemplateResult {
  const { t } = view;
  return dialog(view, {
    title: t("reopen.title"),
    body: html`${reasonField(view)}
      <label class="tick-line">
        <input type="checkbox" class="tick" name="count_since" />
        <span>${t("reopen.count_since")}<span class="block text-sm text-soft">${t("reopen.count_since.meaning")}</span></span>
      </label>`,
    submit: html`<button class="button button-main">${t("register.reopen")}</button>`,
    onSubmit: (fields) => view.run(view.actions.reopenRegister(reasonOf(fields), fields.has("count_since"))),
  });
}

function askReason(view: View, about: "void" | "restore", act: (reason: string) => Promise<void>): TemplateResult {
  return dialog(view, {
    title: view.t(`${about}.title`),
    body: html`<p>${view.t(`${about}.body`)}</p>
      ${reasonField(view)}`,
    submit: html`<button class="button button-main">${view.t(`${about}.submit`)}</button>`,
    onSubmit: (fields) => view.run(act(reasonOf(fields))),
  });
}

function reasonField(view: View): TemplateResult {
  return html`<label class="grid gap-1">
    <span class="font-semibold">${view.t("reason")}</span>
    <input class="field" name="reason" dir="auto" required pattern=".*\\S.*" maxlength=${LONGEST_TEXT} autocomplete="off" autofocus />
  </label>`;
}

function reasonOf(fields: FormData): string {
  return String(fields.get("reason") ?? "").trim();
}
