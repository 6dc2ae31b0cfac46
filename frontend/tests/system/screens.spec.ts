/** The main screens with a real school in them break no rule of axe, read either way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { unstick, violations } from "../browser/rules.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";

test("axe finds nothing on the main screens, in English and in Arabic, at 360 px", async () => {
  const { takeTeacher } = await school();
  const teacher = await takeTeacher();
  const [a, b] = teacher.students.map((student) => student.id);
  assert.ok(a && b);
  const { class_id, date, slot } = teacher.register;
  const phone = await Phone.open(await school(), { bypass_policy: true });
  const found: string[] = [];
  const look = async (name: string): Promise<void> => {
    const stick = await unstick(phone.page);
    for (const { id, nodes } of await violations(phone.page)) found.push(`${name}: ${id} at ${nodes[0]?.html}`);
    await stick();
  };
  await phone.visit();
  await phone.page.getByLabel("School code").waitFor();
  await look("sign-in");
  await phone.beginMorning(teacher);
  await phone.mark(a, "absent");
  await phone.mark(b, "late");
  for (const language of ["en", "ar"]) {
    await phone.visit("#/settings");
    await phone.page.locator("select").first().selectOption(language);
    await phone.page.waitForSelector(`html[lang=${language}][dir=${language === "ar" ? "rtl" : "ltr"}]`);
    for (const hash of ["today", `register/${class_id}/${date}/-/${slot ?? "-"}`, "sync", "history", "settings"]) {
      await phone.visit(`#/${hash}`);
      // The heading of the screen before is still there for a moment.
      await phone.page.locator(hash.startsWith("register/") ? ".page-register" : `.page-nav [href="#/${hash}"][aria-current=page]`).waitFor();
      await phone.page.locator("main [aria-busy]").waitFor({ state: "detached" });
      await phone.page.locator("main h1").waitFor();
      await look(`${language} ${hash.split("/", 1)[0]}`);
    }
  }
  assert.deepEqual(found, []);
  await phone.putAway();
});
