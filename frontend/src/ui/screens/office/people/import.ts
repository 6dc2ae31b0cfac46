/** The roster from the school's information system: choose the file, see what would change and what is wrong, confirm. */
import { html, nothing, type TemplateResult } from "lit-html";
import { errorsAsCsv, isImportAnswer, whyNot, type ImportAnswer, type ImportPage } from "../../../../office/roster_import.ts";
import { isPage } from "../../../../office/shapes.ts";
import { empty } from "../../../parts/empty.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, type Office } from "../context.ts";
import type { OfficeDesk } from "../desk.ts";
import { doneBar } from "../done.ts";
import { save } from "../download.ts";
import { loaded, moreButton } from "../loaded.ts";
import { problemOfReply, refusal } from "../online.ts";

/** The name of the screen in the address, in the place of a class. */
export const IMPORT = "import";
const PATH = "/imports";
/** A large file takes a slow line a while. */
const PATIENCE_MS = 10 * 60_000;

/** The file that was chosen, and what the server said about it. */
interface Stage {
  readonly file: File;
  readonly answer: ImportAnswer | null;
}

/** Of each desk, for as long as it is there. */
const stages = new WeakMap<OfficeDesk, Stage>();

/** The screen. */
export function importScreen(office: Office): TemplateResult {
  const { view, w, may_write, desk } = office;
  const stage = stages.get(desk);
  return screen(view, {
    title: w("import.title"),
    body: html`<a class="link" href=${officeAddress("people")}>${w("people.back")}</a>
      ${may_write ? html`${chooser(office, stage)} ${refusal(office)} ${desk.sending ? html`<p aria-busy="true" role="status" class="text-soft">${w("import.busy")}</p>` : stage?.answer ? outcome(office, stage, stage.answer) : nothing}` : nothing}
      ${history(office)}`,
    footer: doneBar(office),
  });
}

function chooser(office: Office, stage: Stage | undefined): TemplateResult {
  const { w, desk, view } = office;
  const reason = stage ? whyNot(stage.file) : null;
  const choose = (event: Event): void => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) stages.set(desk, { file, answer: null });
    else stages.delete(desk);
    desk.change({ refused: null });
  };
  return html`<p>${w("import.how")}</p>
    <label class="grid gap-1">
      <span class="font-semibold">${w("import.file")}</span>
      <input class="field" type="file" accept=".zip,application/zip" ?disabled=${desk.sending} @change=${choose} />
    </label>
    ${reason === null ? nothing : html`<div class="banner banner-bad" role="alert"><p>${w(`import.${reason}`)}</p></div>`}
    ${view.state.online ? nothing : html`<p role="status" class="text-soft">${w("import.offline")}</p>`}
    <button type="button" class="button button-main justify-self-start" ?disabled=${!stage || reason !== null || desk.sending || !view.state.online} @click=${() => stage && submit(office, stage, true)}>${w("import.preview")}</button>`;
}

function submit({ view, desk, w }: Office, { file }: Stage, preview: boolean): void {
  const work = async (): Promise<void> => {
    desk.change({ sending: true, refused: null });
    try {
      const path = pathOf(PATH, { file_name: file.name, preview: preview ? "true" : null });
      // Some systems know no type of the file.
      const body = new Blob([file], { type: "application/zip" });
      const reply = await (await view.actions.office()).ask({ path, method: "POST", body, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (reply.kind !== "ok") return desk.change({ refused: problemOfReply(reply) });
      if (!isImportAnswer(reply.body)) throw new Error("the answer to an import is none");
      stages.set(desk, { file, answer: reply.body });
      if (preview) return;
      if (reply.body.outcome === "imported") desk.tell({ text: w("import.done"), undo: null });
      desk.readings.again(PATH);
      await view.actions.sendNow();
    } catch (error) {
      console.error(error);
      desk.change({ refused: problemOfReply({ kind: "unreachable" }) });
    } finally {
      desk.change({ sending: false });
    }
  };
  view.run(work());
}

function outcome(office: Office, stage: Stage, answer: ImportAnswer): TemplateResult {
  const { w, view } = office;
  if (answer.outcome === "refused") return errors(office, answer);
  const warnings = answer.warnings.map(({ kind, count, message }) => html`<li>${w.word(`import.warning.${kind}`, { count }) ?? message}</li>`);
  return html`<section class="grid gap-3" aria-labelledby="import-outcome">
    <h2 id="import-outcome">${w(answer.preview ? "import.changes" : "import.done")}</h2>
    ${answer.outcome === "unchanged" ? html`<p>${w("import.unchanged")}</p>` : counts(office, answer)}
    ${warnings.length === 0 ? nothing : html`<ul class="banner banner-warn">${warnings}</ul>`}
    ${answer.preview && answer.outcome === "imported"
      ? html`<button type="button" class="button button-main justify-self-start" ?disabled=${!view.state.online} @click=${() => submit(office, stage, false)}>${w("import.run")}</button>`
      : nothing}
  </section>`;
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
  return html`<div class="card overflow-x-auto" role="region" tabindex="0" aria-labelledby="import-outcome"><table class="table">
    <thead><tr>${heads.map((head) => html`<th scope="col">${w(head)}</th>`)}</tr></thead>
    <tbody>${rows.map(([what, ...numbers]) => html`<tr><th scope="row">${w(what)}</th>${numbers.map((number) => html`<td class="numbers">${number}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

function errors({ w }: Office, { errors: found, errors_total }: ImportAnswer): TemplateResult {
  const heads = ["import.error.file", "import.error.row", "import.error.column", "import.error.message"] as const;
  const keep = (): void => save({ content: new Blob([errorsAsCsv(found)], { type: "text/csv" }), name: "errors.csv" });
  return html`<section class="grid gap-3" aria-labelledby="import-outcome">
    <h2 id="import-outcome">${w("import.errors", { count: errors_total })}</h2>
    <p role="alert">${w("import.refused")} ${errors_total > found.length ? w("import.first", { count: found.length }) : nothing}</p>
    <button type="button" class="button justify-self-start" @click=${keep}>${w("import.errors.csv")}</button>
    <div class="card overflow-x-auto" role="region" tabindex="0" aria-labelledby="import-outcome"><table class="table">
      <thead><tr>${heads.map((head) => html`<th scope="col">${w(head)}</th>`)}</tr></thead>
      <tbody>${found.map(({ file, row, column, message }) => html`<tr><td dir="ltr">${file}</td><td class="numbers">${row ?? ""}</td><td dir="ltr">${column ?? ""}</td><td dir="auto">${message}</td></tr>`)}</tbody>
    </table></div>
  </section>`;
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
