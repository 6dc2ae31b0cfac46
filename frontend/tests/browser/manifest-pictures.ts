/**
 * Takes the pictures that a browser shows when it offers to install the app, from the app itself with the demo's school in
 * it. Run by hand when the screens have changed: npm run pictures
 */
import { join } from "node:path";
import { test } from "node:test";
import { Phone } from "../system/phone.ts";
import { school } from "../system/school.ts";

/** As the manifest says. */
const NARROW = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 800 };

test("pictures of Today and of a register", async () => {
  const { takeTeacher } = await school();
  const teacher = await takeTeacher();
  const phone = await Phone.open(await school());
  const picture = async (name: string, size: typeof NARROW): Promise<void> => {
    await phone.page.setViewportSize(size);
    await phone.page.screenshot({ path: join(import.meta.dirname, `../../public/screenshot-${name}.png`), animations: "disabled" });
  };
  await phone.beginMorning(teacher);
  for (const [index, { id }] of teacher.students.slice(0, 7).entries()) {
    await phone.mark(id, (["present", "present", "absent", "present", "late"] as const)[index % 5] ?? "present");
  }
  await phone.tallySays("All received");
  await picture("register", NARROW);
  await picture("wide", WIDE);
  await phone.visit("#/today");
  await phone.page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  await picture("today", NARROW);
  await phone.putAway();
});
