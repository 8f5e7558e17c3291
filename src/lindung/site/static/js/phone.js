/* The worker's pages work without this. With it: what is sent is kept first and sent until the server
   has it, pages can be read without a network, the quick exit leaves no way back. */
"use strict";
(() => {
  const root = document.documentElement, body = document.body;
  const { owner, sms, number } = body.dataset;
  const words = (name) => document.querySelector(`#kata [data-w="${name}"]`)?.textContent || "";
  const inside = location.pathname.startsWith("/saya/");

  // --- quick exit: nothing on the screen, nothing behind "back" -------------------------------
  const way = document.querySelector("[data-exit]");
  const gone = () => { try { return sessionStorage.getItem("pergi"); } catch { return null; } };
  const hide = () => { body.hidden = true; document.title = ""; };
  const exit = () => {
    hide();
    try { sessionStorage.setItem("pergi", "1"); } catch { /* Without it "back" asks for the PIN alone. */ }
    if (body.dataset.pin === "open") {
      const form = new FormData();
      form.append("what", "lock");
      form.append("csrfmiddlewaretoken", (document.cookie.match(/csrftoken=([^;]+)/) || [])[1] || "");
      navigator.sendBeacon("/saya/pin/", form);
      self.Store?.drop("keys", "pin").catch(() => {});
    }
    location.replace(way.href);
  };
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (gone() && way) {
    if (back) { hide(); location.replace(way.href); return; }
    sessionStorage.removeItem("pergi");
  }
  addEventListener("pageshow", (e) => { if (e.persisted && gone()) exit(); });
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-exit]")) { e.preventDefault(); exit(); }
  });

  // --- what is shown of the outbox ------------------------------------------------------------
  const box = document.getElementById("kotak");
  const mine = new Set();
  const make = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);
  const when = (iso) => new Date(iso).toLocaleString(root.lang, { dateStyle: "medium", timeStyle: "short" });
  // The item's key in 26 letters (Crockford's Base32): sent by data as well, it is the same item.
  const code = (key) => {
    let left = BigInt(`0x${key.replaceAll("-", "")}`), letters = "";
    for (let i = 0; i < 26; i += 1, left >>= 5n) letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Number(left & 31n)] + letters;
    return letters;
  };
  const asText = (item) => `${
    item.kind === "check_in" || item.kind === "sos"
      ? `${words(`sms-${item.data.condition || "sos"}`)} ${number}`
      : `${number} ${item.data.words || words(item.kind)}`} ${code(item.key)}`;
  const smsLink = (item) => make("a", words("sms"), {
    className: "ds-button", href: `sms:${sms}?body=${encodeURIComponent(asText(item))}` });
  const act = (text, doing) => {
    const button = make("button", text, { type: "button", className: "ds-button" });
    button.addEventListener("click", doing);
    button.dataset.variant = "secondary";
    return button;
  };
  const row = (item) => {
    const line = document.createElement("li");
    line.dataset.state = item.state;
    // A locked phone shows that something waits, not what.
    const open = body.dataset.pin !== "locked";
    const head = make("p", `${words(item.kind)} · ${words(item.state)}`);
    const told = item.answer?.say || (item.file && words("with-file")) || (open && item.data.words) || "";
    line.append(head, make("small", told), make("small", when(item.at)));
    if (item.answer?.url && item.state === "received") line.append(make("a", words("open"), { href: item.answer.url, className: "back" }));
    if (item.state === "waiting" && !item.file && (open || item.first)) { const link = smsLink(item); link.dataset.variant = "secondary"; line.append(link); }
    if (item.state === "refused") {
      if (open && item.data.words) line.append(make("p", item.data.words, { className: "kept" }));
      line.append(act(words("discard"), async () => { await Store.drop("items", item.key); await show(); }));
    }
    return line;
  };
  const show = async (stopped) => {
    if (!box) return;
    const { mine: items, others } = await Store.list();
    const all = "all" in box.dataset;
    // What waited on this page is told here when it has arrived.
    for (const each of items) if (each.state !== "received") mine.add(each.key);
    const shown = items.filter((each) => each.kind !== "place").filter((each) => all || each.state !== "received" || mine.has(each.key));
    const list = box.querySelector("ul");
    list.replaceChildren(...shown.map(row));
    if (others) list.append(make("li", words("others").replace("9", others)));
    box.querySelector("[data-note]").textContent =
      stopped === "away" ? words("away") : !all || shown.length || others ? "" : words("nothing");
    box.hidden = !all && !shown.length && !others;
  };
  const told = (text) => {
    const note = box?.querySelector("[data-note]");
    if (note) { note.textContent = text; box.hidden = false; box.scrollIntoView({ block: "nearest" }); }
  };

  // --- sending --------------------------------------------------------------------------------
  let ready = false, again = 0, timer;
  const send = async () => {
    clearTimeout(timer);
    const stopped = await Store.send().catch(() => "net");
    await show(stopped);
    again = stopped === "net" ? Math.min(60000, (again || 2500) * 2) : 0;
    if (again) timer = setTimeout(send, again);
    return stopped;
  };
  const later = () =>
    navigator.serviceWorker?.ready.then((kept) => kept.sync?.register("kirim")).catch(() => {});
  const item = (form, submitter) => {
    const data = {};
    for (const [name, value] of new FormData(form, submitter)) {
      if (typeof value === "string" && !["csrfmiddlewaretoken", "once"].includes(name)) data[name] = value;
    }
    return { kind: form.dataset.item, data, first: form.dataset.item === "sos" };
  };
  const busy = (on) => { if (on) root.dataset.busy = ""; else delete root.dataset.busy; };
  /* Keep, then send; a received item leads to what it became. */
  const deliver = async (items, form) => {
    busy(true);
    const keys = [];
    try {
      for (const each of items) {
        const data = keys[0] && each.kind === "evidence" ? { ...each.data, complaint: keys[0] } : each.data;
        keys.push(await Store.add({ ...each, data, after: each.after ?? (keys[0] || undefined) }));
        mine.add(keys.at(-1));
      }
    } catch {
      // Nothing typed is lost: it stays in the form, and can go another way.
      if (!keys.length) await direct(items[0], form);
      else { told(words("full")); await show(); busy(false); }
      return null;
    }
    form?.reset();
    form?.dispatchEvent(new Event("kept"));
    later();
    await show();
    const patience = new Promise((go) => setTimeout(go, 8000));
    await Promise.race([send(), patience]);
    const { mine: known } = await Store.list();
    const first = known.find((each) => each.key === keys[0]);
    const all = keys.every((key) => known.find((each) => each.key === key)?.state === "received");
    // A locked phone stays where it is: the case would ask for the PIN first.
    if (first && all && first.answer.url && body.dataset.pin !== "locked") {
      location.assign(first.answer.url);
      return first;
    }
    busy(false);
    box?.scrollIntoView({ block: "nearest" });
    return first;
  };
  /* The phone is full: send at once without keeping, or offer a message by SMS. */
  const direct = async (one, form) => {
    const at = new Date().toISOString();
    const whole = { key: crypto.randomUUID(), kind: one.kind, at, data: one.data };
    const answer = one.file ? {} : await Store.post(Store.SEND_TO, { owner, sent_at: at, items: [whole] }, 30000).catch(() => ({}));
    const said = answer.items?.[0];
    if (said?.state === "received") { location.assign(said.url); return; }
    busy(false);
    told(said?.say || words("full"));
    box?.querySelector("ul").append(Object.assign(document.createElement("li"), { id: "penuh" }));
    document.getElementById("penuh")?.append(smsLink(whole));
  };

  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (!form.dataset.item || !ready || e.defaultPrevented) return;
    const blank = [...form.elements].find((each) => each.required && !each.value.trim());
    if (blank) {
      // The server says it better; without a network the browser says it.
      if (navigator.onLine) return;
      e.preventDefault();
      blank.focus();
      form.reportValidity();
      return;
    }
    e.preventDefault();
    if ("busy" in root.dataset) return;
    const made = item(form, e.submitter);
    if (made.kind === "sos") {
      made.key = crypto.randomUUID();
      others(made);
      locate((at) => tellPlace({ ...at, sos: made.key }, made.key));
    }
    deliver([made, ...(form.attached?.() || [])], form);
  });

  // --- help: hold for a second, or press twice -------------------------------------------------
  const HOLD_MS = 1000, TWICE_MS = 10000;
  for (const button of document.querySelectorAll("[data-hold]")) {
    const label = button.querySelector("[data-label]");
    const first = label.textContent;
    let timer, held = false, armed = 0;
    const stop = () => { clearTimeout(timer); button.classList.remove("holding"); };
    button.addEventListener("pointerdown", (e) => {
      if (e.button) return;
      held = false;
      button.classList.add("holding");
      timer = setTimeout(() => { held = true; stop(); button.form.requestSubmit(button); }, HOLD_MS);
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) button.addEventListener(end, stop);
    button.addEventListener("contextmenu", (e) => e.preventDefault());
    button.addEventListener("click", (e) => {
      if (held) { held = false; e.preventDefault(); return; }
      if (Date.now() - armed < TWICE_MS) { armed = 0; return; }
      // A short tap, a key, or a switch: the second one sends.
      e.preventDefault();
      armed = Date.now();
      label.textContent = button.dataset.hold;
      setTimeout(() => { label.textContent = first; }, TWICE_MS);
    });
  }
  const others = (made) => {
    const ways = document.getElementById("jalan-lain");
    if (ways) { ways.hidden = false; ways.querySelector("[data-sms]")?.setAttribute("href", smsLink(made).href); }
  };
  /* The finer place, for a call for help alone: once at the press, and while its page is open. */
  const locate = (then) =>
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => then({ lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy }),
      () => {}, { enableHighAccuracy: true, timeout: 30000, maximumAge: 0 });
  const PLACE_MS = 60000;
  const follow = () => {
    const called = document.querySelector("[data-sos]")?.dataset.sos;
    if (!called) return;
    const once = () => !document.hidden && locate(async (at) => {
      // Refused: the emergency is over, and nobody needs to know the place any more.
      if ((await tellPlace({ ...at, case: called })) === "refused") clearInterval(each);
    });
    const each = setInterval(once, PLACE_MS);
    once();
  };
  const tellPlace = async (data, after) => {
    const key = await Store.add({ kind: "place", data, after, first: true }).catch(() => "");
    await send();
    const { mine: items } = await Store.list();
    const state = items.find((one) => one.key === key)?.state;
    // Where somebody was does not stay on the phone.
    for (const one of items) if (one.kind === "place" && ["received", "refused"].includes(one.state)) await Store.drop("items", one.key);
    return state;
  };

  // --- the start ------------------------------------------------------------------------------
  if (root.dataset.kept) {
    const note = document.getElementById("salinan");
    if (note) { note.hidden = false; note.querySelector("time").textContent = when(Number(root.dataset.kept)); }
  }
  const start = async () => {
    if (!self.Store || !self.crypto?.subtle) return;
    const kept = navigator.serviceWorker;
    const controlled = kept?.controller;
    kept?.register("/saya/sw.js", { scope: "/saya/", updateViaCache: "all" }).catch(() => {});
    if (!owner) {
      // Signed out, by the worker or by time: the next person here finds nothing to read.
      if (!("shell" in body.dataset)) await Store.leave();
      return;
    }
    ready = await Store.adopt(owner);
    await show();
    if (!ready) return;
    follow();
    send();
    if (!controlled || navigator.connection?.saveData || !navigator.onLine) return;
    const keep = [...document.querySelectorAll("a[data-keep]")].map((link) => new URL(link.href).pathname);
    controlled.postMessage({ keep, language: root.lang });
  };
  addEventListener("online", () => ready && send());
  document.addEventListener("visibilitychange", () => !document.hidden && ready && send());
  self.Phone = { deliver, words, told, isReady: () => ready };
  if (inside) start().catch(() => {}).finally(() => { root.dataset.ready = ""; });
})();
