/* What this phone keeps: the outbox, the pages read last, and the keys that seal both. Loaded by the
   pages and by the service worker. Everything a person wrote or read lies sealed (AES-GCM) under the
   key of whose it is; a key leaves the phone when somebody else signs in, and the server gives it
   again to its owner alone. Keys cannot be read out by scripts. */
"use strict";
self.Store = (() => {
  const KEYS_AT = "/saya/kirim/kunci/", SEND_TO = "/saya/kirim/";
  const MOST = 20, MOST_PAGES = 30, JSON_MS = 30000, FILE_MS = 180000;
  const SHOWN_MS = 7 * 86400000;
  let opened;

  // --- the database --------------------------------------------------------------------------
  const open = () => (opened ||= new Promise((ok, no) => {
    const asked = indexedDB.open("catatan", 1);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore("meta");
      db.createObjectStore("keys");
      db.createObjectStore("items", { keyPath: "key" });
      db.createObjectStore("pages", { keyPath: "url" });
    };
    asked.onsuccess = () => {
      asked.result.onclose = asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      ok(asked.result);
    };
    asked.onerror = () => { opened = null; no(asked.error); };
  }));
  const run = async (store, mode, act) => {
    const db = await open();
    return new Promise((ok, no) => {
      // Strict: on the disk before we say it is kept.
      const work = db.transaction(store, mode, { durability: "strict" });
      const asked = act(work.objectStore(store));
      work.oncomplete = () => ok(asked?.result);
      work.onabort = work.onerror = () => no(work.error || asked?.error);
    });
  };
  const get = (store, key) => run(store, "readonly", (s) => s.get(key));
  const all = (store) => run(store, "readonly", (s) => s.getAll());
  const put = (store, value, key) =>
    run(store, "readwrite", (s) => (key === undefined ? s.put(value) : s.put(value, key)));
  const drop = (store, key) => run(store, "readwrite", (s) => s.delete(key));

  // --- sealing -------------------------------------------------------------------------------
  const seal = async (key, data) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, data) };
  };
  const unseal = (key, box) => crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, key, box.data);
  const write = (key, value) => seal(key, new TextEncoder().encode(JSON.stringify(value)));
  const read = async (key, box) => JSON.parse(new TextDecoder().decode(await unseal(key, box)));
  const imported = (text) => {
    const raw = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  };
  /* The key of private pages behind a PIN, while it is open; its time moves on with each use. */
  const pinKey = async () => {
    const kept = await get("keys", "pin");
    if (!kept) return null;
    if (kept.until < Date.now()) { await drop("keys", "pin"); return null; }
    return kept.key;
  };

  // --- whose things these are ----------------------------------------------------------------
  const token = async () => {
    if (self.document) return (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";
    return (await self.cookieStore?.get("csrftoken"))?.value || "";
  };
  const post = async (url, body, ms) => {
    const headers = { Accept: "application/json", "X-CSRFToken": await token() };
    if (!(body instanceof FormData)) headers["Content-Type"] = "application/json";
    const answer = await fetch(url, {
      method: "POST", headers, credentials: "same-origin", signal: AbortSignal.timeout(ms),
      body: body instanceof FormData ? body : JSON.stringify(body),
    });
    const json = /json/.test(answer.headers.get("Content-Type") || "");
    if (answer.status === 401 || answer.redirected) return { away: true };
    if (!answer.ok || !json) return { failed: answer.status };
    return answer.json();
  };
  /* The page says whose phone this is now. What others left stays, sealed, and closed to this one. */
  const adopt = async (owner) => {
    if ((await get("meta", "owner")) === owner && (await get("keys", owner))) return true;
    await leave(owner);
    const items = await all("items");
    const owners = [...new Set(items.map((each) => each.owner))].filter((each) => each !== owner);
    const answer = await post(KEYS_AT, { owners }, JSON_MS);
    if (answer.owner !== owner) return false;
    const own = await imported(answer.keys[owner]);
    await put("keys", own, owner);
    for (const item of items) {
      const theirs = item.owner !== owner && answer.keys[item.owner];
      if (theirs) await rewrite(item, await imported(theirs), own, owner);
    }
    await put("meta", owner, "owner");
    return true;
  };
  /* Nobody, or somebody else, is signed in: no key and no page of the one before stays. */
  const leave = async (owner) => {
    await run("keys", "readwrite", (s) => s.clear());
    await run("pages", "readwrite", (s) => s.clear());
    await run("meta", "readwrite", (s) => s.clear());
  };
  const rewrite = async (item, from, to, owner) => {
    const parts = {};
    for (const part of ["body", "file", "answer"]) {
      if (item[part]) parts[part] = { ...item[part], ...(await seal(to, await unseal(from, item[part]))) };
    }
    await put("items", { ...item, ...parts, owner });
  };

  // --- the outbox ----------------------------------------------------------------------------
  const own = async () => {
    const owner = await get("meta", "owner");
    return { owner, key: owner && (await get("keys", owner)) };
  };
  /* Keep an item; resolves when it is on the disk. Throws where the phone is full. */
  const add = async ({ kind, data, file, after, first, key = crypto.randomUUID(), at = new Date().toISOString() }) => {
    const { owner, key: under } = await own();
    if (!under) throw new Error("no owner");
    const item = { key, owner, seq: Date.now(), after, first: !!first, state: "waiting",
      body: await write(under, { kind, at, data }) };
    if (file) item.file = { ...(await seal(under, await file.arrayBuffer())), type: file.type };
    try {
      await put("items", item);
    } catch (full) {
      // Pages can be had again, and what the server has need not stay.
      await run("pages", "readwrite", (s) => s.clear());
      for (const each of await all("items")) if (each.state === "received") await drop("items", each.key);
      await put("items", item);
    }
    return key;
  };
  /* This person's items, readable, in order; and how many there are of others. */
  const list = async () => {
    const { owner, key } = await own();
    const items = (await all("items")).sort((a, b) => a.seq - b.seq);
    const mine = [];
    for (const item of items) {
      if (item.owner !== owner || !key) continue;
      if (item.state === "received" && Date.now() - item.done > SHOWN_MS) { await drop("items", item.key); continue; }
      mine.push({ ...item, ...(await read(key, item.body)), body: undefined, file: !!item.file,
        answer: item.answer && (await read(key, item.answer)) });
    }
    return { mine, others: items.filter((each) => each.owner !== owner && each.state !== "received").length };
  };
  const settle = async (key, item, said) => {
    const state = said.state === "locked" ? "waiting" : said.state;
    const kept = { ...item, state, answer: await write(key, said) };
    if (state === "received") { kept.done = Date.now(); delete kept.file; }
    await put("items", kept);
  };
  const ready = (items, owner) => {
    const by = new Map(items.map((each) => [each.key, each]));
    const open = items.filter((each) => each.owner === owner && ["waiting", "sending"].includes(each.state));
    const free = open.filter((each) => !each.after || !by.has(each.after) || by.get(each.after).state === "received");
    return free.sort((a, b) => b.first - a.first || a.seq - b.seq);
  };
  /* Send what can go. Resolves to what stopped it: "" (nothing), "away" (sign in first), "net". */
  const send = () => {
    const work = async () => {
      for (let round = 0; round < 20; round++) {
        const { owner, key } = await own();
        if (!key) return "away";
        const next = ready(await all("items"), owner);
        if (!next.length) return "";
        // A file goes alone, a call for help before all others.
        const lone = next[0].file || next[0].first;
        const some = lone ? [next[0]] : next.filter((each) => !each.file && !each.first).slice(0, MOST);
        const stopped = await sendSome(owner, key, some);
        if (stopped) return stopped;
      }
      return "net";
    };
    return navigator.locks ? navigator.locks.request("kirim", work) : work();
  };
  const sendSome = async (owner, key, some) => {
    for (const item of some) await put("items", { ...item, state: "sending" });
    const bodies = [];
    for (const item of some) bodies.push({ key: item.key, ...(await read(key, item.body)) });
    const batch = { owner, sent_at: new Date().toISOString(), items: bodies };
    let body = batch, answer;
    if (some[0].file) {
      body = new FormData();
      body.append("batch", JSON.stringify(batch));
      body.append("file", new Blob([await unseal(key, some[0].file)], { type: some[0].file.type }), "lampiran");
    }
    try {
      answer = await post(SEND_TO, body, some[0].file ? FILE_MS : JSON_MS);
    } catch {
      answer = { failed: 0 };
    }
    const said = new Map((answer.items || []).map((each) => [each.key, each]));
    let moved = false;
    for (const item of some) {
      const its = said.get(item.key);
      if (its) await settle(key, item, its);
      else await put("items", { ...item, state: "waiting" });
      moved ||= its && (its.state === "received" || its.state === "refused");
    }
    // A refused item takes what hangs on it along: it would never be ready.
    for (const item of await all("items")) {
      const its = said.get(item.after);
      if (its?.state === "refused" && item.owner === owner) await settle(key, item, { ...its, key: item.key });
    }
    if (answer.away) return "away";
    return moved ? "" : "net";
  };

  // --- pages for reading without a network ----------------------------------------------------
  const keep = async (url, text, owner, part) => {
    const kept = await own();
    if (!kept.key || kept.owner !== owner) return;
    const key = part === "pin" ? await pinKey() : kept.key;
    if (!key) return;
    await put("pages", { url, owner, part, at: Date.now(), ...(await seal(key, new TextEncoder().encode(text))) });
    const pages = (await all("pages")).sort((a, b) => b.at - a.at);
    for (const old of pages.slice(MOST_PAGES)) await drop("pages", old.url);
  };
  /* A kept page: its text, or "locked" where the PIN comes first, or null. */
  const kept = async (url) => {
    const page = await get("pages", url);
    const { owner, key: under } = await own();
    if (!page || page.owner !== owner) return null;
    const key = page.part === "pin" ? await pinKey() : under;
    if (!key) return page.part === "pin" ? { locked: true } : null;
    try {
      return { text: new TextDecoder().decode(await unseal(key, page)), at: page.at };
    } catch {
      return null;
    }
  };

  return { get, put, drop, all, run, write, read, pinKey, adopt, leave, add, list, send, own, keep, kept, post, SEND_TO };
})();
