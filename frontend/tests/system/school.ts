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
  /** Two teachers whom nobody else gets, with one register between them. */
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
  // Once every class has its morning's register taken, the afternoon's are left.
  const places = [0, 1].flatMap((slot) => names.map((username) => ({ username, slot })));
  const registers_taken = new Set<string>();
  const office = new Office(admin, auditor);
  const take = (): Promise<Teacher> => takeTeacher(muster, logins.admin.school_code, places, registers_taken);
  return {
    muster,
    office,
    logins,
    browser,
    token_run_out,
    takeTeacher: take,
    takeColleagues: async () => {
      const [one, other] = [await take(), await take()];
      await office.assign(other.id, one.register, new Date(muster.now_ms()).toISOString());
      const { class_title, students, register } = one;
      return [one, { ...other, class_title, students, register }];
    },
  };
}

/** Whose register of the day it is, and which: the first slot's is 0. */
interface Place {
  readonly username: string;
  readonly slot: number;
}

/** Teachers get a password the way the office gives it, while the server runs. Some share a class: one of them is enough. */
async function takeTeacher(muster: Muster, school_code: string, places: Place[], registers_taken: Set<string>): Promise<Teacher> {
  for (;;) {
    const place = places.shift();
    assert.ok(place, "a register is left");
    const { username } = place;
    const login: Login = { school_code, username, password: `muster ${username}` };
    await muster.tool(["user", "reset-password", "--school", school_code, "--username", username], `${login.password}\n`);
    const teacher = await teacherOf(muster, login, place.slot);
    if (teacher === null) continue;
    const register = `${teacher.register.class_id} ${teacher.register.slot}`;
    if (registers_taken.has(register)) continue;
    registers_taken.add(register);
    return teacher;
  }
}

/** The teacher of a login; null if there is no class to work with. */
async function teacherOf(muster: Muster, login: Login, slot_of_day: number): Promise<Teacher | null> {
  const visitor = await Visitor.signIn(muster.origin, login);
  const { classes, slots } = await visitor.roster();
  const own = classes.find(({ students }) => students.length >= LEAST_STUDENTS);
  const slot = slots[slot_of_day]?.id;
  if (own === undefined || slot === undefined) return null;
  const date = new Date(muster.now_ms()).toISOString().slice(0, 10);
  return {
    ...login,
    id: visitor.user.id,
    name: visitor.user.name,
    class_title: own.title,
    students: own.students,
    register: { class_id: own.id, date, slot },
  };
}
