/** A school for these tests: small classes, one for each lane, on a real server whose clock runs fast. */

import type { SignedIn } from "../../src/storage/schema.ts";
import { eventually } from "../system/eventually.ts";
import { bringIn } from "../system/made_school.ts";
import { Muster, type Login } from "../system/muster.ts";
import { Office, Visitor } from "../system/office.ts";
import type { Jar } from "./device.ts";
import { Network } from "./network.ts";
import { FastClock, RATE } from "./time.ts";

const CODE = "CHAOS";
const STUDENTS_OF_A_CLASS = 4;
/** Real milliseconds after which the office signs in anew; its token runs out after fifteen of the server's minutes. */
const SIGNED_IN_MS = (10 * 60_000) / RATE;
/** Real milliseconds: while everybody else signs in too, the office waits its turn, and an account is let in only so often. */
const OFFICE_WITHIN_MS = 60_000;
const OFFICE_AGAIN_MS = 3_000;
const PASSWORD = "chaos of the morning";

/** A class and its teacher with two devices, used by one schedule at a time. */
export interface Lane {
  readonly login: Login;
  readonly record: SignedIn;
  readonly class_id: string;
  readonly date: string;
  readonly students: readonly string[];
  readonly devices: readonly { readonly network: Network; readonly jar: Jar }[];
}

export class ChaosSchool {
  readonly lanes: Lane[] = [];
  private office_now: { office: Promise<Office>; until: number } | null = null;

  private constructor(private readonly muster: Muster, readonly clock: FastClock) {}

  /** Makes the school with a class for each lane. */
  static async open(lanes: number): Promise<ChaosSchool> {
    const muster = await Muster.demo();
    try {
      await bringIn(muster, { code: CODE, password: PASSWORD, classes: Array.from({ length: lanes }, () => STUDENTS_OF_A_CLASS) });
      await muster.stop();
      muster.turnToNextSchoolMorning();
      await muster.start(RATE);
      const { now } = (await (await fetch(`${muster.origin}/api/v1/time`)).json()) as { now: string };
      const school = new ChaosSchool(muster, new FastClock(Date.parse(now)));
      await school.office();
      for (let lane = 0; lane < lanes; lane++) school.lanes.push(await school.lane(`teacher${lane}`));
      return school;
    } catch (error) {
      await muster.remove();
      throw error;
    }
  }

  /** Those who may see everything, signed in. */
  office(): Promise<Office> {
    if (this.office_now === null || performance.now() > this.office_now.until) {
      this.office_now = { office: eventually(() => this.signInOffice(), OFFICE_WITHIN_MS, OFFICE_AGAIN_MS), until: performance.now() + SIGNED_IN_MS };
    }
    return this.office_now.office;
  }

  async close(): Promise<void> {
    for (const { network } of this.lanes.flatMap((lane) => lane.devices)) network.close();
    await this.muster.remove();
  }

  private async signInOffice(): Promise<Office> {
    const [admin, auditor] = await Promise.all(["office", "auditor"].map((name) => Visitor.signIn(this.muster.origin, loginOf(name))));
    if (admin === undefined || auditor === undefined) throw new Error("nobody is in the office");
    return new Office(admin, auditor);
  }

  private async lane(username: string): Promise<Lane> {
    const login = loginOf(username);
    const visitor = await Visitor.signIn(this.muster.origin, login);
    const [own] = (await visitor.roster()).classes;
    if (own === undefined) throw new Error(`${username} has no class`);
    const { id, name, school_id } = visitor.user;
    return {
      login,
      record: { person: { id, name, school_id, role: "teacher" }, school_code: CODE, shared_device: false },
      class_id: own.id,
      date: new Date(this.clock.now_ms()).toISOString().slice(0, 10),
      students: own.students.map((student) => student.id),
      devices: await Promise.all([0, 1].map(async () => ({ network: await Network.open(this.muster.origin), jar: { cookie: null } }))),
    };
  }
}

function loginOf(username: string): Login {
  return { school_code: CODE, username, password: PASSWORD };
}
