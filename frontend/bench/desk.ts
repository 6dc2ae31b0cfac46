/** The school that is measured with, and a phone at one of its registers. */

import { bringIn } from "../tests/system/made_school.ts";
import { Visitor, type RegisterOf, type Roster } from "../tests/system/office.ts";
import { Phone } from "../tests/system/phone.ts";
import { school, type School } from "../tests/system/school.ts";
import type { Login } from "../tests/system/muster.ts";

/** How often everything is measured. */
export const SAMPLES = Number(process.env["MUSTER_BENCH_SAMPLES"] ?? 100);

const MADE = { code: "BENCH", password: "bench of the morning", classes: [40, 100, 300] };

/** A class and its teacher. */
export interface Desk {
  readonly login: Login;
  readonly person_id: string;
  readonly title: string;
  readonly students: Roster["classes"][number]["students"];
  readonly register: RegisterOf;
}

export interface Desks {
  readonly school: School;
  readonly of_40: Desk;
  readonly of_100: Desk;
  readonly of_300: Desk;
}

/** Makes the classes. */
export async function openDesks(): Promise<Desks> {
  const opened = await school();
  await bringIn(opened.muster, MADE);
  const desk = async (teacher: number): Promise<Desk> => {
    const login = { school_code: MADE.code, username: `teacher${teacher}`, password: MADE.password };
    const visitor = await Visitor.signIn(opened.muster.origin, login);
    const [own] = (await visitor.roster()).classes;
    if (own === undefined) throw new Error("no class");
    const date = new Date(opened.muster.now_ms()).toISOString().slice(0, 10);
    const register = { class_id: own.id, date, slot: "am" };
    return { login, person_id: visitor.user.id, title: own.title, students: own.students, register };
  };
  return { school: opened, of_40: await desk(0), of_100: await desk(1), of_300: await desk(2) };
}

/** A phone with the desk's register open and everything received. */
export async function phoneAt({ school: opened }: Desks, desk: Desk): Promise<Phone> {
  const phone = await Phone.open(opened, { bypass_policy: true });
  phone.expectFailedRequests();
  await phone.signIn(desk.login);
  await phone.openRegister(desk.register);
  await phone.row(desk.students[0]?.id ?? "").waitFor();
  await phone.worksOffline();
  return phone;
}
