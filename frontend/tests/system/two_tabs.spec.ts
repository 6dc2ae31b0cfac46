/** Two tabs on one device are one device. */
import { test } from "node:test";
import { morning } from "./morning.ts";
import { eachTapOnce } from "./taps.ts";

test("two tabs show the same marks and the same count, and send each mark once", async () => {
  const { office, teacher, phone, students: [a, b, c, d] } = await morning();
  const first = phone.page;
  const second = await phone.context.newPage();
  const inEach = async (work: () => Promise<void>): Promise<void> => {
    for (const page of [first, second]) {
      phone.page = page;
      await work();
    }
  };
  phone.page = second;
  await phone.openRegister(teacher.register);
  await phone.registerShows(teacher);
  await phone.mark(a, "absent");
  phone.page = first;
  await phone.mark(b, "late");
  await inEach(() => phone.shows({ [a]: "absent", [b]: "late" }));
  await inEach(() => phone.tallySays("All received"));

  await phone.goOffline();
  await phone.mark(c, "absent");
  phone.page = second;
  await phone.mark(d, "excused");
  await phone.mark(a, "present");
  await inEach(() => phone.shows({ [a]: "present", [b]: "late", [c]: "absent", [d]: "excused" }));
  await inEach(() => phone.tallySays("3 not sent"));
  await phone.goOnline();
  await inEach(() => phone.tallySays("All received"));
  await eachTapOnce(office, phone, teacher.id, teacher.register, 5);
  await phone.putAway();
});
