/**
 * Takes the pictures of the teachers' guide, small enough for a page that is read on phones, and those of every screen at
 * three widths, with the page that shows them. Run when the screens have changed: npm run guide-pictures
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { drawn, launch, LOOKS, pressed, reach, serveFixture, WIDTHS } from "./screens.ts";

const DOCS = join(import.meta.dirname, "../../../docs");
const GALLERY = "images/screens";
const QUALITY = 80;
const LARGEST_BYTES = 90 * 1024;
/** The names of the guide's pictures, and of the looks that they show. */
const GUIDE = {
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
/** The looks of every screen, with what they are called. */
const SCREENS = {
  "sign-in": "Sign in",
  locked: "Locked, on a device that several use",
  today: "Today",
  register: "A register",
  "register-closed": "A register that is closed",
  "register-roll-call": "Roll call",
  "sync-attention": "Sending, with refused marks and a conflict",
  history: "History",
  settings: "Settings",
  "hand-in-file": "The office hands in unsent work",
  "office-today": "Office: today",
  "office-arrivals-found": "Office: late arrivals",
  "office-exceptions": "Office: excuses",
  "office-register": "Office: a register",
  "office-reports": "Office: reports",
  "office-report": "Office: a report",
  "office-report-trend": "Office: how attendance changed",
  "office-register-grid": "Office: a class's printable register",
  "office-sign-offs": "Office: sign-offs",
  "office-conflicts": "Office: conflicts",
  "office-devices": "Office: devices and refusals",
  "office-people-student": "Office: a student",
  "office-import-preview": "Office: import",
  "office-users": "Office: accounts",
  "office-policy": "Office: policy and calendar",
  "office-audit-verified": "Audit: search and proof",
  "office-audit-register-before": "Audit: a register as it stood",
} as const;

/** A browser's window of a width, that photographs looks by name. */
async function camera(browser: Browser, width: number, scale: number): Promise<(of: string) => Promise<Buffer>> {
  const viewport = { width, height: width < 700 ? 740 : 800 };
  const page = await (await browser.newContext({ viewport, deviceScaleFactor: scale, serviceWorkers: "block" })).newPage();
  const session = await page.context().newCDPSession(page);
  return async (of) => {
    const look = LOOKS.find((one) => one.name === of);
    assert.ok(look, of);
    await page.goto("about:blank");
    await reach(page, fixture.origin, look, { theme: "light" });
    await pressed(page, look);
    await drawn(page);
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
    const picture = Buffer.from(data, "base64");
    assert.ok(picture.length <= LARGEST_BYTES, `${of} at ${width}: ${picture.length} bytes`);
    return picture;
  };
}

/** The page of the gallery. A picture is as wide as lets three stand beside each other. */
function galleryPage(): string {
  const rows = Object.entries(SCREENS).map(([look, title]) => {
    const pictures = WIDTHS.map((width) => `<img src="${GALLERY}/${look}-${width}.webp" height="300" alt="${title}, ${width} pixels wide">`);
    return `## ${title}\n\n${pictures.join("\n")}\n`;
  });
  return `# Every screen at three widths

On a phone (360 pixels), a tablet (768) and a computer (1280), with made-up names. \`npm --prefix frontend run guide-pictures\` takes
the pictures and writes this page. What the screens are for is in the [user guide](USER_GUIDE.md).

${rows.join("\n")}`;
}

const fixture = await serveFixture();
const browser = await launch();
try {
  // Pixels enough to be read at two thirds of a phone's size on a fine display.
  const phone = await camera(browser, 360, 1.5);
  for (const [name, of] of Object.entries(GUIDE)) writeFileSync(join(DOCS, "images", `${name}.webp`), await phone(of));
  rmSync(join(DOCS, GALLERY), { recursive: true, force: true });
  mkdirSync(join(DOCS, GALLERY));
  for (const width of WIDTHS) {
    const photograph = await camera(browser, width, 1);
    for (const look of Object.keys(SCREENS)) writeFileSync(join(DOCS, GALLERY, `${look}-${width}.webp`), await photograph(look));
  }
  writeFileSync(join(DOCS, "SCREENS.md"), galleryPage());
} finally {
  await browser.close();
  fixture.close();
}
