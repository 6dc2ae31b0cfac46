/** The truth, asked from the server over HTTP by those who may see everything. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { components } from "../../src/api/query-api.d.ts";
import type { components as CommandApi } from "../../src/api/command-api.d.ts";
import type { Login } from "./muster.ts";

type Schemas = components["schemas"];
export type Roster = Schemas["RosterResponse"];
export type Register = Schemas["SessionResponse"];
export type Event = Schemas["EventItem"];
export type Summary = Schemas["ClassSummaryResponse"];
export type Conflict = Schemas["ConflictItem"];
type SignedIn = CommandApi["schemas"]["SignedIn"];

/** One register, by what people call it. */
export interface RegisterOf {
  readonly class_id: string;
  readonly date: string;
  /** Null: of no part of the day. */
  readonly slot: string | null;
}

/** Somebody signed in without an app. */
export class Visitor {
  private renewing: Promise<void> | null = null;

  private constructor(private readonly origin: string, private readonly login: Login, private signed_in: SignedIn) {}

  /** Signs in. */
  static async signIn(origin: string, login: Login): Promise<Visitor> {
    return new Visitor(origin, login, await signedIn(origin, login));
  }

  get token(): string {
    return this.signed_in.access_token;
  }

  get user(): SignedIn["user"] {
    return this.signed_in.user;
  }

  /** Asks for something that has to be there. */
  async get<T>(path: string): Promise<T> {
    const response = await this.ask(path);
    const text = await response.text();
    assert.equal(response.status, 200, `${path}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Sends one command of this person's own, as of `now`; it has to be accepted. */
  async tell(command: Readonly<Record<string, unknown>>, now: string): Promise<void> {
    const response = await this.ask("/commands", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ device_id: randomUUID(), sent_at: now, clock: null, commands: [{ command_id: randomUUID(), occurred_at: now, ...command }] }),
    });
    const { results } = (await response.json()) as CommandApi["schemas"]["BatchAnswer"];
    assert.deepEqual(results.map(({ outcome }) => outcome), ["accepted"], JSON.stringify(results));
  }

  roster(): Promise<Roster> {
    return this.get("/roster");
  }

  /** A token is good for a quarter of an hour; all tests together may take longer. */
  private async ask(path: string, init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {}): Promise<Response> {
    const send = (token: string): Promise<Response> =>
      fetch(`${this.origin}/api/v1${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
    const { token } = this;
    const response = await send(token);
    if (response.status !== 401) return response;
    if (token === this.token) await this.renew();
    return send(this.token);
  }

  /** Signs in anew, once for all who wait. */
  private renew(): Promise<void> {
    this.renewing ??= signedIn(this.origin, this.login)
      .then((signed_in) => void (this.signed_in = signed_in))
      .finally(() => (this.renewing = null));
    return this.renewing;
  }
}

async function signedIn(origin: string, login: Login): Promise<SignedIn> {
  const response = await fetch(`${origin}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(login),
  });
  assert.equal(response.status, 200, `${login.username} signs in`);
  return (await response.json()) as SignedIn;
}

/** The school's office and its auditor. */
export class Office {
  constructor(private readonly admin: Visitor, private readonly auditor: Visitor) {}

  /** The register with everybody in it; fails while the server knows none. */
  async register({ class_id, date, slot }: RegisterOf): Promise<Register> {
    const { items } = await this.admin.get<Schemas["Page_SessionItem"]>(`/sessions?class_id=${class_id}&date=${date}`);
    const found = items.find((item) => (item.slot ?? null) === slot);
    assert.ok(found, `a register of ${slot ?? "the day"} on ${date}`);
    return this.admin.get(`/sessions/${found.id}`);
  }

  /** What the register says of a student; null: not marked. */
  async markOf(of: RegisterOf, student_id: string): Promise<Register["students"][number]["mark"]> {
    const { students } = await this.register(of);
    const found = students.find((student) => student.student_id === student_id);
    assert.ok(found, "the student is in the register");
    return found.mark ?? null;
  }

  /** What the office has on its list of a student in a register, as two people said different things. */
  async conflicts({ class_id, date }: RegisterOf, student_id: string): Promise<readonly Conflict[]> {
    const { items } = await this.admin.get<Schemas["Page_ConflictItem"]>(`/reports/conflicts?from=${date}&to=${date}&limit=500`);
    return items.filter((item) => item.class_id === class_id && item.student_id === student_id);
  }

  /** Gives a class one teacher more, from a day on. */
  assign(teacher_id: string, { class_id, date }: RegisterOf, now: string): Promise<void> {
    return this.admin.tell({ type: "AssignTeacher", teacher_id, class_id, from: date }, now);
  }

  /** Decides what a student was. */
  correct({ class_id, date, slot }: RegisterOf, student_id: string, status: string, now: string): Promise<void> {
    const session = { class_id, date, slot };
    return this.admin.tell({ type: "CorrectAttendance", session, student_id, status, reason: "as the gate noted it" }, now);
  }

  /** The class on a day, as the office's report counts it. */
  summary(class_id: string, date: string): Promise<Summary> {
    return this.admin.get(`/reports/class-summary?class_id=${class_id}&date=${date}`);
  }

  /** What is known of a student on a day. */
  rate(student_id: string, date: string): Promise<Schemas["StudentRateResponse"]> {
    return this.admin.get(`/reports/student-rate?student_id=${student_id}&from=${date}&to=${date}`);
  }

  /** The records of a class on a day. */
  async records(class_id: string, date: string): Promise<Schemas["Page_RecordItem"]["items"]> {
    return (await this.admin.get<Schemas["Page_RecordItem"]>(`/records?class_id=${class_id}&date=${date}&limit=500`)).items;
  }

  /** Everything that ever happened in a register. */
  async events(session_id: string): Promise<readonly Event[]> {
    const page = await this.auditor.get<Schemas["Page_EventItem"]>(`/audit/events?stream=${session_id}&limit=500`);
    assert.equal(page.next_cursor ?? null, null, "all events of a register fit a page");
    return page.items;
  }
}
