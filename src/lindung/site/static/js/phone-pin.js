/* The PIN of the private parts on this phone. The server judges it; this makes from it the key under
   which private pages are kept here, so that they open without a network and stay shut without PIN.
   Without a network the kept pages themselves tell whether a PIN is right. */
"use strict";
(() => {
  const ROUNDS = 600000, OPEN_MS = 600000, MOST_WRONG = 5, PROOF = "catatan";
  const { pin: state, owner } = document.body.dataset;
  const derived = async (pin, salt) => {
    const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
    return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, raw,
      { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  };
  const open = async (key) => Store.put("keys", { key, until: Date.now() + OPEN_MS }, "pin");
  const fits = async (key, proof) => {
    try { return (await Store.read(key, proof)) === PROOF; } catch { return false; }
  };
  /* The PIN typed here counts once the server has taken it: the next page says so. */
  const settle = async () => {
    const tried = await Store.get("meta", "tried");
    if (!tried || !state) return;
    await Store.drop("meta", "tried");
    if (state !== "open") return;
    const known = await Store.get("meta", "pin");
    if (!known || !(await fits(tried.key, known.proof))) {
      await Store.run("pages", "readwrite", (s) => s.clear());
      await Store.put("meta", { salt: tried.salt, proof: tried.proof, wrong: 0 }, "pin");
    }
    await open(tried.key);
  };
  const tries = async (pin, fresh) => {
    const known = fresh ? null : await Store.get("meta", "pin");
    const salt = known?.salt || crypto.getRandomValues(new Uint8Array(16));
    const key = await derived(pin, salt);
    await Store.put("meta", { salt, key, proof: await Store.write(key, PROOF) }, "tried");
  };
  const unlockHere = async (pin, told) => {
    const known = await Store.get("meta", "pin");
    if (!known) { told.textContent = told.dataset.none; return; }
    const key = await derived(pin, known.salt);
    if (await fits(key, known.proof)) {
      await Store.put("meta", { ...known, wrong: 0 }, "pin");
      await open(key);
      location.reload();
      return;
    }
    const wrong = known.wrong + 1;
    if (wrong < MOST_WRONG) { await Store.put("meta", { ...known, wrong }, "pin"); told.textContent = told.dataset.wrong; return; }
    await Store.run("pages", "readwrite", (s) => s.clear());
    await Store.drop("meta", "pin");
    told.textContent = told.dataset.none;
  };
  document.addEventListener("submit", (e) => {
    const form = e.target;
    const box = form.querySelector("[name=pin]");
    if (!box || "sent" in form.dataset || !self.crypto?.subtle) return;
    e.preventDefault();
    const on = async () => {
      if (form.dataset.pin === "here") return unlockHere(box.value, document.getElementById("salah"));
      await tries(box.value, form.dataset.pin === "set").catch(() => {});
      form.dataset.sent = "";
      form.requestSubmit(e.submitter);
    };
    on();
  });
  const show = async () => {
    const here = document.getElementById("buka");
    const known = here && (await Store.get("meta", "pin"));
    const page = here && (await Store.get("pages", location.pathname));
    if (known && page) { here.hidden = false; document.getElementById("tak-ada").hidden = true; }
  };
  if (owner) settle().catch(() => {});
  show().catch(() => {});
})();
