/** What the office's screens know beside the address and the store. Gone when the person is, or the page. */
import type { DateText, InstantText, Problem, RegisterKey } from "../../../model.ts";
import type { ExcuseText } from "../../../core/office_command.ts";
import type { Order } from "../../../office/model.ts";
import { Readings } from "../../../office/readings.ts";
import type { OfficeEntry } from "../../../office/register.ts";
import type { ChosenFile, EndDates } from "../../../office/roster_import.ts";
import type { SignedReply } from "../../../sync/sign_in.ts";
import type { View } from "../../view.ts";
import type { HistoryCheck } from "./audit/verify.ts";

/** A question that is open. */
export type Question =
  | { readonly about: "reject" | "revoke"; readonly exception_id: string; readonly student_id: string }
  | { readonly about: "amend"; readonly exception_id: string; readonly student_id: string; readonly text: ExcuseText }
  | { readonly about: "correct"; readonly key: RegisterKey; readonly entry: OfficeEntry }
  | { readonly about: "reopen" | "void" | "restore"; readonly key: RegisterKey; readonly closed_at: InstantText | null }
  | { readonly about: "new_user" }
  | { readonly about: "password"; readonly user_id: string; readonly name: string }
  | { readonly about: "enrol"; readonly class_id: string; readonly student_id: string | null }
  | { readonly about: "contest"; readonly key: RegisterKey; readonly student_id: string; readonly mark_id: string; readonly name: string }
  | { readonly about: "cover"; readonly class_id: string; readonly slots: readonly string[] | null }
  | { readonly about: "end_cover"; readonly class_id: string; readonly teacher_id: string; readonly from: DateText; readonly until: DateText }
  | { readonly about: "merge"; readonly student_id: string; readonly into: string | null }
  | { readonly about: "unmerge"; readonly student_id: string; readonly name: string; readonly into: string }
  | { readonly about: "sign_off"; /** Null: this month so far. */ readonly from: DateText | null; readonly to: DateText | null; readonly class_id: string | null }
  | { readonly about: "withdraw" | "cancel"; readonly class_id: string; readonly student_id: string; readonly from: string };

/** A late child at the desk. */
export interface Arrival {
  readonly student_id: string;
  readonly at: InstantText;
  /** Their number was scanned: it is recorded without a further word. */
  readonly is_scanned: boolean;
}

/** What was done last, in words, with what takes it back. */
export interface Done {
  readonly text: string;
  readonly undo: Order["command"] | null;
}

/** An excuse that is being written. */
export type ExcuseForm = ExcuseText & { readonly student_id: string | null };

/** Days without school: the first, the last, and what they are. */
export interface ClosedDays {
  readonly from: DateText;
  readonly to: DateText;
  readonly title: string;
}

/** For how long taking something back is offered. */
const UNDO_MS = 10_000;
/** What changes without being told of is asked for again so often. */
const OLD_AFTER_MS = 120_000;

export class OfficeDesk {
  readonly readings: Readings;
  question: Question | null = null;
  done: Done | null = null;
  /** Null: nobody has begun. */
  form: ExcuseForm | null = null;
  /** Who stands at the desk; null: nobody. */
  arrival: Arrival | null = null;
  /** Whether a scanned number is recorded without a further word. */
  at_once = true;
  /** What was typed to find a student. */
  typed = "";
  /** A file is being fetched. */
  fetching = false;
  /** A change that needs the network is on its way. */
  sending = false;
  /** Why the last such change was not taken. */
  refused: Problem | null = null;
  /** The days without school as they are being changed; null: as they are. */
  closed: readonly ClosedDays[] | null = null;
  /** The roster's file that was chosen; null: none. */
  roster_file: ChosenFile | null = null;
  /** How the end dates in it are meant: a system writes all its files alike, so this stays from visit to visit. */
  end_dates: EndDates = "exclusive";
  /** The last check of the history; null: none since the page was loaded. */
  check: HistoryCheck | null = null;
  /** Where the slider over the moments of a register was moved to; null: it was not, since the screen was opened. */
  slider: InstantText | null = null;
  private place = "";
  private visits = 0;

  constructor(private view: View) {
    const { office } = view.actions;
    this.readings = new Readings({
      ask: async (request) => {
        const { ask } = await office();
        // Files are read as what stands in them.
        return request.path.startsWith("/exports/") ? written(await ask({ ...request, file: "text/csv" })) : ask(request);
      },
      keptReadings: async () => (await office()).keptReadings(),
      keepReadings: async (readings) => (await office()).keepReadings(readings),
      now: () => new Date().toISOString(),
      changed: () => this.view.change({}),
      later: (wait_ms, work) => void setTimeout(work, wait_ms),
    });
  }

  /** The screen is drawn; one that was just opened reads anew and forgets what was begun elsewhere. */
  shows(view: View, place: string): void {
    this.view = view;
    if (place === this.place) return;
    this.place = place;
    this.visits += 1;
    this.question = null;
    this.form = null;
    this.arrival = null;
    this.typed = "";
    this.refused = null;
    this.closed = null;
    this.slider = null;
    this.roster_file = null;
  }

  /** How old everything is, beside what this device has sent. */
  mark(online: boolean): string {
    return `${this.visits} ${Math.floor(Date.now() / OLD_AFTER_MS)} ${online}`;
  }

  change(part: Partial<Pick<OfficeDesk, "question" | "done" | "form" | "arrival" | "at_once" | "typed" | "fetching" | "sending" | "refused" | "closed" | "roster_file" | "end_dates" | "check" | "slider">>): void {
    Object.assign(this, part);
    this.view.change({});
  }

  /** Tells what was done, for a while with the way back. */
  tell(done: Done): void {
    this.change({ done });
    setTimeout(() => this.done === done && this.change({ done: null }), UNDO_MS);
  }
}

/** The answer with the text of its file. */
async function written(reply: SignedReply): Promise<SignedReply> {
  if (reply.kind !== "ok") return reply;
  const { body } = reply;
  const text = typeof body === "object" && body !== null && "content" in body && body.content instanceof Blob ? await body.content.text() : null;
  return { ...reply, body: text };
}
