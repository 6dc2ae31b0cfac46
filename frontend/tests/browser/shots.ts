/**
 * Photographs every screen for people to look at:
 *   node --import tsx tests/browser/shots.ts OUT [--only NAME-PART] [--width 360] [--language ar] [--theme dark]
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { drawn, launch, LOOKS, pressed, reach, serveFixture, WIDTHS } from "./screens.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, width: { type: "string" }, language: { type: "string" }, theme: { type: "string" } },
});
const [out = "shots"] = positionals;
const { language = "en", theme = "light", only = "" } = values;
mkdirSync(out, { recursive: true });

const fixture = await serveFixture();
const browser = await launch();
try {
  for (const width of values.width ? [Number(values.width)] : WIDTHS) {
    const page = await browser.newPage({ viewport: { width, height: width < 700 ? 740 : 800 } });
    page.on("console", (message) => message.type() === "error" && console.log(message.text()));
    page.on("pageerror", (error) => console.log(error));
    for (const look of LOOKS.filter(({ name }) => name.includes(only))) {
      await page.goto("about:blank");
      await reach(page, fixture.origin, look, { language, theme });
      await pressed(page, look);
      await drawn(page);
      await page.screenshot({ path: join(out, `${look.name}-${width}-${language}-${theme}.png`), animations: "disabled" });
    }
    await page.close();
  }
} finally {
  await browser.close();
  fixture.close();
}
