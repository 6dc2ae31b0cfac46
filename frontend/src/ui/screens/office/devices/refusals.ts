/** What the server refused: what it was, why, when, and whose; with the way to its register. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../../api/query-api.d.ts";
import { namedRegister } from "../../../../core/roster.ts";
import { isRefusalPage } from "../../../../office/shapes.ts";
import { problemOfRefusal, refusedCommand } from "../../../../office/refusals.ts";
import { classTitle, lessonOf } from "../../../../office/school.ts";
import { empty } from "../../../parts/empty.ts";
import { problemWords } from "../../../parts/problem.ts";
import { lessonName } from "../../../parts/register-name.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, type Office } from "../context.ts";
import { downloadButton } from "../download.ts";
import { loaded, moreButton } from "../loaded.ts";

type RefusalItem = components["schemas"]["RefusalItem"];

/** The list, the newest first. */
export function refusals(office: Office): TemplateResult {
  const { w } = office;
  const path = pathOf("/refusals", { limit: "100" });
  const reading = read(office, path, isRefusalPage);
  return html`<section aria-labelledby="refusals">
    <h2 id="refusals">${w("refusals.title")}</h2>
    <p class="text-soft">${w("refusals.about")}</p>
    ${loaded(office, path, reading, ({ items }) => html`${items.length === 0
      ? empty(w("refusals.none"), w("refusals.none.how"))
      : html`<ul class="card divide-y divide-line">${items.map((item) => html`<li class="grid gap-1 p-3">${line(office, item)}</li>`)}</ul>`}
      ${moreButton(office, path, reading)}`)}
    ${downloadButton(office, "/refusals")}
  </section>`;
}

function line(office: Office, item: RefusalItem): TemplateResult {
  const { t, w, school, format, view } = office;
  const { actor, submitted_by, refused_at, command_type } = item;
  const { key, student_id, class_id } = refusedCommand(item);
  const what = command_type == null ? w("refusals.unreadable") : t.word(`command.${command_type}`) ?? command_type;
  const student = student_id === null ? null : school.pupils.get(student_id)?.name ?? w("pupil.unknown");
  return html`<span class="flex flex-wrap items-baseline justify-between gap-x-2">
      <span><span class="font-semibold">${what}</span>${student === null ? nothing : html` · <bdi>${student}</bdi>`}</span>
      <span class="text-sm text-soft numbers">${format.moment(refused_at, view.state.today)}</span>
    </span>
    <span>${problemWords(t, problemOfRefusal(item))}</span>
    <span class="text-sm text-soft">${w("refusals.whose")} <bdi>${actor.name ?? w("person.unknown")}</bdi>${submitted_by == null ? nothing : html` · ${w("refusals.handed_in")} <bdi>${submitted_by.name ?? ""}</bdi>`}</span>
    ${where(office, key, class_id)}`;
}

/** The register, or else the class. */
function where({ t, w, school, format }: Office, key: ReturnType<typeof refusedCommand>["key"], class_id: string | null): Shown {
  if (key !== null && school.roster.school.id !== "") {
    const { session_id } = namedRegister(school.roster, key);
    return html`<a class="link text-sm" href=${officeAddress("registers", session_id)}>
      <span><bdi>${classTitle(school, key.class_id) || w("class.unknown")}</bdi> · ${format.longDay(key.date)} · ${lessonName(t, lessonOf(school, key))}</span></a>`;
  }
  if (class_id === null) return nothing;
  return html`<a class="link text-sm" href=${officeAddress("people", class_id)}><bdi>${classTitle(school, class_id) || w("class.unknown")}</bdi></a>`;
}
