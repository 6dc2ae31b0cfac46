/** From what the store knows to what the screens see. Pure. */

import type { RegisterView, State, SyncView, TodayCard } from "../model.ts";
import { likelyOffset, type Moment } from "../core/clock.ts";
import { unreflectedRows, type Desk } from "../core/desk.ts";
import { registerView } from "../core/register_view.ts";
import { schoolDay } from "../core/school_day.ts";
import { historyLines, syncView } from "../core/sync_view.ts";
import { dayView, todayCards } from "../core/today.ts";
import type { UiState } from "./ui_state.ts";

const NO_SYNC: SyncView = {
  status: { kind: "idle" },
  unsent: 0,
  attention: [],
  groups: [],
  conflicts: [],
  uncounted: [],
  closed: 0,
  last_heard_at: null,
  clock_wrong_by_ms: null,
};

/**
 * The state. What belongs to a screen that is not shown is taken from `before`, so that a tap in the register does not
 * pay for the cards of Today.
 */
export function derive(ui: UiState, desk: Desk | null, now: Moment, before: State | null): State {
  const roster = desk?.roster?.roster ?? null;
  const offset_ms = likelyOffset(desk?.ledger.sample ?? null, now);
  const now_ms = now.wall_ms + offset_ms;
  const today = roster === null ? null : schoolDay(now_ms, roster.school.time_zone);
  return {
    phase: ui.phase,
    lock: ui.lock,
    sealed: ui.sealed,
    person: desk?.person ?? null,
    school_name: roster?.school.name ?? null,
    school_code: ui.school_code,
    time_zone: roster?.school.time_zone ?? null,
    route: ui.route,
    settings: ui.settings,
    online: ui.online,
    today,
    office: desk === null || desk.person.role === "teacher" ? null : office(ui, desk, before?.office),
    ...(desk === null ? { cards: [], day: null, register: null, history: [], sync: NO_SYNC } : screens(ui, desk, { now_ms, offset_ms }, today, before)),
    storage: ui.storage,
    sign_in_problem: ui.sign_in_problem,
    signing_in: ui.signing_in,
    notice: ui.notice,
  };
}

/** The cards beside an open register say of it what it says itself. */
function withOpen(cards: readonly TodayCard[], register: RegisterView | null): readonly TodayCard[] {
  if (register === null) return cards;
  const { session_id, counts, unsent, status } = register;
  return cards.map((card) => {
    if (card.session_id !== session_id) return card;
    const state = register.void ? "void" : status === "not_taken" ? card.state : status;
    return { ...card, counts, unsent, state };
  });
}

/** The roster of before as long as it says the same, for comparing two is slow. */
function office({ sending }: UiState, { roster, rows, ledger }: Desk, before: State["office"] | undefined): State["office"] {
  const roster_at = roster?.fetched_at ?? null;
  return {
    roster: before?.roster_at === roster_at ? before.roster : roster?.roster ?? null,
    roster_at,
    rows: [...rows.values()],
    sending: [...sending],
    answers: ledger.answers,
    heard: ledger.read_to ?? "",
  };
}

type Screens = Pick<State, "cards" | "day" | "register" | "history" | "sync">;

function screens(ui: UiState, desk: Desk, { now_ms, offset_ms }: { readonly now_ms: number; readonly offset_ms: number }, today: string | null, before: State | null): Screens {
  const { route, sending } = ui;
  const input = { desk, rows_by_session: unreflectedRows(desk), sending, now_ms };
  const date = route.name === "today" ? route.date ?? today : null;
  const register = route.name === "register" ? registerView(input, route.key, ui.undo) : null;
  return {
    cards: date !== null && today !== null ? todayCards(input, date, today) : withOpen(before?.cards ?? [], register),
    day: date === null ? null : dayView(desk, date),
    register,
    history: route.name === "history" ? historyLines(desk, sending) : before?.history ?? [],
    sync: syncView(desk, sending.size > 0 ? { kind: "sending" } : ui.status, sending, offset_ms, route.name === "sync" ? undefined : before?.sync.groups ?? []),
  };
}
