/**
 * Parts of the app that are fetched when they are first needed. The service worker has them all from the first visit
 * on, but for the office's, which it has from the office's first visit on; one that cannot be had all the same says so in its own place, and everything else goes on.
 */
import { html, type TemplateResult } from "lit-html";
import type { Key } from "../i18n/catalogue.ts";
import { screen } from "./parts/screen.ts";
import type { Shown, View } from "./view.ts";

/** A screen that is fetched when it is opened; until it is there, its frame with its name. */
export function lazyScreen(title: Key, load: () => Promise<(view: View) => TemplateResult>): (view: View) => TemplateResult {
  // The same frame as the screen's own: the heading stays, and with it the focus.
  const instead = (view: View, body: Shown): TemplateResult => screen(view, { title: view.t(title), body });
  return lazy(load, instead);
}

/** Something that is fetched when it is drawn; `instead` is drawn around the sign of waiting, or of failure. */
export function lazy<T extends Shown>(load: () => Promise<(view: View) => T>, instead: (view: View, body: Shown) => T): (view: View) => T {
  let draw: ((view: View) => T) | null = null;
  let failed = false;
  let asked = false;
  const fetchPart = async (view: View): Promise<void> => {
    asked = true;
    failed = false;
    try {
      draw = await load();
    } catch (error) {
      console.error(error);
      failed = true;
    }
    view.change({});
  };
  const again = async (view: View): Promise<void> => {
    await fetchPart(view);
    // The button that had the focus is gone with the next frame.
    requestAnimationFrame(() => document.querySelector("h1")?.focus());
  };
  return (view) => {
    if (draw !== null) return draw(view);
    if (!asked) void fetchPart(view);
    return instead(view, failed ? failure(view, () => void again(view)) : waiting);
  };
}

const waiting = html`<p aria-busy="true"></p>`;

function failure({ t }: View, again: () => void): TemplateResult {
  return html`<div class="card grid gap-3 p-4" role="alert">
    <p class="font-semibold">${t("part.failed")}</p>
    <p class="text-soft">${t("part.failed.how")}</p>
    <div class="flex flex-wrap gap-2">
      <button type="button" class="button button-main" @click=${again}>${t("gate.again")}</button>
      <button type="button" class="button" @click=${() => location.reload()}>${t("part.anew")}</button>
    </div>
  </div>`;
}
