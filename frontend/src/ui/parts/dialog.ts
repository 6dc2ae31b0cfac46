/** One question at a time, in the browser's own modal dialog: it keeps the focus inside and gives it back. */
import { html, type TemplateResult } from "lit-html";
import type { View } from "../view.ts";

/** A question with its buttons. `onSubmit` gets the form's fields; the dialog is closed before it runs. */
export function dialog(
  view: View,
  question: {
    readonly title: string;
    readonly body: TemplateResult;
    /** The button that does it. */
    readonly submit: TemplateResult;
    readonly onSubmit: (fields: FormData) => void;
    /** Further ways to answer, before the main one. */
    readonly others?: TemplateResult;
  },
): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    close(form);
    question.onSubmit(new FormData(form));
  };
  return html`<dialog aria-labelledby="dialog-title" @close=${() => view.change({ dialog: null })}>
    <form class="grid gap-4" @submit=${submit}>
      <h2 id="dialog-title">${question.title}</h2>
      ${question.body}
      <div class="dialog-buttons">
        <button type="button" class="button button-plain" @click=${closeAround}>${view.t("dialog.cancel")}</button>
        ${question.others ?? ""} ${question.submit}
      </div>
    </form>
  </dialog>`;
}

/** For further buttons: closes the dialog they stand in, then acts. */
export function closing(action: () => void): (event: Event) => void {
  return (event) => {
    closeAround(event);
    action();
  };
}

function closeAround(event: Event): void {
  close(event.currentTarget as Element);
}

function close(inside: Element): void {
  inside.closest("dialog")?.close();
}
