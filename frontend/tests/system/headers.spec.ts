/** What the server says about the app's files to browsers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { school } from "./school.ts";

test("the page may run only its own files, and is asked for again each time", async () => {
  const { muster } = await school();
  const page = await fetch(`${muster.origin}/`);
  assert.equal(page.status, 200);
  const policy = page.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.match(policy, /object-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe-|\*|https?:/);
  assert.equal(page.headers.get("cache-control"), "no-cache");
  assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  const text = await page.text();
  assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i, "nothing inline");
});

test("files with a hash in their name are kept for ever, and a file that is held already is not sent again", async () => {
  const { muster } = await school();
  const text = await (await fetch(`${muster.origin}/`)).text();
  const assets = [...new Set([...text.matchAll(/["'](\/assets\/[^"']+)["']/g)].map(([, path]) => String(path)))];
  assert.ok(assets.some((path) => path.endsWith(".js")) && assets.some((path) => path.endsWith(".css")), assets.join());
  for (const path of ["/", "/service-worker.js", "/manifest.webmanifest", ...assets]) {
    const first = await fetch(muster.origin + path);
    assert.equal(first.status, 200, path);
    const kept = first.headers.get("cache-control") ?? "";
    if (path.startsWith("/assets/")) assert.match(kept, /max-age=31536000.*immutable/, path);
    else assert.equal(kept, "no-cache", path);
    const tag = first.headers.get("etag");
    assert.ok(tag, path);
    const again = await fetch(muster.origin + path, { headers: { "if-none-match": tag } });
    assert.equal(again.status, 304, path);
    assert.equal(await again.text(), "");
  }
});

test("texts come packed as the build packed them, and plain to whoever asks for that", async () => {
  const { muster } = await school();
  for (const path of ["/", "/service-worker.js", "/manifest.webmanifest"]) {
    const plain = await fetch(muster.origin + path, { headers: { "accept-encoding": "identity" } });
    const text = await plain.text();
    assert.equal(plain.headers.get("content-encoding"), null, path);
    for (const [accepted, packing] of [["gzip, deflate, br, zstd", "br"], ["gzip, deflate", "gzip"], ["gzip, br;q=0", "gzip"]] as const) {
      const packed = await fetch(muster.origin + path, { headers: { "accept-encoding": accepted } });
      assert.equal(packed.headers.get("content-encoding"), packing, `${path} for ${accepted}`);
      assert.equal(packed.headers.get("content-type"), plain.headers.get("content-type"), path);
      assert.match(packed.headers.get("vary") ?? "", /accept-encoding/i, path);
      assert.notEqual(packed.headers.get("etag"), plain.headers.get("etag"), path);
      assert.equal(await packed.text(), text, path);
    }
  }
  for (const ending of [".gz", ".br"]) assert.equal((await fetch(`${muster.origin}/index.html${ending}`)).status, 404);
});

test("what people said to the server is never kept on the way", async () => {
  const { muster } = await school();
  for (const path of ["/api/v1/time", "/api/v1/roster", "/nothing-here"]) {
    const response = await fetch(muster.origin + path);
    assert.equal(response.headers.get("cache-control"), "no-store", path);
    assert.ok(response.headers.get("muster-store"), path);
  }
});
