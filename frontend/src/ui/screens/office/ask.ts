/** A question of the office, in the browser's own modal dialog. */
import { html, type TemplateResult } from "lit-html";
import type { Office } from "./context.ts";

/** The question with its form. `onSubmit` gets the fields; the dialog is closed before it runs. */
export function ask(
  { desk, t }: Office,
  question: { readonly title: string; readonly body: TemplateResult; readonly submit: string; readonly danger?: boolean; /** Whether it can be answered yet. */ readonly ready?: boolean; readonly onSubmit: (fields: FormData) => void },
): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    form.closest("dialog")?.close();
    question.onSubmit(fields);
  };
  const close = (event: Event): void => (event.currentTarget as Element).closest("dialog")?.close();
  return html`<dialog aria-labelledby="dialog-title" @close=${() => desk.change({ question: null })}>
    <form class="grid gap-4" @submit=${submit}>
      <h2 id="dialog-title">${question.title}</h2>
      ${question.body}
      <div class="flex flex-wrap justify-end gap-2">
        <button type="button" class="button button-plain" @click=${close}>${t("dialog.cancel")}</button>
        <button class="button ${question.danger ? "button-danger" : "button-main"}" ?disabled=${question.ready === false}>${question.submit}</button>
      </div>
    </form>
  </dialog>`;
}
