/** An empty place that says what belongs there and how it gets there. */
import { html, type TemplateResult } from "lit-html";

/** A title and a sentence. */
export function empty(title: string, sentence: string, more: TemplateResult | "" = ""): TemplateResult {
  return html`<div class="card grid justify-items-start gap-2 p-4">
    <p class="font-semibold">${title}</p>
    <p class="text-soft">${sentence}</p>
    ${more}
  </div>`;
}
