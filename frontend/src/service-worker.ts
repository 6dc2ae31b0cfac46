/**
 * Keeps the app's own files on the device, so that it opens without a network. The page's requests it does not touch. When the
 * browser finds a network it wakens an open page to send what is not sent; without an open page it sends that itself.
 */
import { BROWSER } from "./sync/browser.ts";
import { sendAlone } from "./sync/send_alone.ts";

const worker = self as unknown as ServiceWorkerGlobalScope;

/** Chromium's, for which no standard types exist. */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

/** Chromium's again: an install in which some requests can be kept away from this worker for good. */
interface RoutedInstallEvent extends ExtendableEvent {
  readonly addRoutes?: (routes: readonly Route[]) => Promise<void>;
}

/** What is answered from a cache, or by the network if it is not there, without waiting for this worker to start. */
interface Route {
  readonly condition: { readonly urlPattern: { readonly pathname: string; readonly search: string }; readonly requestMethod: "GET" };
  readonly source: { readonly cacheName: string };
}

/** Written in by the build: changes with any file of the app. */
declare const __VERSION__: string;
/** Written in by the build: the addresses of all files of the app, `/` being the page itself. */
declare const __PRECACHE__: readonly string[];
/** Written in by the build: the addresses of what only the office has a use for. Kept once somebody of the office was here. */
declare const __OFFICE__: readonly string[];

const CACHE_PREFIX = "muster-shell-";
const CACHE = CACHE_PREFIX + __VERSION__;
/** Its being there says that the office works on this device, so that a new version brings the office's part too. */
const OFFICE_WAS_HERE = "muster-office";
/** The word of a page in which somebody of the office works. */
const KEEP_OFFICE = "keep-office";
/** The word for sending between this worker and its pages, and the name of what the browser is asked to do. */
const SEND = "send";
const ANSWER_WITHIN_MS = 25_000;
const PAGE = "/";
/** What is below has the hash of its content in its name. */
const HASHED = "/assets/";
const ROUTES: readonly Route[] = [...__PRECACHE__, ...__OFFICE__].filter((path) => path === PAGE || path.startsWith(HASHED)).map((pathname) => ({
  condition: { urlPattern: { pathname, search: "" }, requestMethod: "GET" },
  source: { cacheName: CACHE },
}));
/** Addresses that belong to the server, even when a person opens them as a page. */
const SERVERS_OWN = /^\/(api|docs|problems|metrics|healthz|readyz|openapi)(\/|\.|$)/;

worker.addEventListener("install", (event) => {
  event.waitUntil(fillCache());
  const { addRoutes } = event as RoutedInstallEvent;
  if (addRoutes !== undefined) event.waitUntil(addRoutes.call(event, ROUTES));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([dropOldCaches(), worker.clients.claim()]));
});

// A new version takes over only when a page says so: that page has asked its teacher.
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(worker.skipWaiting());
  if (event.data === KEEP_OFFICE) event.waitUntil(keepOffice());
});

// Of browsers that have it. That nobody could send is said by failing: then the browser tries again some time.
worker.addEventListener("sync", (event) => {
  const sync = event as SyncEvent;
  if (sync.tag === SEND) sync.waitUntil(send());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin || SERVERS_OWN.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(fromCache(PAGE, request));
  else if (url.pathname.startsWith(HASHED)) event.respondWith(fromAnyCache(url.pathname, request));
  else if (__PRECACHE__.includes(url.pathname)) event.respondWith(fromCache(url.pathname, request));
});

async function send(): Promise<void> {
  const pages = await worker.clients.matchAll({ type: "window" });
  const is_sent = pages.length === 0 ? await sendAlone({ ...BROWSER, app_version: __VERSION__ }) : (await Promise.all(pages.map(askPage))).includes(true);
  if (!is_sent) throw new Error("something is left to send");
}

/** Whether the page has sent all; one that sleeps does not answer. */
function askPage(page: Client): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event: MessageEvent<unknown>) => resolve(event.data === true);
    setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
    page.postMessage(SEND, [port2]);
  });
}

async function fillCache(): Promise<void> {
  await keep((await caches.has(OFFICE_WAS_HERE)) ? [...__PRECACHE__, ...__OFFICE__] : __PRECACHE__);
}

/** All or nothing: if one file is missing, or is not ours, nothing is kept and the old version stays. */
async function keep(paths: readonly string[]): Promise<void> {
  const files = await Promise.all(paths.map(async (path) => ({ path, file: await ours(path) })));
  const cache = await caches.open(CACHE);
  await Promise.all(files.map(({ path, file }) => cache.put(path, file)));
}

/**
 * A file of this version, or a failure. Somebody in between who answers everything with a page of their own must not become
 * the app: what is kept is not asked for again. Fixed names go round the browser's own cache.
 */
async function ours(path: string): Promise<Response> {
  const answer = await fetch(path, { cache: path.startsWith(HASHED) ? "default" : "reload" });
  const is_page = /^text\/html\b/i.test(answer.headers.get("content-type") ?? "");
  const is_ours = path === PAGE ? (await answer.clone().text()).includes(`content="${__VERSION__}"`) : !is_page;
  if (!answer.ok || answer.redirected || !is_ours) throw new Error(`${path} did not come from the server`);
  return answer;
}

/** What is not kept yet of the office's part. */
async function keepOffice(): Promise<void> {
  const [cache] = await Promise.all([caches.open(CACHE), caches.open(OFFICE_WAS_HERE)]);
  const kept = await Promise.all(__OFFICE__.map((path) => cache.match(path)));
  await keep(__OFFICE__.filter((_, index) => kept[index] === undefined));
}

/** All but this version's and the one before: a tab that was open already may still need a part of that one. */
async function dropOldCaches(): Promise<void> {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
}

/** The browser may have thrown the cache away; then the network is asked. */
async function fromCache(path: string, request: Request): Promise<Response> {
  return (await caches.match(path, { cacheName: CACHE })) ?? fetch(request);
}

/** A part of this version, or of the one that the tab was opened with. */
async function fromAnyCache(path: string, request: Request): Promise<Response> {
  return (await caches.match(path, { cacheName: CACHE })) ?? (await caches.match(path)) ?? fetch(request);
}
