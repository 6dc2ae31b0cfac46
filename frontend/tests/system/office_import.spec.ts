/** The office brings in the school's files against the real server: mistakes are read, changes are looked at, then made. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import type { components } from "../../src/api/command-api.d.ts";
import { eventually } from "./eventually.ts";
import { bringIn, rosterOf } from "./made_school.ts";
import { Visitor } from "./office.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { zip } from "./zip.ts";

/** A school of its own: what is imported into it is in nobody's way. */
const MADE = { code: "IMPORTS", password: "the office imports it", classes: [3] };
const LOGIN = { school_code: MADE.code, username: "office", password: MADE.password };
const FILES = rosterOf({ ...MADE, classes: [4] });

test("the office reads what is wrong with its files, sees what the right ones would change, and imports them", async () => {
  const all = await school();
  await bringIn(all.muster, MADE);
  const admin = await Visitor.signIn(all.muster.origin, LOGIN);
  const names = async (): Promise<readonly string[]> => (await admin.roster()).classes.flatMap(({ students }) => students.map(({ name }) => name));
  const imports = async (): Promise<readonly string[]> =>
    (await admin.get<components["schemas"]["ImportPage"]>("/imports")).items.map(({ from, outcome }) => `${from} ${outcome}`);
  const before = ["Student Number 0", "Student Number 1", "Student Number 2"];
  await eventually(async () => assert.deepEqual(await names(), before));

  const desk = await Phone.open(all);
  await desk.signIn(LOGIN);
  await desk.visit("#/office/people");
  const { page } = desk;
  await page.getByRole("link", { name: "Import from the school's information system" }).click();
  const past = page.getByRole("region", { name: "Imports so far" }).getByRole("listitem");
  await past.getByText("On the server's command line").waitFor();
  const choose = async (files: Readonly<Record<string, string>>): Promise<void> => {
    await page.getByLabel("Zip file").setInputFiles({ name: "roster.zip", mimeType: "application/zip", buffer: zip(files) });
    await page.getByRole("button", { name: "See what would change" }).click();
  };
  const line = (head: string): Locator => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: head }) }).getByRole("cell");

  const roll = FILES["enrollments.csv"] ?? "";
  await choose({ ...FILES, "enrollments.csv": roll.replace("e-s0-3,active,c0,", "e-s0-3,active,c9,") });
  await page.getByRole("heading", { name: "1 error" }).waitFor();
  const told = await page.getByRole("region", { name: "1 error" }).getByRole("row").nth(1).getByRole("cell").allInnerTexts();
  // The header, the teacher and three students stand above it.
  assert.deepEqual(told, ["enrollments.csv", "6", "classSourcedId", '"c9" is not in classes.csv: add the class or correct the id']);
  assert.equal(await page.getByRole("button", { name: "Import", exact: true }).count(), 0);

  await choose(FILES);
  await page.getByRole("heading", { name: "What would change" }).waitFor();
  assert.deepEqual(await line("Students").allInnerTexts(), ["1", "0", "0"]);
  assert.deepEqual(await line("Who is in which class").allInnerTexts(), ["1", "0", "0"]);
  assert.deepEqual([await names(), await imports()], [before, ["command_line imported"]], "nothing is kept of looking");

  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { name: "Imported" }).waitFor();
  await past.filter({ hasText: "roster.zip" }).getByText("Imported").waitFor();
  await eventually(async () => assert.deepEqual(await names(), [...before, "Student Number 3"]));
  assert.deepEqual(await imports(), ["web imported", "command_line imported"]);

  await choose(FILES);
  await page.getByText("The school's list says all of this already.").waitFor();
  await page.getByLabel("An end date in the files is").selectOption("inclusive");
  await page.getByRole("button", { name: "See what would change" }).click();
  await line("Who is in which class").first().waitFor();
  assert.notEqual((await line("Who is in which class").allInnerTexts())[1], "0", "everybody stays a day longer");

  await desk.visit("#/office/people");
  await page.getByRole("link", { name: "Form 0" }).click();
  await page.getByRole("link", { name: "Student Number 3" }).waitFor();
  await desk.putAway();
});
