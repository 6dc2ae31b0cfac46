/** Files from the server: fetched with the sign-in, which a plain link would not carry, and given to the browser to keep. */
import { html, type TemplateResult } from "lit-html";
import type { FileAnswer } from "../../../sync/http.ts";
import type { Office } from "./context.ts";
import { downloadIcon } from "./icons.ts";
import type { OfficeKey } from "./words.ts";

/** A term of a large school takes a slow line a while. */
const PATIENCE_MS = 10 * 60_000;

/** The button that fetches a path as CSV. */
export function downloadButton(office: Office, path: string, label: OfficeKey = "export.csv"): TemplateResult {
  const { w, desk, view } = office;
  return html`<button type="button" class="button justify-self-start no-print" ?disabled=${desk.fetching || !view.state.online} @click=${() => view.run(download(office, path))}>
    ${downloadIcon} ${desk.fetching ? w("export.busy") : w(label)}
  </button>`;
}

async function download({ view, desk, w }: Office, path: string): Promise<void> {
  desk.change({ fetching: true });
  try {
    // With the mark by which spreadsheets know UTF-8.
    const reply = await (await view.actions.office()).ask({ path: `${path}${path.includes("?") ? "&" : "?"}bom=true`, file: "text/csv", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (reply.kind !== "ok" || !isFile(reply.body)) throw new Error(`no file came of ${path}`);
    save(reply.body);
    desk.tell({ text: w("export.done"), undo: null });
  } finally {
    desk.change({ fetching: false });
  }
}

function isFile(body: unknown): body is FileAnswer {
  return typeof body === "object" && body !== null && "content" in body && body.content instanceof Blob;
}

/** Gives a file to the browser to keep. */
export function save({ content, name }: FileAnswer): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name ?? "muster.csv";
  link.click();
  // The browser reads the file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
