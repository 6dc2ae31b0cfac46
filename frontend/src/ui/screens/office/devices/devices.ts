/** The devices that people mark with: when each was last heard, and what it still holds. Below, what was refused. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../../api/query-api.d.ts";
import { isDevicePage } from "../../../../office/shapes.ts";
import { empty } from "../../../parts/empty.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { pathOf, read, refine, type Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { downloadButton } from "../download.ts";
import { choiceField } from "../fields.ts";
import { loaded, moreButton } from "../loaded.ts";
import { refusals } from "./refusals.ts";

type DeviceItem = components["schemas"]["DeviceItem"];

/** A device that holds something and was not heard for so long is worth a walk. */
const SILENT_MS = 24 * 3_600_000;

/** The screen. */
export function devicesScreen(office: Office): TemplateResult {
  const { view, t, w, route } = office;
  const shown = route.query["show"] === "all" ? "all" : "unsent";
  return screen(view, {
    title: t("nav.devices"),
    body: html`<section aria-labelledby="devices">
        <h2 id="devices">${w("devices.title")}</h2>
        <p class="text-soft">${w("devices.about")}</p>
        <div class="filters no-print" role="group" aria-label=${w("filter")}>
          ${choiceField(w("devices.which"), "show", shown, [["unsent", w("devices.unsent_only")], ["all", w("devices.all")]], (value) => refine(office, { show: value === "all" ? "all" : null }))}
        </div>
        ${list(office, shown)}
      </section>
      ${refusals(office)}`,
    footer: doneBar(office),
  });
}

function list(office: Office, shown: "all" | "unsent"): Shown {
  const { w } = office;
  const path = pathOf("/devices", { limit: "500" });
  const reading = read(office, path, isDevicePage);
  return html`${loaded(office, path, reading, ({ items, next_cursor }) => {
      // Which of them hold something is known only when all are read. Not while the screen is being drawn.
      if (shown === "unsent" && next_cursor != null && !reading.busy) queueMicrotask(() => office.desk.readings.more(path));
      const devices = items.filter(({ unsent }) => shown === "all" || (unsent ?? 0) > 0);
      return html`${devices.length === 0
        ? shown === "all" ? empty(w("devices.none"), w("devices.none.how")) : empty(w("devices.none_unsent"), w("devices.none_unsent.how"))
        : html`<ul class="grid gap-2 cards">${devices.map((device) => html`<li>${card(office, device)}</li>`)}</ul>`}
        ${shown === "all" ? moreButton(office, path, reading) : nothing}`;
    })}
    ${downloadButton(office, "/devices")}`;
}

function card({ w, format, view }: Office, { user, app_version, last_contact_at, unsent = null, oldest_unsent_at, device_id }: DeviceItem): TemplateResult {
  const since = Date.now() - Date.parse(last_contact_at);
  const holds = (unsent ?? 0) > 0;
  const is_silent = holds && since > SILENT_MS;
  const at = (instant: string): string => format.moment(instant, view.state.today);
  return html`<div class="card grid gap-1 p-3" data-device=${device_id}>
    <span class="flex flex-wrap items-baseline justify-between gap-2">
      <bdi class="font-semibold">${user.name ?? w("person.unknown")}</bdi>
      <span class="pill ${is_silent ? "pill-absent" : holds ? "pill-late" : unsent === null ? "pill-unmarked" : "pill-present"}">
        ${unsent === null ? w("devices.not_said") : holds ? w("devices.unsent", { count: unsent }) : w("devices.sent")}</span>
    </span>
    <span class="text-sm numbers">${w("today.heard", { at: at(last_contact_at) })} ${is_silent ? w("devices.silent", { duration: format.duration(since) }) : nothing}</span>
    ${holds && oldest_unsent_at != null ? html`<span class="text-sm numbers">${w("devices.oldest", { at: at(oldest_unsent_at) })}</span>` : nothing}
    <span class="text-sm text-soft numbers">${app_version == null ? w("devices.version.unknown") : w("devices.version", { version: app_version })}</span>
  </div>`;
}
