/** The rules of accessibility that every screen is held to. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong with the page as it is. The page's context must bypass the page's policy: axe runs inside it. */
export async function violations(page: Page): Promise<AxeResults["violations"]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(
    (values) => window.axe.run(document, {
      runOnly: { type: "tag", values },
      iframes: false,
      resultTypes: ["violations"],
    }).then((result) => result.violations),
    RULES,
  );
}

/** A target that happens to be half under a bar at this scroll position, or under an open menu, is no fault: it can be had. Answers how to stick it again. */
export async function unstick(page: Page): Promise<() => Promise<void>> {
  const style = await page.addStyleTag({ content: ".screen-head, .action-bar, .page-nav, .menu { position: static !important }" });
  return () => style.evaluate((element) => void element.parentNode?.removeChild(element));
}

declare global {
  interface Window {
    axe: { run(context: Document, options: object): Promise<AxeResults> };
  }
}
