/** Takes the pictures of the teachers' guide, small enough for a page that is read on phones. Run when the screens have changed: npm run guide-pictures */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawn, launch, LOOKS, pressed, reach, serveFixture } from "./screens.ts";

const FOLDER = join(import.meta.dirname, "../../../docs/images");
/** A phone's screen; pixels enough to be read at two thirds of its size on a fine display. */
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 1.5 };
const QUALITY = 80;
const LARGEST_BYTES = 60 * 1024;
/** The names of the pictures, and of the looks that they show. */
const PICTURES = {
  today: "today",
  register: "register",
  "roll-call": "register-roll-call",
  close: "register-close",
  sending: "sync-unreachable",
  contest: "sync-contest",
  locked: "locked",
  "sign-out": "settings-sign-out",
  "hand-in": "hand-in-file",
} as const;

const fixture = await serveFixture();
const browser = await launch();
try {
  const page = await (await browser.newContext({ ...PHONE, serviceWorkers: "block" })).newPage();
  const session = await page.context().newCDPSession(page);
  for (const [name, of] of Object.entries(PICTURES)) {
    const look = LOOKS.find((one) => one.name === of);
    assert.ok(look, of);
    await page.goto("about:blank");
    await reach(page, fixture.origin, look, { theme: "light" });
    await pressed(page, look);
    await drawn(page);
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
    const picture = Buffer.from(data, "base64");
    assert.ok(picture.length <= LARGEST_BYTES, `${name}: ${picture.length} bytes`);
    writeFileSync(join(FOLDER, `${name}.webp`), picture);
  }
} finally {
  await browser.close();
  fixture.close();
}
