/** The counts of a register. Each is a filter: tapping it shows those it counts. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { EntryStatus, RegisterView } from "../../../model.ts";
import { shape, STATUSES } from "../../parts/statuses.ts";
import type { View } from "../../view.ts";

/** Everybody first, then by status, unmarked last. */
export function countFilters(view: View, register: RegisterView): TemplateResult {
  const { t } = view;
  const { counts } = register;
  return html`<div class="flex gap-1 numbers" role="group" aria-label=${t("register.filter")}>
      ${button(view, null, counts.roster, t("register.everybody", { count: counts.roster }))}
      ${[...STATUSES, "unmarked" as const].map((status) =>
        button(view, status, counts[status], t(`count.${status}`, { count: counts[status] })),
      )}
    </div>
    <p class="sr-only" role="status">${t("register.progress", { marked: counts.marked, count: counts.roster })}</p>`;
}

function button(view: View, show: EntryStatus | null, count: number, label: string): TemplateResult {
  const pressed = view.address.filter.show === show;
  const choose = (): void => view.filter({ ...view.address.filter, show: pressed ? null : show });
  return html`<button
    type="button"
    class="count ${show ? `text-${show}` : ""}"
    aria-pressed=${pressed}
    aria-label=${show ? label : nothing}
    title=${label}
    @click=${choose}
  >
    <span>${view.format.number(count)}</span>
    <span class="text-sm">${show ? shape(show) : view.t("register.all")}</span>
  </button>`;
}
