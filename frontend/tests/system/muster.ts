/** The real program, on a data directory of its own, on a clock that stands on a school morning. */
import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

const EXECUTABLE = process.env["MUSTER"] ?? join(import.meta.dirname, "../../../target/debug/muster");
/** Making a term of history takes a slow machine a while. */
const FILLED_WITHIN_MS = 180_000;
const READY_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 30_000;
const DAY_MS = 86_400_000;
/** The demo's school is in Nairobi, where a day begins three hours before it does in UTC. */
const AHEAD_OF_UTC_MS = 3 * 3_600_000;

/** Somebody's way in, as the program prints it. */
export interface Login {
  readonly school_code: string;
  readonly username: string;
  readonly password: string;
}

export type PrintedRole = "teacher" | "admin" | "auditor";

/** A running Muster with the demo's school. */
export class Muster {
  private child: ChildProcess | null = null;
  private said = "";
  /** What to add to this machine's clock to get the server's. */
  private shift_ms = 0;
  /** The one the machine gave at the first start, kept from then on: to a browser another would be another app. */
  private port = 0;

  private constructor(private readonly folder: string) {
    process.on("exit", () => this.child?.kill("SIGTERM"));
  }

  /** Fills a new data directory with the demo's school. Its server runs on the machine's clock until it is restarted. */
  static async demo(): Promise<Muster> {
    const folder = mkdtempSync(join(tmpdir(), "muster-system-"));
    // Started as root, PostgreSQL runs as somebody else, who has to get to the data inside.
    chmodSync(folder, 0o711);
    const muster = new Muster(folder);
    try {
      await muster.run(["demo"], {}, FILLED_WITHIN_MS);
    } catch (error) {
      await muster.remove();
      throw error;
    }
    return muster;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What a page's clock has to be ahead of this machine's to agree with the server. */
  get ahead_ms(): number {
    return this.shift_ms;
  }

  /** The logins that the demo printed. */
  logins(): Record<PrintedRole, Login> {
    const login = (role: PrintedRole): Login => {
      const [, school_code, username, password] = new RegExp(`^${role}\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)$`, "m").exec(this.said) ?? [];
      assert.ok(school_code && username && password, `a printed login of the ${role} in: ${this.said}`);
      return { school_code, username, password };
    };
    return { teacher: login("teacher"), admin: login("admin"), auditor: login("auditor") };
  }

  /** Starts it, its clock going on from where this class's clock stands; at another rate that one no longer tells its time. */
  async start(rate = 1): Promise<void> {
    const clock = new Date(this.now_ms()).toISOString();
    await this.run(["up"], { MUSTER_CLOCK: `${clock}@${rate}` }, READY_WITHIN_MS);
  }

  /** Sets the clock on the morning of the next day of school; it counts from the next start. */
  turnToNextSchoolMorning(): void {
    const day = new Date(Date.now() + AHEAD_OF_UTC_MS + DAY_MS);
    while (day.getUTCDay() === 0 || day.getUTCDay() === 6) day.setTime(day.getTime() + DAY_MS);
    day.setUTCHours(6, 0, 0, 0);
    this.shift_ms = day.getTime() - Date.now();
  }

  /** The server's clock. */
  now_ms(): number {
    return Date.now() + this.shift_ms;
  }

  /** Ends the server and its PostgreSQL. */
  async stop(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    const exited = once(child, "exit", { signal: AbortSignal.timeout(ENDED_WITHIN_MS) });
    child.kill("SIGTERM");
    await exited.catch((error: unknown) => {
      child.kill("SIGKILL");
      throw error;
    });
  }

  /** Ends it for good and leaves nothing behind. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Copies the data of a stopped server. */
  backUp(): void {
    // With owners and rights: PostgreSQL insists on its own.
    execFileSync("cp", ["-a", this.data, this.backup]);
  }

  /** Puts the copy in the place of what a stopped server has now. */
  restore(): void {
    rmSync(this.data, { recursive: true });
    renameSync(this.backup, this.data);
  }

  /** Runs another command on the same data, as an administrator would. */
  async tool(command: readonly string[], input = ""): Promise<string> {
    const child = spawn(EXECUTABLE, [...command, "--data-dir", this.data], { stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
    child.stdin.end(input);
    const [code] = (await once(child, "close")) as [number | null];
    assert.equal(code, 0, `muster ${command.join(" ")}: ${said}`);
    return said;
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private get backup(): string {
    return join(this.folder, "backup");
  }

  private async run(command: readonly string[], environment: Record<string, string>, within_ms: number): Promise<void> {
    this.said = "";
    const child = spawn(EXECUTABLE, [...command, "--data-dir", this.data, "--port", String(this.port)], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (this.said += data.toString()));
    await eventually(() => {
      if (child.exitCode === null) assert.match(this.said, /Muster is ready: \S+\s/);
    }, within_ms);
    assert.equal(child.exitCode, null, `muster ${command.join(" ")} ended: ${this.said}`);
    this.port = Number(/Muster is ready: http:\/\/[^/]*:(\d+)\//.exec(this.said)?.[1]);
    assert.ok(this.port > 0, `an address in: ${this.said}`);
  }
}
