/**
 * Keeps the app's own files on the device, so that it opens without a network. It never sees marks: they are in the
 * page's database and leave it by the page's requests, which this worker does not touch.
 */

const worker = self as unknown as ServiceWorkerGlobalScope;

/** Written in by the build: changes with any file of the app. */
declare const __VERSION__: string;
/** Written in by the build: the addresses of all files of the app, `/` being the page itself. */
declare const __PRECACHE__: readonly string[];

const CACHE_PREFIX = "muster-shell-";
const CACHE = CACHE_PREFIX + __VERSION__;
const PAGE = "/";
/** What is below has the hash of its content in its name. */
const HASHED = "/assets/";
/** Addresses that belong to the server, even when a person opens them as a page. */
const SERVERS_OWN = /^\/(api|docs|problems|metrics|healthz|readyz|openapi)(\/|\.|$)/;

worker.addEventListener("install", (event) => {
  event.waitUntil(fillCache());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([dropOldCaches(), worker.clients.claim()]));
});

// A new version takes over only when a page says so: that page has asked its teacher.
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(worker.skipWaiting());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin || SERVERS_OWN.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(fromCache(PAGE, request));
  else if (url.pathname.startsWith(HASHED)) event.respondWith(fromAnyCache(url.pathname, request));
  else if (__PRECACHE__.includes(url.pathname)) event.respondWith(fromCache(url.pathname, request));
});

/** All or nothing: if one file is missing the old version stays. Fixed names go round the browser's own cache. */
async function fillCache(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(
    __PRECACHE__.map((path) => new Request(path, { cache: path.startsWith(HASHED) ? "default" : "reload" })),
  );
}

/** All but this version's and the one before: a tab that was open already may still need a part of that one. */
async function dropOldCaches(): Promise<void> {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
}

/** The browser may have thrown the cache away; then the network is asked. */
async function fromCache(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

/** A part of this version, or of the one that the tab was opened with. */
async function fromAnyCache(path: string, request: Request): Promise<Response> {
  return (await caches.match(path)) ?? fetch(request);
}
