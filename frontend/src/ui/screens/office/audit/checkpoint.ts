/** The newest checkpoint and the public key, to be held where nobody who runs the server gets at them. */
import { html, type TemplateResult } from "lit-html";
import { isCheckpoint, isPublicKey } from "../../../../office/audit.ts";
import { empty } from "../../../parts/empty.ts";
import type { Shown } from "../../../view.ts";
import { read, type Office } from "../context.ts";
import { save } from "../download.ts";
import { downloadIcon } from "../icons.ts";
import { loaded } from "../loaded.ts";

/** The section. */
export function checkpoint(office: Office): TemplateResult {
  const { w } = office;
  return html`<section class="grid gap-3" aria-labelledby="checkpoint">
    <h2 id="checkpoint">${w("proof.checkpoint.title")}</h2>
    <p class="text-soft">${w("proof.checkpoint.about")}</p>
    ${newest(office)}
  </section>`;
}

function newest(office: Office): Shown {
  const { w, format, view } = office;
  const reading = read(office, "/audit/checkpoint", isCheckpoint);
  if (reading.problem?.slug === "not-found") return empty(w("proof.checkpoint.none"), w("proof.checkpoint.none.how"));
  return html`${loaded(office, "/audit/checkpoint", reading, ({ note, size, issued_at }) => html`<p class="numbers">
      ${w("proof.checkpoint.of", { count: size })} ${w("proof.checkpoint.at", { at: format.moment(issued_at, view.state.today) })}</p>
    <pre class="card p-3 text-sm whitespace-pre-wrap break-all" dir="ltr" data-checkpoint>${note}</pre>
    ${fileButton(office, "checkpoint", w("proof.checkpoint.save"), note, `muster-checkpoint-${size}.txt`)}`)}
  ${publicKey(office)}`;
}

function publicKey(office: Office): TemplateResult {
  const { w } = office;
  return loaded(office, "/audit/public-key", read(office, "/audit/public-key", isPublicKey), ({ algorithm, public_key }) => html`<p class="break-all">
      <span class="font-semibold">${w("proof.key")}</span> (<bdi>${algorithm}</bdi>) <code dir="ltr" data-public-key>${public_key}</code></p>
    ${fileButton(office, "public_key", w("proof.key.save"), `${public_key}\n`, "muster-public-key.txt")}`);
}

function fileButton({ desk, w }: Office, name: string, label: string, text: string, file: string): TemplateResult {
  const keep = (): void => {
    save({ content: new Blob([text], { type: "text/plain;charset=utf-8" }), name: file });
    desk.tell({ text: w("export.done"), undo: null });
  };
  return html`<button type="button" name=${name} class="button justify-self-start no-print" @click=${keep}>${downloadIcon} ${label}</button>`;
}
