/** The roster from the school's information system: choose the file, see what would change and what is wrong, confirm. */
import { html, nothing, type TemplateResult } from "lit-html";
import { errorsAsCsv, isImportAnswer, readChosen, type ImportAnswer, type ImportPage } from "../../../../office/roster_import.ts";
import { isPage } from "../../../../office/shapes.ts";
import { empty } from "../../../parts/empty.ts";
import { problemWords } from "../../../parts/problem.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, type Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { save } from "../download.ts";
import { choiceField } from "../fields.ts";
import { loaded, moreButton } from "../loaded.ts";
import { problemOfReply } from "../online.ts";

/** The name of the screen in the address, in the place of a class. */
export const IMPORT = "import";
const PATH = "/imports";
/** A large file takes a slow line a while. */
const PATIENCE_MS = 10 * 60_000;

/** The screen. */
export function importScreen(office: Office): TemplateResult {
  const { view, w, may_write } = office;
  return screen(view, {
    title: w("import.title"),
    body: html`<a class="link" href=${officeAddress("people")}>${w("people.back")}</a>
      ${may_write ? html`${chooser(office)} ${refusal(office)} ${outcome(office)}` : nothing}
      ${history(office)}`,
    footer: doneBar(office),
  });
}

function chooser(office: Office): TemplateResult {
  const { w, desk, view } = office;
  const { roster_file: chosen, sending } = desk;
  const forget = (): void => desk.change({ roster_file: null, refused: null });
  const choose = async (input: HTMLInputElement): Promise<void> => {
    forget();
    const file = input.files?.[0];
    if (!file) return;
    const roster_file = await readChosen(file);
    // Meanwhile another may have been chosen.
    if (input.files?.[0] === file) desk.change({ roster_file });
  };
  // Without this the same file, put right meanwhile, would be no other choice.
  const chooseAnew = (input: HTMLInputElement): void => {
    input.value = "";
    forget();
  };
  // What was looked at was looked at otherwise.
  const mean = (end_dates: string): void =>
    desk.change({ end_dates: end_dates === "inclusive" ? "inclusive" : "exclusive", roster_file: chosen && { ...chosen, answer: null }, refused: null });
  return html`<p>${w("import.how")}</p>
    <div class="form grid gap-3">
      <label class="grid gap-1">
        <span class="font-semibold">${w("import.file")}</span>
        <input class="field" type="file" accept=".zip,application/zip" ?disabled=${sending}
          @click=${(event: Event) => chooseAnew(event.target as HTMLInputElement)} @change=${(event: Event) => view.run(choose(event.target as HTMLInputElement))} />
      </label>
      ${choiceField(w("import.end_dates"), "end_dates", desk.end_dates, [["exclusive", w("import.exclusive")], ["inclusive", w("import.inclusive")]], mean, sending)}
      ${chosen?.wrong ? html`<p class="banner banner-bad" role="alert">${w(`import.problem.${chosen.wrong}`)}</p>` : nothing}
      ${view.state.online ? nothing : html`<p role="status" class="text-soft">${w("import.offline")}</p>`}
      <button type="button" class="button ${chosen?.answer ? "" : "button-main"} justify-self-start" name="preview" ?disabled=${!chosen?.content || sending || !view.state.online} @click=${() => submit(office, true)}>${w("import.preview")}</button>
    </div>`;
}

/** Sends the file that was chosen: to be looked at, or to be imported. */
function submit({ view, desk, w }: Office, preview: boolean): void {
  const { roster_file: chosen, end_dates } = desk;
  if (!chosen?.content || desk.sending) return;
  const { name, content } = chosen;
  const work = async (): Promise<void> => {
    desk.change({ sending: true, refused: null });
    try {
      const path = pathOf(PATH, { file_name: name, end_dates, preview: preview ? "true" : null });
      const reply = await (await view.actions.office()).ask({ path, method: "POST", body: content, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (reply.kind !== "ok") return desk.change({ refused: problemOfReply(reply) });
      if (!isImportAnswer(reply.body)) throw new Error("the answer to an import is none");
      desk.change({ roster_file: { ...chosen, answer: reply.body } });
      if (preview) return;
      if (reply.body.outcome === "imported") desk.tell({ text: w("import.done"), undo: null });
      await view.actions.sendNow();
    } catch (error) {
      console.error(error);
      desk.change({ refused: problemOfReply({ kind: "unreachable" }) });
    } finally {
      desk.change({ sending: false });
      // Also without an answer: it may have been made.
      if (!preview) desk.readings.again(PATH);
    }
  };
  view.run(work());
}

/** Why the file was not taken at all, said for a file. */
function refusal({ desk, w, t }: Office): Shown {
  const { refused } = desk;
  if (refused === null) return nothing;
  return html`<div class="banner banner-bad" role="alert"><p>${w.word(`import.problem.${refused.slug}`) ?? problemWords(t, refused)} ${refused.detail ? html`<bdi>${refused.detail}</bdi>` : nothing}</p></div>`;
}

/** What the server said of the file, or that it is asked. The title's place is there from the start, so that a change of it is read aloud. */
function outcome(office: Office): TemplateResult {
  const { w, desk } = office;
  const answer = desk.sending ? null : (desk.roster_file?.answer ?? null);
  return html`<div class="grid gap-3">
    <div role="status">
      ${desk.sending ? html`<p aria-busy="true" class="text-soft">${w("import.busy")}</p>` : nothing}
      ${answer === null ? nothing : html`<h2 id="import-outcome">${title(office, answer)}</h2>`}
    </div>
    ${answer === null ? nothing : answer.outcome === "refused" ? errors(office, answer) : changes(office, answer)}
  </div>`;
}

function title({ w }: Office, { outcome, errors_total, preview }: ImportAnswer): string {
  if (outcome === "refused") return w("import.errors", { count: errors_total });
  return w(preview ? "import.changes" : "import.done");
}

function changes(office: Office, answer: ImportAnswer): TemplateResult {
  const { w, view } = office;
  const warnings = answer.warnings.map(({ kind, count, message }) => html`<li>${w.word(`import.warning.${kind}`, { count }) ?? message}</li>`);
  return html`${answer.outcome === "unchanged" ? html`<p>${w("import.unchanged")}</p>` : counts(office, answer)}
    ${warnings.length === 0 ? nothing : html`<ul class="banner banner-warn grid">${warnings}</ul>`}
    ${answer.preview && answer.outcome === "imported"
      ? html`<button type="button" class="button button-main justify-self-start" name="run" ?disabled=${!view.state.online} @click=${() => submit(office, false)}>${w("import.run")}</button>`
      : nothing}`;
}

function counts({ w }: Office, { counts: { settings, classes, students, teachers, enrolments } }: ImportAnswer): TemplateResult {
  const rows = [
    ["import.settings", settings.added, settings.changed, settings.ended],
    ["import.classes", classes.added, classes.changed, classes.ended],
    ["import.students", students.added, students.changed, students.ended],
    ["import.teachers", teachers.added, teachers.changed, teachers.ended],
    ["import.enrolments", enrolments.enrolled, enrolments.redated + enrolments.teaching, enrolments.withdrawn],
  ] as const;
  const heads = ["import.what", "import.new", "import.changed", "import.ended"] as const;
  return html`<div class="table-frame card" role="region" tabindex="0" aria-labelledby="import-outcome"><table class="table">
    <thead><tr>${heads.map((head, index) => html`<th scope="col" class=${index === 0 ? "" : "end"}>${w(head)}</th>`)}</tr></thead>
    <tbody>${rows.map(([what, ...numbers]) => html`<tr><th scope="row" class="min-w-0">${w(what)}</th>${numbers.map((number) => html`<td class="end numbers">${number}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

function errors({ w }: Office, { errors: found, errors_total }: ImportAnswer): TemplateResult {
  const heads = ["import.error.file", "import.error.row", "import.error.column", "import.error.message"] as const;
  const keep = (): void => save({ content: new Blob([errorsAsCsv(found)], { type: "text/csv" }), name: "errors.csv" });
  return html`<p>${w("import.refused")} ${errors_total > found.length ? w("import.first", { count: found.length }) : nothing}</p>
    <button type="button" class="button justify-self-start" @click=${keep}>${w("import.errors.csv")}</button>
    <div class="table-frame card" role="region" tabindex="0" aria-labelledby="import-outcome"><table class="table">
      <thead><tr>${heads.map((head) => html`<th scope="col">${w(head)}</th>`)}</tr></thead>
      <tbody>${found.map(({ file, row, column, message }) => html`<tr><td><bdi>${file}</bdi></td><td class="numbers">${row ?? ""}</td><td><bdi>${column ?? ""}</bdi></td><td class="min-w-56" lang="en" dir="auto">${message}</td></tr>`)}</tbody>
    </table></div>`;
}

function isImports(body: unknown): body is ImportPage {
  return isPage(body, ["at", "from", "outcome"]);
}

function history(office: Office): Shown {
  const { w, format, view } = office;
  const reading = read(office, PATH, isImports);
  return html`<section class="grid gap-3" aria-labelledby="imports">
    <h2 id="imports">${w("import.history")}</h2>
    ${loaded(office, PATH, reading, ({ items }) => items.length === 0
      ? empty(w("import.history.none"), w("import.history.how"))
      : html`<ul class="card divide-y divide-line" aria-labelledby="imports">${items.map(({ at, by, file, outcome: how, events, errors: wrong }) => html`<li class="p-3 grid">
          <span class="font-semibold numbers">${format.moment(at, view.state.today)}</span>
          <span>${w.word(`import.outcome.${how}`) ?? how} <span class="text-soft numbers">${how === "refused" ? w("import.errors", { count: wrong }) : how === "imported" ? w("import.events", { count: events }) : nothing}</span></span>
          <span class="text-sm text-soft"><bdi>${by?.name ?? w("import.command_line")}</bdi> <bdi>${file?.name ?? ""}</bdi></span>
        </li>`)}</ul>`)}
    ${moreButton(office, PATH, reading)}
  </section>`;
}
