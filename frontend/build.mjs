/**
 * Builds the app into `dist/`: one script, one style sheet, the catalogues, the service worker that knows them all.
 * Everything under `assets/` has its hash in its name and may be kept for ever; what has a fixed name may not.
 * Prints what each part weighs on the wire and fails when a budget is exceeded.
 *
 *   node build.mjs [--out DIR] [--entry FILE]
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { minify } from "terser";

const home = dirname(fileURLToPath(import.meta.url));
const CATALOGUES = ["en", "sw", "fr", "ar"];
/** Bytes after gzip -9. */
const BUDGETS = { "script": 35 * 1024, "style": 10 * 1024, "service worker": 4 * 1024 };
const TARGET = ["chrome111", "firefox115", "safari16.4"];

/** Builds `entry` into `out` and returns what each part weighs, in gzipped bytes. */
export async function build({ out = join(home, "dist"), entry = join(home, "src/main.ts") } = {}) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "assets"), { recursive: true });
  cpSync(join(home, "public"), out, { recursive: true });

  const catalogues = Object.fromEntries(CATALOGUES.map((language) => [language, writeCatalogue(out, language)]));
  const style = writeHashed(out, "app", "css", buildStyle());
  const script = writeHashed(out, "app", "js", await bundle(entry, { __CATALOGUES__: JSON.stringify(catalogues) }));
  const version = hashOf(script + style + Object.values(catalogues).join() + readFileSync(join(home, "index.html")));
  writeFileSync(join(out, "index.html"), fillShell({ script, style, version, english: catalogues.en }));

  const precache = ["/", ...filesOf(out).filter((path) => path !== "/index.html")];
  const worker = await bundle(join(home, "src/service-worker.ts"), {
    __VERSION__: JSON.stringify(version),
    __PRECACHE__: JSON.stringify(precache),
  });
  writeFileSync(join(out, "service-worker.js"), worker);
  return {
    "script": sizeOf(out, script),
    "style": sizeOf(out, style),
    "service worker": sizeOf(out, "/service-worker.js"),
    ...Object.fromEntries(CATALOGUES.map((language) => [`catalogue ${language}`, sizeOf(out, catalogues[language])])),
  };
}

async function bundle(entry, define) {
  const result = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: TARGET,
    charset: "utf8",
    legalComments: "none",
    conditions: ["production"],
    define,
    logLevel: "warning",
  });
  return squeeze(result.outputFiles[0].text);
}

/** Terser makes it 3 % smaller than esbuild does, which leaves no line break but the indentation inside templates. */
async function squeeze(script) {
  const indented = script.trimEnd().replace(/\n\s*/g, " ");
  const { code } = await minify(indented, { module: true, ecma: 2022, compress: { passes: 3 }, format: { comments: false } });
  return code;
}

function buildStyle() {
  const folder = mkdtempSync(join(tmpdir(), "muster-style-"));
  try {
    const output = join(folder, "app.css");
    const cli = join(home, "node_modules/@tailwindcss/cli/dist/index.mjs");
    execFileSync(process.execPath, [cli, "-i", "src/styles.css", "-o", output, "--minify"], { cwd: home, stdio: "pipe" });
    return readFileSync(output, "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeCatalogue(out, language) {
  const messages = JSON.parse(readFileSync(join(home, `src/i18n/${language}.json`), "utf8"));
  return writeHashed(out, language, "json", JSON.stringify(messages));
}

function writeHashed(out, name, extension, content) {
  const path = `/assets/${name}-${hashOf(content)}.${extension}`;
  writeFileSync(join(out, path), content);
  return path;
}

function fillShell(values) {
  return readFileSync(join(home, "index.html"), "utf8").replace(/%(\w+)%/g, (_, name) => {
    if (!(name in values)) throw new Error(`index.html asks for ${name}, which the build does not know`);
    return values[name];
  });
}

function filesOf(out) {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => "/" + relative(out, join(item.parentPath ?? item.path, item.name)).replaceAll("\\", "/"))
    .sort();
}

function hashOf(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

function sizeOf(out, path) {
  return gzipSync(readFileSync(join(out, path)), { level: 9 }).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: "string" }, entry: { type: "string" } } });
  const sizes = await build(values);
  for (const [part, bytes] of Object.entries(sizes)) {
    const budget = BUDGETS[part];
    console.log(`${part.padEnd(16)} ${(bytes / 1024).toFixed(1).padStart(6)} KB gzipped${budget ? ` of ${budget / 1024}` : ""}`);
    if (budget && bytes > budget) {
      console.error(`${part} is over its budget`);
      process.exitCode = 1;
    }
  }
}
