/** Who covers a class, from when to when and for which parts of the day; and the questions before that changes. */
import { html, nothing, type TemplateResult } from "lit-html";
import { dayAfter } from "../../../../core/school_day.ts";
import { classOf, type RosterClass } from "../../../../core/roster.ts";
import { coversOf, type CoverOfClass } from "../../../../office/covers.ts";
import { classTitle, slotTitle, staffName } from "../../../../office/school.ts";
import type { Shown } from "../../../view.ts";
import { ask } from "../ask.ts";
import { order, type Office } from "../context.ts";
import { dateField, textOf } from "../fields.ts";

/** The covers of a class that are not over, with the way to give it to somebody. */
export function classCovers(office: Office, one: RosterClass): TemplateResult {
  const { w, may_write, desk } = office;
  const covers = coversOf(one);
  return html`<section aria-labelledby="covers">
    <h2 id="covers">${w("cover.title")}</h2>
    ${covers.length === 0
      ? html`<p class="text-soft">${w("cover.none")}</p>`
      : html`<ul class="card divide-y divide-line">${covers.map((cover) => html`<li class="p-3 flex flex-wrap items-center justify-between gap-2">${line(office, one, cover)}</li>`)}</ul>`}
    ${may_write
      ? html`<button type="button" class="button justify-self-start" @click=${() => desk.change({ question: { about: "cover", class_id: one.id, slots: null } })}>${w("cover.assign")}</button>`
      : nothing}
  </section>`;
}

function line(office: Office, { id: class_id }: RosterClass, { teacher_id, name, from, until, slots }: CoverOfClass): TemplateResult {
  const { w, format, school, may_write, desk } = office;
  const who = name ?? staffName(school, teacher_id) ?? "";
  return html`<span class="min-w-0"><bdi class="font-semibold">${who}</bdi>
      <span class="block text-sm text-soft numbers">${w("cover.days", { from: format.longDay(from), to: format.longDay(dayAfter(until, -1)) })}</span>
      <span class="block text-sm">${slots === null ? w("cover.all_day") : slots.map((slot) => slotTitle(school.roster, slot)).join(", ")}</span></span>
    ${may_write
      ? html`<button type="button" class="button" aria-label=${`${w("cover.end")}: ${who}`} @click=${() => desk.change({ question: { about: "end_cover", class_id, teacher_id, from, until } })}>${w("cover.end")}</button>`
      : nothing}`;
}

/** The question that is open, if it is one about a cover. */
export function coverQuestion(office: Office): Shown {
  const { question } = office.desk;
  if (question?.about === "cover") return askAssign(office, question.class_id, question.slots);
  if (question?.about === "end_cover") return askEnd(office, question);
  return nothing;
}

function askAssign(office: Office, class_id: string, slots: readonly string[] | null): TemplateResult {
  const { w, school, view } = office;
  const today = view.state.today ?? "";
  return ask(office, {
    title: w("cover.assign.title", { class: classTitle(school, class_id) }),
    body: html`<label class="grid gap-1">
        <span class="font-semibold">${w("cover.who")}</span>
        <select class="field" name="teacher_id" required>
          <option value="">${w("cover.choose")}</option>
          ${[...school.roster.staff].sort((a, b) => a.name.localeCompare(b.name)).map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
        </select>
      </label>
      <div class="filters">
        ${dateField(w("exception.first_day"), "from", today, () => undefined, { required: true })} ${dateField(w("exception.last_day"), "to", today, () => undefined, { required: true })}
      </div>
      ${partsOfDay(office, class_id, slots)}
      <p class="text-sm text-soft">${w("cover.how")}</p>`,
    submit: w("cover.assign"),
    onSubmit: (fields) => {
      const [teacher_id, from, to] = [textOf(fields, "teacher_id"), textOf(fields, "from"), textOf(fields, "to")];
      // Days the wrong way round are one day.
      const until = dayAfter(to < from ? from : to, 1);
      const name = staffName(school, teacher_id) ?? "";
      // Ending it would end every later cover of theirs too.
      const has_others = coversOf(classOf(school.roster, class_id) ?? {}).some((cover) => cover.teacher_id === teacher_id);
      order(office, [{ type: "AssignCover", class_id, teacher_id, from, until, slots }], w("cover.assigned", { name }), has_others ? null : { type: "EndCover", class_id, teacher_id, until: from });
    },
  });
}

/** Whole days, or some parts of them. */
function partsOfDay({ w, desk, school }: Office, class_id: string, slots: readonly string[] | null): Shown {
  const all = school.roster.slots;
  if (all.length === 0) return nothing;
  const toggle = (id: string) => (event: Event): void => {
    const is_wanted = (event.target as HTMLInputElement).checked;
    const chosen = all.map((slot) => slot.id).filter((slot) => (slot === id ? is_wanted : slots?.includes(slot) ?? false));
    desk.change({ question: { about: "cover", class_id, slots: chosen.length === 0 ? null : chosen } });
  };
  return html`<fieldset class="grid gap-1">
    <legend class="font-semibold">${w("cover.parts")}</legend>
    ${all.map(({ id, title }) => html`<label class="tick-line"><input type="checkbox" class="tick" ?checked=${slots?.includes(id) ?? false} @change=${toggle(id)} /> <span>${title}</span></label>`)}
    <p class="text-sm text-soft">${slots === null ? w("cover.parts.all") : w("cover.parts.some")}</p>
  </fieldset>`;
}

function askEnd(office: Office, { class_id, teacher_id, from, until }: { readonly class_id: string; readonly teacher_id: string; readonly from: string; readonly until: string }): TemplateResult {
  const { w, school, view } = office;
  const today = view.state.today ?? from;
  const name = staffName(school, teacher_id) ?? "";
  return ask(office, {
    title: w("cover.end.title", { name, class: classTitle(school, class_id) }),
    body: html`${dateField(w("cover.first_day_not"), "until", today < from ? from : today, () => undefined, { required: true, min: from, max: until })}
      <p class="text-soft">${w("cover.end.how")}</p>`,
    submit: w("cover.end"),
    danger: true,
    onSubmit: (fields) => order(office, [{ type: "EndCover", class_id, teacher_id, until: textOf(fields, "until") }], w("cover.ended", { name })),
  });
}
