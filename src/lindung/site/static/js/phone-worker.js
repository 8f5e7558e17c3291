/* Serves the pages under /saya/ without a network: the shell from the cache, pages as they were read
   last from the sealed store. Of the server it takes fresh pages first. `SHELL` is put before this. */
"use strict";
importScripts(SHELL.store);
const CACHE = `kulit-${SHELL.version}`;
const SLOW_MS = 8000;

self.addEventListener("install", (e) => {
  e.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([...SHELL.files, SHELL.offline]);
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (e) => {
  e.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (e.request.mode === "navigate" && url.pathname.startsWith("/saya/")) e.respondWith(page(e, url));
  else if (url.pathname.startsWith("/static/")) e.respondWith(part(e.request));
});

async function part(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  // Names of static files change with their contents.
  if (answer.ok && /\.[0-9a-f]{12}\./.test(request.url)) await cache.put(request, answer.clone());
  return answer;
}

async function page(e, url) {
  const fresh = fetch(e.request).then((answer) => {
    e.waitUntil(remember(url, answer.clone()));
    return answer.status >= 502 ? Promise.reject(answer) : answer;
  });
  const old = async () => {
    const found = await Store.kept(url.pathname);
    if (!found) return null;
    if (found.locked) return offline();
    const text = found.text.replace("<html ", `<html data-kept="${found.at}" `);
    return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
  };
  const late = new Promise((go) => setTimeout(go, SLOW_MS));
  try {
    // On a line that hangs, what was read last is shown meanwhile; without it we wait on.
    const first = await Promise.race([fresh, late]);
    if (first) return first;
    return (await old()) || (await fresh);
  } catch (failed) {
    return (await old()) || (failed instanceof Response ? failed : offline());
  }
}
const offline = async () =>
  (await (await caches.open(CACHE)).match(SHELL.offline)) || Response.error();

async function remember(url, answer) {
  const owner = answer.headers.get("X-Phone-Owner"), part = answer.headers.get("X-Phone-Part");
  const html = /html/.test(answer.headers.get("Content-Type") || "");
  if (!owner || !part || !html || answer.status !== 200 || url.search) return;
  try {
    await Store.keep(url.pathname, await answer.text(), owner, part);
  } catch {
    // A full phone keeps no page; what was written matters more.
  }
}

self.addEventListener("message", (e) => {
  const { keep = [], language } = e.data || {};
  e.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    const known = await cache.match(SHELL.offline);
    if (language && known && known.headers.get("Content-Language") !== language) await cache.add(SHELL.offline);
    for (const path of keep) {
      if (await Store.get("pages", path)) continue;
      const url = new URL(path, location.origin);
      try {
        await remember(url, await fetch(url, { credentials: "same-origin" }));
      } catch {
        return;
      }
    }
  })());
});
self.addEventListener("sync", (e) => {
  if (e.tag === "kirim") e.waitUntil(Store.send().then((stopped) => stopped === "net" && Promise.reject(new Error(stopped))));
});
