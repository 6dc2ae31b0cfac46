/** The auditor's own screen: whether the history fits, what to hold outside, what happened, and who looked. Nothing here changes anything. */
import { html, type TemplateResult } from "lit-html";
import { empty } from "../../../parts/empty.ts";
import { screen } from "../../../parts/screen.ts";
import type { Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { accessLog } from "./access-log.ts";
import { checkpoint } from "./checkpoint.ts";
import { registerHistory } from "./register.ts";
import { search } from "./search.ts";
import { verify } from "./verify.ts";

/** The screen; with an id, the history of that register. */
export function auditScreen(office: Office): TemplateResult {
  const { view, t, w, me, route } = office;
  if (route.id !== null) return registerHistory(office, route.id);
  const title = t("nav.audit");
  if (me.role !== "auditor") return screen(view, { title, body: empty(w("proof.auditors_only"), w("proof.auditors_only.how")) });
  return screen(view, {
    title,
    body: html`${verify(office)} ${checkpoint(office)} ${search(office)} ${accessLog(office)}`,
    footer: doneBar(office),
  });
}
