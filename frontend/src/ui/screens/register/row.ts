/** One student of the register. */
import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { live } from "lit-html/directives/live.js";
import type { RegisterRow, RegisterView, Status } from "../../../model.ts";
import { noteIcon } from "../../parts/icons.ts";
import { problemWords } from "../../parts/problem.ts";
import { savedSign } from "../../parts/saved.ts";
import { shape, STATUSES, statusLetter, statusWord } from "../../parts/statuses.ts";
import type { Shown, View } from "../../view.ts";
import { details } from "./details.ts";
import { lateStepper } from "./late.ts";
import { setStatus, takesMarks } from "./marking.ts";

/** The row; drawn anew only when something in it has changed. */
export function studentRow(view: View, register: RegisterView, row: RegisterRow): unknown {
  const unfolded = view.local.unfolded.has(row.student_id);
  const open = takesMarks(register);
  return guard([row, unfolded, open, register.slot_start, view.t, view.format, view.local.failures], () =>
    draw(view, register, row, { unfolded, open }),
  );
}

function draw(
  view: View,
  register: RegisterView,
  row: RegisterRow,
  { unfolded, open }: { readonly unfolded: boolean; readonly open: boolean },
): TemplateResult {
  const { t } = view;
  return html`<li class="row" data-student=${row.student_id}>
    <fieldset>
      <legend>
        <span class="numbers whitespace-nowrap text-sm text-soft">${row.admission_number ?? ""}</span>
        <span class="min-w-0"><bdi class="font-semibold">${row.name}</bdi> ${covered(view, row)} ${offRoster(view, row)}</span>
      </legend>
      <div class="choices ${row.status === "unmarked" ? "choices-unmarked" : ""}">
        ${STATUSES.map((status) => choice(view, register, row, status, open))}
      </div>
      <span class="row-sign">${row.saved ? savedSign(t, row.saved) : nothing}</span>
      ${unfoldButton(view, row, unfolded)}
      <div class="row-more grid gap-1">
        ${row.status === "late" ? lateStepper(view, row, open) : nothing}
        ${row.remarks && !unfolded ? html`<p class="text-sm" dir="auto">${row.remarks}</p>` : nothing}
        ${warnings(view, row)} ${unfolded ? details(view, row, open) : nothing}
      </div>
    </fieldset>
  </li>`;
}

function choice(view: View, register: RegisterView, row: RegisterRow, status: Status, open: boolean): TemplateResult {
  const word = statusWord(view.t, status);
  return html`<label class="choice choice-${status}" title=${word}>
    <input
      type="radio"
      name="mark-${row.student_id}"
      value=${status}
      aria-label=${word}
      ?disabled=${!open}
      .checked=${live(row.status === status)}
      @change=${() => setStatus(view, register, row, status)}
    />
    ${shape(status)}<span class="choice-letter" aria-hidden="true">${statusLetter(view.t, status)}</span>
    <span class="choice-word" aria-hidden="true">${word}</span>
  </label>`;
}

/** Told, never decided beforehand: the mark stays what the teacher sees. */
export function covered(view: View, row: RegisterRow): Shown {
  if (!row.covered) return nothing;
  const { category, to } = row.covered;
  const word = view.t.word(`category.${category}`) ?? category;
  return html`<span class="pill pill-excused">
    ${shape("excused")} ${view.t("register.covered", { category: word, to: view.format.day(to) })}
  </span>`;
}

function offRoster(view: View, row: RegisterRow): Shown {
  return row.on_roster ? nothing : html`<span class="pill">${view.t("register.off_roster")}</span>`;
}

function unfoldButton(view: View, row: RegisterRow, unfolded: boolean): TemplateResult {
  const toggle = (): void => {
    const next = new Set(view.local.unfolded);
    if (!next.delete(row.student_id)) next.add(row.student_id);
    view.change({ unfolded: next });
  };
  const label = view.t("register.more_about", { name: row.name });
  return html`<button
    type="button"
    class="button button-plain row-unfold"
    data-unfold
    title=${label}
    aria-label=${label}
    aria-expanded=${unfolded}
    @click=${toggle}
  >
    ${noteIcon}
  </button>`;
}

function warnings(view: View, row: RegisterRow): Shown {
  const { t, format, state } = view;
  if (!row.problem && !row.conflict) return nothing;
  return html`${row.problem
    ? html`<p class="banner banner-bad text-sm">${problemWords(t, row.problem)} <a class="underline" href="#/sync">${t("register.decide")}</a></p>`
    : nothing}
  ${row.conflict
    ? html`<p class="banner banner-warn text-sm">
        ${t("register.conflict", {
          by: row.conflict.other_by,
          status: statusWord(t, row.conflict.other_status),
          at: format.moment(row.conflict.other_at, state.today),
        })}
      </p>`
    : nothing}`;
}
