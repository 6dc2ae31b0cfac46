/** Handing in work that somebody's device could not send, from the file that its app saved. Only for the office. */
import { html, nothing, type TemplateResult } from "lit-html";
import { registersOf, spanOf } from "../../core/handed_in.ts";
import type { HandedInCommand, HandedInFile, HandInOutcome } from "../../model.ts";
import { empty } from "../parts/empty.ts";
import { problemWords } from "../parts/problem.ts";
import { screen } from "../parts/screen.ts";
import { statusPill } from "../parts/statuses.ts";
import type { HandIn, Shown, View } from "../view.ts";

const EMPTY: HandIn = { file: null, wrong: null, sending: false, outcomes: new Map(), stopped: null };
/** More than any device holds. */
const LARGEST_FILE_BYTES = 16 * 1024 * 1024;
/** In the order in which they are worth reading. */
const OUTCOMES = ["rejected", "retry", "accepted", "duplicate"] as const;

/** The screen. */
export function handInScreen(view: View): TemplateResult {
  const { t, state, local } = view;
  const body = state.person?.role === "admin"
    ? html`<p class="text-soft">${t("hand_in.about")}</p>
        ${chooser(view)} ${local.hand_in?.file ? preview(view, local.hand_in, local.hand_in.file) : nothing}`
    : empty(t("hand_in.office"), t("hand_in.office.how"));
  return screen(view, { title: t("nav.hand_in"), subtitle: state.school_name ?? "", back: true, body });
}

function chooser(view: View): TemplateResult {
  const { t, local } = view;
  const choose = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const [chosen] = input.files ?? [];
    if (!chosen) return;
    const file = chosen.size > LARGEST_FILE_BYTES ? null : await view.actions.readUnsentFile(await chosen.text());
    const wrong = file === null ? "hand_in.not_a_file" : file.school_id !== view.state.person?.school_id ? "hand_in.other_school" : null;
    view.change({ hand_in: { ...EMPTY, file: wrong === null ? file : null, wrong } });
  };
  return html`<section class="card" aria-label=${t("hand_in.choose")}>
    <label class="grid gap-1">
      <span class="font-semibold">${t("hand_in.choose")}</span>
      <input class="field" type="file" accept="application/json,.json" ?disabled=${local.hand_in?.sending} @change=${(event: Event) => view.run(choose(event))} />
    </label>
    ${local.hand_in?.wrong ? html`<p class="banner banner-bad" role="alert">${t(local.hand_in.wrong)}</p>` : nothing}
  </section>`;
}

function preview(view: View, state: HandIn, file: HandedInFile): TemplateResult {
  const { t, format } = view;
  const span = spanOf(file);
  const at = (instant: string): string => format.moment(instant, view.state.today);
  const open = file.commands.filter(({ command_id }) => isOpen(state, command_id)).length;
  return html`<section class="card" aria-labelledby="whose">
      <h2 id="whose"><bdi>${file.actor.name}</bdi></h2>
      <p class="numbers">
        ${t("hand_in.count", { count: file.commands.length })}
        ${span ? t("hand_in.span", { from: at(span.from), to: at(span.to) }) : nothing} ${t("hand_in.saved_at", { at: at(file.exported_at) })}
      </p>
      <ul class="grid gap-1">
        ${registersOf(file).map(({ class_title, date, count }) => html`<li class="numbers">
          <bdi class="font-semibold">${class_title ?? t("hand_in.unknown_class")}</bdi>
          ${date ? format.day(date) : nothing} · ${t("hand_in.count", { count })}
        </li>`)}
      </ul>
      ${open > 0
        ? html`<p>${t("hand_in.what", { name: file.actor.name })}</p>
            <button type="button" class="button button-main" ?disabled=${state.sending} @click=${() => view.run(send(view, file))}>
              ${state.sending ? t("sync.reason.sending") : t("hand_in.send", { count: open })}
            </button>`
        : html`<p class="banner banner-calm" role="status">${t("hand_in.done")}</p>`}
      ${state.stopped ? html`<p class="banner banner-bad" role="alert">${problemWords(t, state.stopped)} ${t("hand_in.again")}</p>` : nothing}
    </section>
    ${outcomes(view, state, file)}`;
}

/** Not answered, or answered as undecided. */
function isOpen({ outcomes }: HandIn, command_id: string): boolean {
  const outcome = outcomes.get(command_id);
  return outcome === undefined || outcome.outcome === "retry";
}

async function send(view: View, file: HandedInFile): Promise<void> {
  let state: HandIn = { ...(view.local.hand_in ?? EMPTY), sending: true, stopped: null };
  const before = state;
  const show = (change: Partial<HandIn>): void => {
    state = { ...state, ...change };
    view.change({ hand_in: state });
  };
  show({});
  try {
    const stopped = await view.actions.handIn(file, (id) => isOpen(before, id), (told) =>
      show({ outcomes: new Map([...state.outcomes, ...told.map((one) => [one.command_id, one] as const)]) }));
    show({ sending: false, stopped });
  } catch (error) {
    show({ sending: false });
    throw error;
  }
}

function outcomes(view: View, state: HandIn, file: HandedInFile): Shown {
  const { t } = view;
  if (state.outcomes.size === 0) return nothing;
  return html`${OUTCOMES.map((outcome) => {
    const commands = file.commands.filter(({ command_id }) => state.outcomes.get(command_id)?.outcome === outcome);
    if (commands.length === 0) return nothing;
    const id = `outcome-${outcome}`;
    return html`<section aria-labelledby=${id}>
      <h2 id=${id}>${t(`hand_in.outcome.${outcome}`)} <span class="numbers">(${view.format.number(commands.length)})</span></h2>
      <ul class="card divide-y divide-line">
        ${commands.map((command) => html`<li class="history-line p-3">${line(view, command, state.outcomes.get(command.command_id))}</li>`)}
      </ul>
    </section>`;
  })}`;
}

function line(view: View, command: HandedInCommand, outcome: HandInOutcome | undefined): TemplateResult {
  const { t, format, state } = view;
  const { status, type } = command;
  const known = status === "present" || status === "absent" || status === "late" || status === "excused" ? status : null;
  return html`<bdi class="font-semibold">${command.student_name ?? ""}</bdi>
    ${known ? statusPill(t, known) : (t.word(`command.${type}`) ?? type)}
    <span class="block text-sm text-soft numbers">
      <bdi>${command.class_title ?? ""}</bdi> ${command.date ? format.day(command.date) : nothing} ${t("at", { at: format.moment(command.occurred_at, state.today) })}
    </span>
    ${outcome?.problem ? html`<p class="banner banner-bad">${problemWords(t, outcome.problem)}</p>` : nothing}`;
}
