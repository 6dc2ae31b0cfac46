/** A school made for a test: classes as large as wished, each with a teacher of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Muster } from "./muster.ts";

/** What a made school is like. */
export interface Made {
  /** What people type to say which school. */
  readonly code: string;
  /** Everybody's password: of `office`, `auditor`, and `teacher0`, `teacher1` and so on. */
  readonly password: string;
  /** How many students each class has; the first is `teacher0`'s. */
  readonly classes: readonly number[];
  /** What its classes are called and its students' families, in turn; without them, numbers. */
  readonly names?: readonly string[];
}

/** Brings a school into a running server as an office would: files, and passwords for its people. */
export async function bringIn(muster: Muster, made: Made): Promise<void> {
  const { code, password, classes } = made;
  const folder = mkdtempSync(join(tmpdir(), "muster-made-school-"));
  try {
    for (const [name, text] of Object.entries(rosterOf(made))) writeFileSync(join(folder, name), text);
    await muster.tool(["import", "oneroster", folder, "--time-zone", "Africa/Nairobi"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const [name, role] of [["office", "admin"], ["auditor", "auditor"]] as const) {
    await muster.tool(["user", "add", "--school", code, "--username", name, "--role", role], `${password}\n`);
  }
  for (const lane of classes.keys()) {
    await muster.tool(["user", "reset-password", "--school", code, "--username", `teacher${lane}`], `${password}\n`);
  }
}

/** The school's files by their names: OneRoster, as much of it as a register needs. */
export function rosterOf({ code, classes: sizes, names = [] }: Made): Readonly<Record<string, string>> {
  const org = `org-${code}`;
  const year = { start: dayFromNow(-60), end: dayFromNow(120) };
  const users: string[][] = [];
  const classes: string[][] = [];
  const enrollments: string[][] = [];
  const nameOf = (number: number): string => names[number % names.length] ?? `Number ${number}`;
  for (const [lane, size] of sizes.entries()) {
    const enrol = (user: string, role: string): number =>
      enrollments.push([`e-${user}`, "active", `c${lane}`, org, user, role, String(role === "teacher"), year.start, year.end]);
    classes.push([`c${lane}`, "active", names[lane] ?? `Form ${lane}`, "course", "homeroom", org, "term"]);
    users.push([`t${lane}`, "active", "true", org, "teacher", `teacher${lane}`, "Teacher", `Number ${lane}`]);
    enrol(`t${lane}`, "teacher");
    for (let student = 0; student < size; student++) {
      users.push([`s${lane}-${student}`, "active", "true", org, "student", `s${lane}-${student}`, "Student", nameOf(student)]);
      enrol(`s${lane}-${student}`, "student");
    }
  }
  const kinds = ["orgs", "academicSessions", "courses", "classes", "users", "enrollments"];
  return {
    "manifest.csv": table("propertyName,value", [["manifest.version", "1.0"], ["oneroster.version", "1.1"], ...kinds.map((kind) => [`file.${kind}`, "bulk"])]),
    "orgs.csv": table("sourcedId,status,name,type,identifier", [[org, "active", `School ${code}`, "school", code]]),
    "academicSessions.csv": table("sourcedId,status,title,type,startDate,endDate,parentSourcedId,schoolYear", [
      ["year", "active", "The year", "schoolYear", year.start, year.end, "", year.end.slice(0, 4)],
      ["term", "active", "The term", "term", year.start, year.end, "year", year.end.slice(0, 4)],
    ]),
    "courses.csv": table("sourcedId,status,title,courseCode,orgSourcedId", [["course", "active", "All", "ALL", org]]),
    "classes.csv": table("sourcedId,status,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds", classes),
    "users.csv": table("sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName", users),
    "enrollments.csv": table("sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate", enrollments),
  };
}

function table(head: string, rows: readonly (readonly string[])[]): string {
  return `${[head, ...rows.map((row) => row.map(cell).join(","))].join("\n")}\n`;
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
