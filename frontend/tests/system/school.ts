/** The one school that all these tests work in: started by the first that asks, ended after the last. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { chromium, type Browser } from "playwright-core";
import { Muster, type Login } from "./muster.ts";
import { Office, Visitor, type RegisterOf, type Roster } from "./office.ts";

/** How Chromium is started: alone, and without asking anybody anything. */
export const CHROMIUM = {
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
};
/** Fewer students make no class to test with. */
const LEAST_STUDENTS = 10;

/** A teacher that no other test uses, with their class. */
export interface Teacher extends Login {
  readonly id: string;
  readonly name: string;
  readonly class_title: string;
  readonly students: Roster["classes"][number]["students"];
  /** The register of the class this morning. */
  readonly register: RegisterOf;
  /** Whether the calendar expects it, so that it has a card before anybody has begun it. */
  readonly is_expected: boolean;
}

/** The school. */
export interface School {
  readonly muster: Muster;
  readonly office: Office;
  readonly logins: ReturnType<Muster["logins"]>;
  readonly browser: Browser;
  /** A token of the printed teacher's that has run out. */
  readonly token_run_out: string;
  /** A teacher whom nobody else gets. */
  takeTeacher(): Promise<Teacher>;
  /** A teacher whom nobody else gets, and a colleague who helps with their register. */
  takeColleagues(): Promise<readonly [Teacher, Teacher]>;
}

let opened: Promise<School> | null = null;
const to_end: (() => Promise<void>)[] = [];

/** The school, opened if it is not. */
export function school(): Promise<School> {
  return (opened ??= open());
}

/** Does something after the last test, what was asked for last first. */
export function atTheEnd(work: () => Promise<void>): void {
  to_end.push(work);
}

after(async () => {
  const failures: unknown[] = [];
  for (const end of to_end.reverse()) await end().catch((error: unknown) => failures.push(error));
  assert.deepEqual(failures, []);
});

async function open(): Promise<School> {
  const muster = await Muster.demo();
  atTheEnd(() => muster.remove());
  const logins = muster.logins();
  // Made now, by the clock before the morning that the tests live in: for them it ran out hours ago.
  const { token: token_run_out } = await Visitor.signIn(muster.origin, logins.teacher);
  await muster.stop();
  muster.turnToNextSchoolMorning();
  await muster.start();
  const browser = await chromium.launch(CHROMIUM);
  atTheEnd(() => browser.close());
  const [admin, auditor] = await Promise.all([Visitor.signIn(muster.origin, logins.admin), Visitor.signIn(muster.origin, logins.auditor)]);
  const listed = await muster.tool(["user", "list", "--school", logins.admin.school_code]);
  const names = [...listed.matchAll(/^(\S+)\s+teacher\s/gm)].map(([, name]) => String(name)).filter((name) => name !== logins.teacher.username);
  // Once every class has its morning's register taken, the afternoon's are left, then those of no part of the day.
  const places = [0, 1, null].flatMap((slot) => names.map((username) => ({ username, slot })));
  const registers_taken = new Set<string>();
  // From the other end, and each at most once: who comes to help takes no register from anybody.
  const colleagues = names.toReversed();
  const office = new Office(admin, auditor);
  const takeTeacher = (): Promise<Teacher> => nextTeacher(muster, logins.admin.school_code, places, registers_taken);
  return {
    muster,
    office,
    logins,
    browser,
    token_run_out,
    takeTeacher,
    takeColleagues: async () => {
      const one = await takeTeacher();
      const username = colleagues.splice(colleagues.findIndex((name) => name !== one.username), 1)[0];
      assert.ok(username, "a colleague is left");
      const [login, { user }] = await letIn(muster, logins.admin.school_code, username);
      await office.assign(user.id, one.register, new Date(muster.now_ms()).toISOString());
      const { class_title, students, register, is_expected } = one;
      return [one, { ...login, id: user.id, name: user.name, class_title, students, register, is_expected }];
    },
  };
}

/** Whose register of the day it is, and which: the first slot's is 0, null's has none. */
interface Place {
  readonly username: string;
  readonly slot: number | null;
}

/** The next teacher with a register that nobody has. */
async function nextTeacher(muster: Muster, school_code: string, places: Place[], registers_taken: Set<string>): Promise<Teacher> {
  for (;;) {
    const place = places.shift();
    assert.ok(place, "a register is left");
    const [login, visitor] = await letIn(muster, school_code, place.username);
    const { classes, slots } = await visitor.roster();
    const slot = place.slot === null ? null : slots[place.slot]?.id;
    if (slot === undefined) continue;
    const nameOf = (class_id: string): string => `${class_id} ${slot}`;
    // Some share a class, and some came to help in one.
    const own = classes.find(({ id, students }) => students.length >= LEAST_STUDENTS && !registers_taken.has(nameOf(id)));
    if (own === undefined) continue;
    registers_taken.add(nameOf(own.id));
    const date = new Date(muster.now_ms()).toISOString().slice(0, 10);
    const { id, name } = visitor.user;
    const is_expected = slot !== null && (own.expected?.findLast(({ from }) => from <= date)?.slots.includes(slot) ?? true);
    return { ...login, id, name, class_title: own.title, students: own.students, register: { class_id: own.id, date, slot }, is_expected };
  }
}

/** Gives somebody a password the way the office does, while the server runs, and signs them in with it. */
async function letIn(muster: Muster, school_code: string, username: string): Promise<readonly [Login, Visitor]> {
  const login: Login = { school_code, username, password: `muster ${username}` };
  await muster.tool(["user", "reset-password", "--school", school_code, "--username", username], `${login.password}\n`);
  return [login, await Visitor.signIn(muster.origin, login)];
}
