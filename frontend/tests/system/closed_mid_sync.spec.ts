/** The page is gone while its request is under way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import { eachTapOnce } from "./taps.ts";

for (const { name, arrives } of [{ name: "after the server wrote it down", arrives: true }, { name: "before the server got it", arrives: false }]) {
  test(`a page closed in mid-sync, ${name}: everything is there once, when it opens again`, async () => {
    const { office, teacher, phone, students: [a, b] } = await morning();
    phone.expectFailedRequests();
    let hanging = 0;
    await phone.context.route("**/api/v1/commands", async (route) => {
      if (arrives) await route.fetch();
      // No answer ever.
      hanging += 1;
    });
    await phone.mark(a, "absent");
    await phone.mark(b, "late");
    await eventually(() => assert.equal(hanging, 1));
    await phone.signSays(a, "Being sent");
    await phone.page.close();
    await phone.context.unroute("**/api/v1/commands");
    if (arrives) await eventually(() => office.register(teacher.register));
    else await assert.rejects(office.register(teacher.register), "the server knows of nothing");

    phone.page = await phone.context.newPage();
    await phone.openRegister(teacher.register);
    await phone.registerShows(teacher);
    await phone.shows({ [a]: "absent", [b]: "late" });
    await phone.tallySays("All received");
    await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
    await phone.putAway();
  });
}
