/** The frame of every screen: its name, what is not sent, what has to be known, then the screen itself. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Shown, View } from "../view.ts";
import { backIcon } from "./icons.ts";
import { banners } from "./banners.ts";
import { syncChip } from "./sync-chip.ts";

/** A screen. */
export function screen(
  view: View,
  parts: {
    readonly title: string;
    readonly subtitle?: string;
    /** Whether there is a way back to Today in place of the navigation. */
    readonly back?: boolean;
    /** What rarely is wanted, behind the dots. */
    readonly menu?: Shown;
    /** Stays in sight under the title. */
    readonly sticky?: Shown;
    readonly body: Shown;
    /** Stays in sight at the bottom. */
    readonly footer?: Shown;
  },
): TemplateResult {
  const { t } = view;
  return html`<div class="screen-head">
      <div class="head ${parts.subtitle ? "head-two" : ""}">
        ${parts.back
          ? html`<a class="button button-plain head-back" href="#/today" aria-label=${t("nav.back")} title=${t("nav.back")}>${backIcon}</a>`
          : nothing}
        <h1 class="screen-title" tabindex="-1"><bdi>${parts.title}</bdi></h1>
        ${parts.subtitle ? html`<p class="head-about">${parts.subtitle}</p>` : nothing}
        ${syncChip(view)} ${parts.menu && parts.menu !== nothing ? dots(view, parts.menu) : nothing}
      </div>
      ${parts.sticky ?? nothing}
    </div>
    <div class="grid gap-3 py-3">${banners(view)} ${parts.body}</div>
    ${parts.footer ?? nothing}`;
}

function dots(view: View, menu: Shown): TemplateResult {
  const fold = (event: Event): void => {
    (event.currentTarget as HTMLElement).closest("details")?.removeAttribute("open");
  };
  return html`<details class="head-menu relative" @toggle=${foldByItself} @keydown=${foldOnEscape}>
    <summary class="button button-plain list-none" aria-label=${view.t("nav.more")} title=${view.t("nav.more")}>⋯</summary>
    <div class="menu card" @click=${fold}>${menu}</div>
  </details>`;
}

/** An open menu folds as soon as something else is touched. */
function foldByItself(event: Event): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (!menu.open) return;
  const touched = ({ target }: Event): void => {
    if (!(target instanceof Node && menu.contains(target))) menu.open = false;
  };
  document.addEventListener("pointerdown", touched);
  menu.addEventListener("toggle", () => document.removeEventListener("pointerdown", touched), { once: true });
}

function foldOnEscape(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}
