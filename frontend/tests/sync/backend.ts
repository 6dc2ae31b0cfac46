/** A small Muster to test against: the parts of the contract that the app relies on, and the faults that a network has. */

import type { components as CommandApi } from "../../src/api/command-api.d.ts";
import type { components as QueryApi } from "../../src/api/query-api.d.ts";
import { sessionId } from "../../src/core/natural_id.ts";
import { writtenOut } from "../fixtures/written_out.ts";

type Envelope = CommandApi["schemas"]["Envelope"];
type Command = CommandApi["schemas"]["Command"];
type Result = CommandApi["schemas"]["CommandResult"];

/** What can happen to a request. */
export type Fault =
  | "none" | "no_network" | "lost_answer" | "half_an_answer" | "captive_portal" | "portal_without_store"
  | "busy" | "too_many" | "too_large" | "broken" | "expired" | "gone";

export const SCHOOL_ID = "b987390a-ec7e-53f2-b891-f0e9ad84cbb8";
export const CLASS_ID = "21d01924-32d0-57ec-93b8-807238824e08";
export const PASSWORD = "muster-demo";

/** What the backend has accepted: the events, in their order. */
export interface Accepted {
  readonly by: string;
  readonly device_id: string;
  readonly command: Command & { session: { class_id: string; date: string; subject_id?: string | null; slot?: string | null } };
  readonly position: number;
}

export class Backend {
  readonly log: Accepted[] = [];
  readonly envelopes: Envelope[] = [];
  readonly requests: string[] = [];
  epoch = 1;
  refused = new Set<string>();
  undecided = new Set<string>();
  /** How marks in the dense form are taken: read; not known and left out; or answered with this as what is wrong. */
  dense: "read" | "left_out" | 400 | 422 | 500 = "read";
  /** How many groups of marks came in the dense form. */
  dense_groups = 0;
  /** Commands that make the server refuse the whole body. */
  unreadable = new Set<string>();
  /** The time zone of the school. */
  time_zone = "Africa/Nairobi";
  /** For each address asked for, what the last answer had to contain. */
  readonly asked_after = new Map<string, string | null>();
  /** The server's clock. */
  now_ms = Date.parse("2026-11-24T08:00:00Z");
  /** Whose cookie the browser has; null: none, or it has run out. */
  cookie: string | null = null;
  /** Which fault the next request meets. */
  fault: (path: string) => Fault = () => "none";
  /** How many requests are waiting for an answer that never comes. */
  silent = 0;
  /** Calls back after a time, for the time-out that a browser puts on a request. */
  later: (wait_ms: number, work: () => void) => void = () => undefined;
  /** Everybody's. */
  password = PASSWORD;
  /** What is listed as conflicts. */
  conflicts: QueryApi["schemas"]["ConflictItem"][] = [];
  /** Whether there are `/changes` to listen to. */
  tells = false;
  /** Who listens: what they said they had heard last, and what they are told through. */
  readonly listeners: { last_heard: string | null; tell: (text: string) => void; end: () => void; gone: boolean }[] = [];
  private tokens = new Map<string, string>();
  private made = 0;

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const path = String(input).replace("/api/v1", "");
    this.requests.push(`${init.method ?? "GET"} ${path}`);
    const fault = this.fault(path);
    if (fault === "no_network") throw new TypeError("no network");
    if (fault === "captive_portal") return new Response("<html>Sign in to the Wi-Fi</html>", { headers: { "Content-Type": "text/html" } });
    if (fault === "portal_without_store") return Response.json({ results: [] });
    const failed = this.failure(fault);
    if (failed !== null) return failed;
    const answer = await this.answer(path, init);
    if (fault === "lost_answer") throw new TypeError("connection reset");
    if (fault === "gone") return this.silence();
    if (fault !== "half_an_answer") return answer;
    const text = await answer.text();
    return new Response(text.slice(0, Math.floor(text.length / 2)), { status: answer.status, headers: answer.headers });
  };

  /** Goes back to an older backup: the last `lost` events never happened. */
  restore(lost: number): void {
    this.log.splice(Math.max(0, this.log.length - lost));
    this.epoch += 1;
  }

  /** Lets every access token run out. */
  expireTokens(): void {
    this.tokens.clear();
  }

  /** The answer never comes; the browser gives up after half a minute. */
  private silence(): Promise<never> {
    this.silent += 1;
    return new Promise((_resolve, reject) => {
      this.later(30_000, () => {
        this.silent -= 1;
        reject(new DOMException("timed out", "TimeoutError"));
      });
    });
  }

  private failure(fault: Fault): Response | null {
    const wait = { "Retry-After": "2" };
    if (fault === "busy") return this.problem(503, "busy", wait);
    if (fault === "too_many") return this.problem(429, "rate-limited", wait);
    if (fault === "too_large") return this.problem(413, "too-large");
    if (fault === "broken") return this.problem(500, "internal");
    if (fault === "expired") return this.problem(401, "token-expired");
    return null;
  }

  private async answer(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    this.asked_after.set(path, headers.get("Muster-After"));
    if (path === "/time") return this.ok({ now: new Date(this.now_ms).toISOString() });
    if (path === "/auth/login") return this.logIn(JSON.parse(await bodyText(init)));
    if (path === "/auth/logout") {
      this.cookie = null;
      return this.ok(null);
    }
    if (path === "/auth/refresh") return this.cookie === null ? this.problem(401, "token-invalid") : this.signedIn(this.cookie);
    const user = this.tokens.get(headers.get("Authorization")?.replace("Bearer ", "") ?? "");
    if (user === undefined) return this.problem(401, "token-invalid");
    if (path === "/changes" && this.tells) return this.changes(headers, init.signal ?? null);
    if (path === "/commands") return this.commands(user, JSON.parse(await bodyText(init)));
    return this.query(path, headers);
  }

  private query(path: string, headers: Headers): Response {
    if (path === "/roster") {
      if (headers.get("If-None-Match") === '"r1"') return new Response(null, { status: 304, headers: this.headers() });
      return this.ok({ ...ROSTER, school: { ...ROSTER.school, time_zone: this.time_zone } }, { ETag: '"r1"' });
    }
    if (path.startsWith("/reports/conflicts")) return this.ok({ items: this.conflicts, next_cursor: null });
    const after = /changed_after=1-0-([0-9a-f]+)/.exec(path)?.[1];
    if (path.startsWith("/sessions?")) return this.ok({ items: this.sessions(after === undefined ? 0 : Number.parseInt(after, 16)), next_cursor: null });
    return this.problem(404, "not-found");
  }

  private changes(headers: Headers, signal: AbortSignal | null): Response {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const listener = {
          last_heard: headers.get("Last-Event-ID"),
          tell: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
          end: () => controller.close(),
          gone: false,
        };
        this.listeners.push(listener);
        signal?.addEventListener("abort", () => {
          if (!listener.gone) controller.error(signal.reason);
          listener.gone = true;
        });
        listener.tell(`id: 1-0-0\nevent: hello\ndata: {"reason":"started"}\n\n`);
      },
    });
    return new Response(stream, { headers: { ...this.headers(), "Content-Type": "text/event-stream" } });
  }

  private logIn(body: { username: string; password: string }): Response {
    if (body.password !== this.password) return this.problem(401, "login-failed");
    this.cookie = body.username;
    return this.signedIn(body.username);
  }

  private signedIn(user: string): Response {
    const access_token = `token-${++this.made}`;
    this.tokens.set(access_token, user);
    return this.ok({
      access_token, token_type: "Bearer", expires_in: 900,
      user: { id: user, name: user, role: "teacher", school_id: SCHOOL_ID },
    });
  }

  private commands(user: string, sent: Envelope): Response {
    const groups = sent.marks?.length ?? 0;
    this.dense_groups += groups;
    if (groups > 0 && typeof this.dense === "number") return this.problem(this.dense, "malformed");
    const commands = this.dense === "read" ? writtenOut(sent, () => STUDENTS) : sent.commands;
    return this.decide(user, { ...sent, commands });
  }

  private decide(user: string, envelope: Envelope): Response {
    if (envelope.commands.some(({ command_id }) => this.unreadable.has(command_id))) return this.problem(400, "unreadable");
    this.envelopes.push(envelope);
    const results = envelope.commands.map((command, index) => this.judge(envelope.claimed_by ?? user, envelope.device_id, command, index));
    const position = this.log.length === 0 ? null : `1-0-${this.log.length.toString(16)}`;
    return this.ok({ received_at: new Date(this.now_ms).toISOString(), clock_offset_ms: 0, position, results });
  }

  private judge(by: string, device_id: string, command: Command, index: number): Result {
    const { command_id } = command;
    const known = { index, command_id, effect: "current", occurred_at: command.occurred_at };
    if (this.log.some((one) => one.command.command_id === command_id)) return { ...known, outcome: "duplicate" };
    if (this.undecided.has(command_id)) return { index, command_id, outcome: "retry" };
    if (this.refused.has(command_id) || !("session" in command)) {
      const problem = { type: "/problems/not-enrolled", title: "Not on the roster that day", status: 422 };
      return { index, command_id, outcome: "rejected", problem };
    }
    this.log.push({ by, device_id, command: command as Accepted["command"], position: this.log.length + 1 });
    return { ...known, outcome: "accepted" };
  }

  /** Registers that changed after a position; marks only, which is all that these tests make. */
  private sessions(after: number): QueryApi["schemas"]["SessionItem"][] {
    const by_session = new Map<string, Accepted[]>();
    for (const one of this.log) {
      const { class_id, date, subject_id = null, slot = null } = one.command.session;
      const id = sessionId(SCHOOL_ID, { class_id, date, subject_id, slot });
      by_session.set(id, [...(by_session.get(id) ?? []), one]);
    }
    const changed = [...by_session].map(([id, events]) => itemOf(id, events)).filter((item) => Number.parseInt(item.changed_position.slice(4), 16) > after);
    return changed.sort((a, b) => Number.parseInt(a.changed_position.slice(4), 16) - Number.parseInt(b.changed_position.slice(4), 16));
  }

  private ok(body: unknown, headers: Record<string, string> = {}): Response {
    if (body === null) return new Response(null, { status: 204, headers: this.headers() });
    return Response.json(body, { headers: { ...this.headers(), ...headers } });
  }

  private problem(status: number, slug: string, headers: Record<string, string> = {}): Response {
    const text = JSON.stringify({ type: `/problems/${slug}`, title: slug, status });
    return new Response(text, { status, headers: { ...this.headers(), "Content-Type": "application/problem+json", ...headers } });
  }

  private headers(): Record<string, string> {
    return { "Muster-Store": `store.${this.epoch}` };
  }
}

async function bodyText(init: RequestInit): Promise<string> {
  const headers = new Headers(init.headers);
  const body = new Response(init.body ?? null);
  if (headers.get("Content-Encoding") !== "gzip" || body.body === null) return body.text();
  return new Response(body.body.pipeThrough(new DecompressionStream("gzip"))).text();
}

function itemOf(id: string, events: readonly Accepted[]): QueryApi["schemas"]["SessionItem"] {
  const first = events[0]?.command.session;
  const order = [...events].sort((a, b) => (a.command.occurred_at + a.command.command_id < b.command.occurred_at + b.command.command_id ? -1 : 1));
  const marks = new Map<string, QueryApi["schemas"]["SessionMark"]>();
  let closed: Accepted | null = null;
  for (const { by, command } of order) {
    if (command.type === "CloseSession") closed ??= { by, command, device_id: "", position: 0 };
    if (command.type === "ReopenSession") closed = null;
    if ((command.type !== "MarkAttendance" && command.type !== "ClearMark") || closed !== null) continue;
    const { occurred_at, command_id, student_id } = command;
    const status = command.type === "MarkAttendance" ? command.status : "unmarked";
    marks.set(student_id, { student_id, status, effective_status: status, occurred_at, recorded_at: occurred_at, command_id, marked_by: { id: by, name: by } });
  }
  const counts = { roster: 0, marked: 0, unmarked: 0, present: 0, absent: 0, late: 0, excused: 0 };
  return {
    id, class_id: first?.class_id ?? "", date: first?.date ?? "", subject_id: first?.subject_id ?? null, slot: first?.slot ?? null,
    status: closed === null ? "open" : "closed", void: false, counts, opened_at: null,
    closed_at: closed?.command.occurred_at ?? null, closed_by: closed?.by ?? null,
    changed_position: `1-0-${Math.max(...events.map((event) => event.position)).toString(16)}`, marks: [...marks.values()],
  };
}

/** The ids of the students. */
export const STUDENTS = ["0192aaaa-0000-5000-8000-000000000001", "0192aaaa-0000-5000-8000-000000000002", "0192aaaa-0000-5000-8000-000000000003"];

const ROSTER: QueryApi["schemas"]["RosterResponse"] = {
  school: { id: SCHOOL_ID, code: "STAREHE", name: "Starehe Primary School", time_zone: "Africa/Nairobi" },
  terms: [{ id: "t", sourced_id: "t", title: "Term 3", start: "2026-09-01", end: "2026-12-18" }],
  subjects: [],
  slots: [{ id: "am", title: "Morning", start: "08:00", end: "12:30" }],
  policy: { version: 1, edit_days: 14, reopen_minutes: 30 },
  closed_days: [],
  staff: [{ id: "kelvin", name: "Kelvin Ndungu" }],
  classes: [{
    id: CLASS_ID, sourced_id: "c", title: "Form 2 East", subject_id: null, term_ids: ["t"],
    students: STUDENTS.map((id, index) => ({
      id, sourced_id: id, name: ["Achieng Mary", "Barasa Peter", "Chebet Ann"][index] ?? "", admission_number: `A-${index}`,
      from: "2026-09-01", until: null,
      covers: index === 2 ? [{ exception_id: "e", category: "medical", from: "2026-11-23", to: "2026-11-25", slots: null }] : [],
    })),
  }],
};
