/** Who of the office and the auditors looked at what about students: what they asked, not what they were answered. */
import { html, nothing, type TemplateResult } from "lit-html";
import { isAccessPage, lookOf, type AccessItem } from "../../../../office/audit.ts";
import { classTitle } from "../../../../office/school.ts";
import { empty } from "../../../parts/empty.ts";
import { officeAddress, pathOf, read, type Office } from "../context.ts";
import { loaded, moreButton } from "../loaded.ts";

/** The section, the newest first. */
export function accessLog(office: Office): TemplateResult {
  const { w } = office;
  const path = pathOf("/audit/access-log", { limit: "50" });
  const reading = read(office, path, isAccessPage);
  return html`<section class="grid gap-3" aria-labelledby="looks">
    <h2 id="looks">${w("looks.title")}</h2>
    <p class="text-soft">${w("looks.about")}</p>
    ${loaded(office, path, reading, ({ items }) => html`${items.length === 0
      ? empty(w("looks.none"), w("looks.none.how"))
      : html`<ul class="card divide-y divide-line">${items.map((item) => html`<li class="grid gap-1 p-3">${line(office, item)}</li>`)}</ul>`}
      ${moreButton(office, path, reading)}`)}
  </section>`;
}

function line(office: Office, item: AccessItem): TemplateResult {
  const { w, school, format, view } = office;
  const { what, register_id, class_id, student_id } = lookOf(item);
  const about = [
    student_id === null ? null : school.pupils.get(student_id)?.name ?? w("pupil.unknown"),
    class_id === null ? null : classTitle(school, class_id) || w("class.unknown"),
  ].filter((part) => part !== null);
  return html`<span class="flex flex-wrap items-baseline justify-between gap-x-2">
      <span><bdi class="font-semibold">${item.by.name ?? w("person.unknown")}</bdi> (${w.word(`role.${item.role}`) ?? item.role})</span>
      <span class="text-sm text-soft numbers">${format.moment(item.at, view.state.today)}</span>
    </span>
    <span>${w(`looks.at.${what}`)}${about.length === 0 ? nothing : html` · <bdi>${about.join(" · ")}</bdi>`}</span>
    <code class="text-sm text-soft break-all" dir="ltr">${item.endpoint}${item.parameters === "" ? nothing : `?${item.parameters}`}</code>
    ${register_id === null ? nothing : html`<a class="link text-sm" href=${officeAddress("audit", register_id)}>${w("search.register")}</a>`}`;
}
