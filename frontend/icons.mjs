/** Draws the icons for home screens from `public/icon.svg`. Run by hand when the drawing changes: node icons.mjs */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const folder = join(dirname(fileURLToPath(import.meta.url)), "public");
const drawing = readFileSync(join(folder, "icon.svg"), "utf8");
/** Phones cut maskable icons and Apple's to a shape of their own: the ground reaches the edge, the drawing keeps away from it. */
const masked = drawing.replace('rx="14" ', "").replace("<g ", '<g transform="translate(9.6 9.6) scale(.7)" ');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
for (const [name, size, svg] of [
  ["icon-192", 192, drawing],
  ["icon-512", 512, drawing],
  ["icon-maskable-512", 512, masked],
  ["icon-180", 180, masked],
]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: true });
}
await browser.close();
