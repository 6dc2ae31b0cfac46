/** A device without room: what is not kept is not shown as kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { morning } from "./morning.ts";
import { Phone } from "./phone.ts";
import { eachTapOnce } from "./taps.ts";

const MEGABYTE = 1_048_576;
const ROOM = 4 * MEGABYTE;

test("on a full device the screen says that nothing is kept, shows no false tick, and works again with room", async () => {
  const { muster, office, teacher, phone, students: [a, b] } = await morning();
  await phone.goOffline();
  await phone.mark(a, "absent");
  const browser = await phone.context.newCDPSession(phone.page);
  await browser.send("Storage.overrideQuotaForOrigin", { origin: muster.origin, quotaSize: ROOM });
  await fillDevice(phone);
  await phone.choice(b, "absent").click();
  await phone.page.getByRole("alert").filter({ hasText: "New marks are NOT kept" }).waitFor();
  await phone.shows({ [a]: "absent", [b]: null });
  assert.equal((await phone.outbox(teacher.id)).length, 1);

  await phone.page.evaluate(() => new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase("ballast");
    deleting.onsuccess = resolve;
    deleting.onerror = reject;
  }));
  await browser.send("Storage.overrideQuotaForOrigin", { origin: muster.origin });
  await phone.mark(b, "absent");
  await phone.page.getByText("New marks are NOT kept").waitFor({ state: "detached" });
  await phone.goOnline();
  await phone.tallySays("All received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  await phone.putAway();
});

/** Fills what room there is with what cannot be compressed, in pieces that get smaller, until no command has room. */
async function fillDevice(phone: Phone): Promise<void> {
  await phone.page.evaluate(async (megabyte) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open("ballast", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("pieces", { autoIncrement: true });
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const put = (bytes: number): Promise<boolean> => new Promise((resolve) => {
      const piece = new Uint8Array(bytes);
      for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(piece.subarray(at, at + 65_536));
      const transaction = database.transaction("pieces", "readwrite");
      transaction.objectStore("pieces").add(piece);
      transaction.oncomplete = () => resolve(true);
      transaction.onabort = () => resolve(false);
    });
    for (let bytes = megabyte; bytes >= 256; bytes /= 64) while (await put(bytes));
    database.close();
  }, MEGABYTE);
}
