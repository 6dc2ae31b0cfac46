/** A newer version of the app opens while an older one still has the database open. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { personDatabase } from "../../src/storage/schema.ts";
import { Phone } from "./phone.ts";
import { school, type Teacher } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

/** Makes a page's app one version newer: its database is opened one version later. */
async function makeNewer(page: Page, name: string): Promise<void> {
  await page.addInitScript((newer) => {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (asked, version) {
      return open.call(this, asked, asked === newer && version !== undefined ? version + 1 : version);
    };
  }, name);
}

/** Makes a page deaf to whoever asks it to let go of the database, as a frozen one is. */
async function makeDeaf(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const listen = IDBDatabase.prototype.addEventListener;
    IDBDatabase.prototype.addEventListener = function (this: IDBDatabase, type: string, ...rest: unknown[]) {
      if (type !== "versionchange") Reflect.apply(listen, this, [type, ...rest]);
    };
  });
}

/** A phone with an open register and two marks that are on it only. */
async function withTwoMarks(teacher: Teacher, prepare: (page: Page) => Promise<void>): Promise<{ phone: Phone; a: string; b: string }> {
  const [a, b] = teacher.students.map((student) => student.id);
  assert.ok(a && b);
  const phone = await Phone.open(await school());
  await prepare(phone.page);
  await phone.beginMorning(teacher);
  await phone.goOffline();
  await phone.mark(a, "absent");
  await phone.mark(b, "late");
  await phone.tallySays("2 not sent");
  return { phone, a, b };
}

test("a newer version lets the older tab know, opens at once, and has every command of the older one", async () => {
  const { office, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const { phone, a, b } = await withTwoMarks(teacher, () => Promise.resolve());
  const old = phone.page;
  phone.page = await phone.context.newPage();
  await makeNewer(phone.page, personDatabase(teacher.id));
  await phone.openRegister(teacher.register);
  await phone.registerShows(teacher);
  await phone.shows({ [a]: "absent", [b]: "late" });
  await old.getByRole("heading", { name: "Muster is open in another tab" }).waitFor();
  await phone.goOnline();
  await phone.tallySays("All received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  await phone.putAway();
});

test("an older tab that does not let go is named, and once it is closed the newer version goes on by itself with every command", async () => {
  const { office, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const { phone, a, b } = await withTwoMarks(teacher, makeDeaf);
  const old = phone.page;
  phone.page = await phone.context.newPage();
  await makeNewer(phone.page, personDatabase(teacher.id));
  await phone.openRegister(teacher.register);
  await phone.page.getByRole("heading", { name: "Muster is open in another tab" }).waitFor();
  await old.close();
  await phone.registerShows(teacher);
  await phone.shows({ [a]: "absent", [b]: "late" });
  await phone.goOnline();
  await phone.tallySays("All received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  await phone.putAway();
});
