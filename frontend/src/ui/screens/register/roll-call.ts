/**
 * Roll call: one student at a time in large type, for the youngest classes and for calling names aloud. The same marks by
 * the same actions as in the list; a swipe or the arrows step on and back without marking.
 */
import { html, nothing, type TemplateResult } from "lit-html";
import type { RegisterRow, RegisterView } from "../../../model.ts";
import { keyHint } from "../../keys.ts";
import { backIcon, onIcon } from "../../parts/icons.ts";
import { problemWords } from "../../parts/problem.ts";
import { savedSign } from "../../parts/saved.ts";
import { shape, STATUSES, statusPill, statusWord } from "../../parts/statuses.ts";
import type { Shown, View } from "../../view.ts";
import { lateStepper } from "./late.ts";
import { clear, close, markRollCall, stepRollCall, takesMarks } from "./marking.ts";
import { covered } from "./row.ts";

/** How far a finger has to go, in pixels, and how much straighter sideways than down, to step. */
const SWIPE_PX = 60;
const SWIPE_SLOPE = 2;

/** The student whose turn it is, or the end of the list. */
export function rollCall(view: View): Shown {
  const { register } = view.state;
  if (!register || view.local.roll_call === null) return nothing;
  const { rows } = register;
  const at = Math.min(view.local.roll_call, rows.length);
  const row = rows[at];
  const step = (by: 1 | -1) => (): void => stepRollCall(view, register, by);
  return html`<div class="roll-call" @pointerdown=${swipe(step(-1), step(1))}>
    <p class="numbers text-soft" role="status">
      ${row ? view.t("roll_call.at", { number: view.format.number(at + 1), count: rows.length }) : view.t("roll_call.end")}
    </p>
    ${row ? student(view, register, row) : end(view, register)}
    <div class="flex justify-between gap-2">
      <button type="button" class="button" ?disabled=${at === 0} @click=${step(-1)}>${backIcon} ${view.t("roll_call.back")}</button>
      <button type="button" class="button" ?disabled=${at === rows.length} @click=${step(1)}>${view.t("roll_call.skip")} ${onIcon}</button>
    </div>
    <button type="button" class="button button-plain" @click=${() => view.change({ roll_call: null })}>${view.t("roll_call.list")}</button>
  </div>`;
}

function student(view: View, register: RegisterView, row: RegisterRow): TemplateResult {
  const { t } = view;
  const open = takesMarks(register);
  return html`<div class="grid gap-3 roll-call-student" data-student=${row.student_id}>
    <p class="numbers text-soft">${row.admission_number ?? ""}</p>
    <h2 class="roll-call-name" aria-live="polite"><bdi>${row.name}</bdi></h2>
    <p class="flex flex-wrap items-center gap-2">
      ${statusPill(t, row.status)} ${row.saved ? savedSign(t, row.saved) : nothing} ${covered(view, row)}
    </p>
    ${row.problem ? html`<p class="banner banner-bad">${problemWords(t, row.problem)}</p>` : nothing}
    <div class="roll-call-choices" role="group" aria-label=${row.name}>
      ${STATUSES.map((status) => html`<button
        type="button"
        class="button roll-call-choice ${row.status === status ? `choice-now-${status}` : ""}"
        aria-pressed=${row.status === status}
        ?disabled=${!open}
        @click=${() => markRollCall(view, register, row, status)}
      >${shape(status)} ${statusWord(t, status)}</button>`)}
    </div>
    ${row.status === "late" ? lateStepper(view, row, open) : nothing}
    ${row.status !== "unmarked" && open
      ? html`<button type="button" class="button button-plain" @click=${() => clear(view, row)}>${t("register.clear")}</button>`
      : nothing}
  </div>`;
}

function end(view: View, register: RegisterView): TemplateResult {
  const { t } = view;
  const { counts } = register;
  const first = register.rows.findIndex((row) => row.status === "unmarked");
  return html`<div class="grid gap-3">
    <h2 class="roll-call-name">${t("register.progress", { marked: counts.marked, count: counts.roster })}</h2>
    ${first < 0
      ? nothing
      : html`<button type="button" class="button" @click=${() => view.change({ roll_call: first })}>${t("roll_call.unmarked", { count: counts.unmarked })}</button>`}
    ${takesMarks(register)
      ? html`<button type="button" class="button button-main" title=${keyHint(view, "close")} @click=${() => close(view, register)}>${t("register.close")}</button>`
      : nothing}
  </div>`;
}

/** A swipe that begins and ends on one button is no press of it. */
function swallowClick(): void {
  const swallow = (event: Event): void => event.stopPropagation();
  addEventListener("click", swallow, { capture: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}

/** A finger or pointer that goes sideways: along the line of reading to the next, against it back. */
function swipe(back: () => void, next: () => void): (event: PointerEvent) => void {
  return (down) => {
    const lift = (up: PointerEvent): void => {
      if (up.pointerId !== down.pointerId) return;
      stop();
      const [dx, dy] = [up.clientX - down.clientX, up.clientY - down.clientY];
      if (Math.abs(dx) < SWIPE_PX || Math.abs(dx) < SWIPE_SLOPE * Math.abs(dy)) return;
      swallowClick();
      // The page moves with the finger: what is drawn away makes room for what follows it.
      const goes_on = document.documentElement.dir === "rtl" ? dx > 0 : dx < 0;
      if (goes_on) next();
      else back();
    };
    const stop = (): void => {
      removeEventListener("pointerup", lift);
      removeEventListener("pointercancel", stop);
    };
    addEventListener("pointerup", lift);
    addEventListener("pointercancel", stop);
  };
}
