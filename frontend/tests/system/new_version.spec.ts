/** A new version of the app arrives while a register is open and a remark is half typed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { Gateway } from "./gateway.ts";
import { morning } from "./morning.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

test("a new version waits to be asked, and takes the half-typed remark with it", async () => {
  const gateway = await Gateway.open((await school()).muster.origin);
  const { office, teacher, phone, students: [a] } = await morning({ origin: gateway.origin });
  await phone.mark(a, "present");
  await phone.signSays(a, "Received");
  await phone.row(a).locator("[data-unfold]").click();
  await phone.remarks(a).fill("at the dent");
  gateway.append("/service-worker.js", "\n// another version\n");
  await phone.page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const apply = phone.page.getByRole("button", { name: "Use it now" });
  await apply.waitFor();
  assert.equal(await phone.remarks(a).inputValue(), "at the dent", "nothing was reloaded");
  const reloaded = phone.page.waitForEvent("load");
  await apply.click();
  await reloaded;
  await phone.registerShows(teacher);
  await phone.row(a).getByText("at the dent").waitFor();
  await phone.tallySays("All received");
  assert.equal(await phone.page.evaluate(async () => (await navigator.serviceWorker.ready).waiting), null);
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  await eventually(async () => assert.equal((await office.markOf(teacher.register, a))?.remarks, "at the dent"));
  await phone.putAway();
});
