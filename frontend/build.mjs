/**
 * Builds the app into `dist/`: the script that every visit loads, parts that are loaded when they are first needed, one
 * style sheet, the catalogues, the service worker that knows them all. Everything under `assets/` has its hash in its
 * name and may be kept for ever; what has a fixed name may not.
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
import { brotliCompressSync, gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { minify } from "terser";

const home = dirname(fileURLToPath(import.meta.url));
const CATALOGUES = ["en", "sw", "fr", "ar"];
/** Bytes after gzip -9. */
const BUDGETS = { "first route": 35 * 1024, "style": 10 * 1024, "service worker": 16 * 1024 };
/** Looked at before the app is installed, which needs a network anyway. */
const PICTURES = /^\/screenshot-/;
/** What the office's screens are fetched by. A teacher's phone never does. */
const OFFICE = /^src\/(ui\/screens\/office\/|store\/office\.ts$|i18n\/office\/)/;
const TEXTS = /\.(js|css|html|json|svg|webmanifest)$/;
const COMMON = {
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: ["chrome111", "firefox115", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  conditions: ["production"],
  logLevel: "warning",
};
const SQUEEZING = { module: true, ecma: 2022, compress: { passes: 3 }, format: { comments: false } };

/** Builds `entry` into `out` and returns what each part weighs, in gzipped bytes. What is not to be shipped need not be `squeezed`. */
export async function build({ out = join(home, "dist"), entry = join(home, "src/main.ts"), squeezed = true } = {}) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "assets"), { recursive: true });
  cpSync(join(home, "public"), out, { recursive: true });

  const catalogues = Object.fromEntries(CATALOGUES.map((language) => [language, writeCatalogue(out, language)]));
  const style = writeHashed(out, "app", "css", buildStyle());
  const scripts = await bundle(out, entry, { __CATALOGUES__: JSON.stringify(catalogues) }, squeezed ? squeeze : (text) => text);
  const [script, ...others] = scripts.first;
  const version = hashOf([...scripts.all, style, ...Object.values(catalogues)].join() + readFileSync(join(home, "index.html")));
  const preloads = others.map((path) => `<link rel="modulepreload" href="${path}">`).join("\n    ");
  writeFileSync(join(out, "index.html"), fillShell({ script, style, version, preloads, english: catalogues.en }));

  const office = new Set(scripts.office);
  const precache = ["/", ...filesOf(out).filter((path) => path !== "/index.html" && !PICTURES.test(path) && !office.has(path))];
  await buildWorker(out, { __VERSION__: JSON.stringify(version), __PRECACHE__: JSON.stringify(precache), __OFFICE__: JSON.stringify(scripts.office) });
  packTexts(out);
  const sum = (paths) => paths.reduce((bytes, path) => bytes + sizeOf(out, path), 0);
  return {
    "first route": sum(scripts.first),
    "style": sizeOf(out, style),
    "service worker": sizeOf(out, "/service-worker.js"),
    "all scripts": sum(scripts.all),
    ...Object.fromEntries(CATALOGUES.map((language) => [`catalogue ${language}`, sizeOf(out, catalogues[language])])),
  };
}

/**
 * Bundles `entry`, with a file of its own for each part that is imported when it is needed. Answers the addresses of all
 * files, of those that the first screen cannot do without (the entry itself, then what it imports), and of those that
 * nobody but the office has a use for. Each file goes through `finish`.
 */
async function bundle(out, entry, define, finish) {
  const { outputFiles, metafile } = await esbuild.build({
    ...COMMON,
    entryPoints: { app: entry },
    splitting: true,
    metafile: true,
    outdir: out,
    entryNames: "assets/[name]-[hash]",
    chunkNames: "assets/[name]-[hash]",
    // Names come from the content before it is squeezed, so they have to know how it will be.
    banner: { js: `/* ${hashOf(JSON.stringify(SQUEEZING) + terserVersion())} */` },
    absWorkingDir: home,
    plugins: [standingOn(entry)],
    define,
  });
  for (const file of outputFiles) writeFileSync(file.path, await finish(file.text));
  const address = (file) => "/" + relative(out, join(home, file)).replaceAll("\\", "/");
  const [main] = Object.keys(metafile.outputs).filter((file) => metafile.outputs[file].entryPoint === relative(home, entry));
  const [stub, whole, ...others] = importedBy(metafile.outputs, main);
  const all = Object.keys(metafile.outputs);
  const office = onlyBehind(metafile.outputs, main).map(address);
  // Since the parts import the entry, it is in a file that is shared with them, and its own only imports that one.
  const is_empty = /^import\s*"[^"]+";?$/.test(readFileSync(join(home, stub), "utf8"));
  if (!is_empty) return { first: [stub, whole, ...others].map(address), all: all.map(address), office };
  rmSync(join(home, stub));
  return { first: [whole, ...others].map(address), all: all.filter((file) => file !== stub).map(address), office };
}

/**
 * Lets every part that is fetched later import the entry, which runs once all the same: so all that the first screen needs
 * is shared by the same files, and stays in one script instead of one for each group of parts that share something.
 */
function standingOn(entry) {
  const parts = new Set();
  return {
    name: "standing on the entry",
    setup(build) {
      build.onResolve({ filter: /^\./ }, async ({ kind, path, importer, resolveDir, pluginData }) => {
        if (kind !== "dynamic-import" || pluginData === parts) return undefined;
        const resolved = await build.resolve(path, { kind, importer, resolveDir, pluginData: parts });
        parts.add(resolved.path);
        return resolved;
      });
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!parts.has(path)) return undefined;
        return { contents: `${readFileSync(path, "utf8")}\nimport ${JSON.stringify(entry)};`, loader: "ts" };
      });
    },
  };
}

/** The files that nothing leads to from the entry but the parts of the office. */
function onlyBehind(outputs, main) {
  const reached = new Set();
  const walk = (file) => {
    if (reached.has(file) || OFFICE.test(outputs[file].entryPoint ?? "")) return;
    reached.add(file);
    for (const { path } of outputs[file].imports) if (path in outputs) walk(path);
  };
  walk(main);
  return Object.keys(outputs).filter((file) => !reached.has(file));
}

/** A file and all that has to be there before it runs. */
function importedBy(outputs, file, known = new Set()) {
  known.add(file);
  for (const { kind, path } of outputs[file].imports) {
    if (kind === "import-statement" && !known.has(path)) importedBy(outputs, path, known);
  }
  return [...known];
}

async function buildWorker(out, define) {
  const result = await esbuild.build({ ...COMMON, entryPoints: [join(home, "src/service-worker.ts")], define });
  writeFileSync(join(out, "service-worker.js"), await squeeze(result.outputFiles[0].text));
}

/**
 * Terser makes it 3 % smaller than esbuild does. What esbuild leaves of line breaks is the indentation inside templates, and
 * those that a text is meant to have: they have no blank behind them.
 */
async function squeeze(script) {
  const indented = script.trimEnd().replace(/\n[ \t]\s*/g, " ");
  return (await minify(indented, SQUEEZING)).code;
}

function terserVersion() {
  return JSON.parse(readFileSync(join(home, "node_modules/terser/package.json"), "utf8")).version;
}

function buildStyle() {
  const folder = mkdtempSync(join(tmpdir(), "muster-style-"));
  try {
    const output = join(folder, "app.css");
    const cli = join(home, "node_modules/@tailwindcss/cli/dist/index.mjs");
    execFileSync(process.execPath, [cli, "-i", "src/styles.css", "-o", output, "--minify"], { cwd: home, stdio: "pipe" });
    return withDrawing(readFileSync(output, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withDrawing(style) {
  const drawing = encodeURIComponent(readFileSync(join(home, "public/icon.svg"), "utf8"));
  const filled = style.replace(/url\(("?)\/icon\.svg\1\)/, `url("data:image/svg+xml,${drawing}")`);
  if (filled === style) throw new Error("the style sheet has no place for the app's sign");
  return filled;
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

/** Beside each text its packed forms, so that no server packs the same again and again, and less well. */
function packTexts(out) {
  for (const path of filesOf(out).filter((path) => TEXTS.test(path))) {
    writeFileSync(join(out, `${path}.gz`), packed(out, path));
    writeFileSync(join(out, `${path}.br`), brotliCompressSync(readFileSync(join(out, path))));
  }
}

function packed(out, path) {
  return gzipSync(readFileSync(join(out, path)), { level: 9 });
}

function hashOf(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

function sizeOf(out, path) {
  return packed(out, path).length;
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
