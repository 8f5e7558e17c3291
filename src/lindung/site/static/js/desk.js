/* Keyboard layer of the desk. Everything it does can be done without it.
   Rows are [data-row] (their first link opens them, their first tick box ticks them);
   lawful steps are [data-steps]; places are [data-go] with their letter. */
"use strict";
(() => {
  const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]");
  const shown = (all) => [...all].find((one) => one.offsetParent !== null);
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => document.querySelector("[data-row].current");
  let going = 0;

  const mark = (row) => {
    for (const one of rows()) one.classList.toggle("current", one === row);
    const link = row.querySelector("a[href]");
    (link || row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    mark(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
  };
  const search = () => {
    const menu = document.querySelector(".topbar details");
    if (menu && menu.offsetParent) menu.open = true;
    const box = shown(document.querySelectorAll("[data-search]"));
    if (box) { box.focus(); box.select(); }
  };
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    x: () => current()?.querySelector("input[type=checkbox]")?.click(),
    e: () => shown(document.querySelectorAll("[data-steps] :is(a[href], button, summary)"))?.focus(),
    "/": search,
    "?": () => document.getElementById("keys")?.showModal(),
  };

  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
      e.preventDefault();
      command();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    if (typing(e)) {
      if (e.key === "Escape") e.target.blur();
      return;
    }
    if (Date.now() - going < 1500) {
      going = 0;
      const place = document.querySelector(`[data-go="${CSS.escape(e.key)}"]`);
      if (place) {
        e.preventDefault();
        location.assign(place.href);
        return;
      }
    }
    if (e.key === "g") { going = Date.now(); return; }
    if (e.key === "Enter" && e.target === document.body && current()) {
      current().querySelector("a[href]")?.click();
      return;
    }
    const act = acts[e.key];
    if (act) { e.preventDefault(); act(); }
  });

  /* Commands: the pages one may go to and the lawful steps of this page, all of them plain links
     and buttons that stand elsewhere too. */
  const palette = document.getElementById("perintah");
  const asked = palette?.querySelector("input[type=search]");
  const command = () => {
    if (!asked || palette.open) return;
    const list = palette.querySelector("ul");
    for (const old of list.querySelectorAll("[data-found]")) old.remove();
    for (const step of document.querySelectorAll("main [data-steps] :is(a[href], button)")) {
      const item = document.createElement("li");
      const button = document.createElement("button");
      item.dataset.found = "";
      button.type = "button";
      button.textContent = step.textContent.trim();
      button.addEventListener("click", () => { palette.close(); step.click(); });
      item.append(button);
      list.prepend(item);
    }
    palette.showModal();
    asked.value = "";
    narrow();
    asked.focus();
  };
  const narrow = () => {
    const words = asked.value.toLowerCase().split(/\s+/);
    for (const item of palette.querySelectorAll("li")) {
      const said = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => said.includes(word));
    }
  };
  asked?.addEventListener("input", narrow);
  asked?.form.addEventListener("submit", (e) => {
    const first = palette.querySelector("li:not([hidden]) :is(a, button)");
    // Nothing of that name here: the words are looked for among people, papers and cases.
    if (first) { e.preventDefault(); first.click(); }
  });

  /* A part that refreshes itself keeps the reader's row, ticks and focus. */
  let kept = null;
  document.addEventListener("htmx:before:swap", () => {
    kept = {
      row: current()?.id,
      focus: document.activeElement?.id,
      inRow: document.activeElement?.closest?.("[data-row]")?.id,
      ticks: [...document.querySelectorAll("[data-row] input:checked")].map((one) => one.id),
    };
  });
  const restore = () => {
    if (!kept) return;
    document.getElementById(kept.row || "")?.classList.add("current");
    for (const id of kept.ticks) {
      const box = document.getElementById(id);
      if (box) box.checked = true;
    }
    if (document.activeElement === document.body) {
      const row = document.getElementById(kept.inRow || "");
      (document.getElementById(kept.focus || "") || row?.querySelector("a[href]"))?.focus({ preventScroll: true });
    }
    many();
  };
  document.addEventListener("htmx:after:swap", restore);
  /* Where there is one column the pane stands below the queue: it comes to the reader. */
  document.addEventListener("htmx:after:request", (e) => {
    if (!e.target?.closest?.("[hx-target='#pane']") || window.innerWidth >= 1024) return;
    setTimeout(() => document.getElementById("pane")?.focus(), 50);
  });
  /* After an act in the pane the queue is no longer what it was. */
  document.addEventListener("htmx:after:swap", (e) => {
    const acted = e.target instanceof Element && e.target.querySelector?.(".receipt");
    if (acted || document.querySelector("#pane .receipt:not([data-told])")) {
      document.querySelector("#pane .receipt")?.setAttribute("data-told", "");
      document.getElementById("antrean")?.dispatchEvent(new Event("segar"));
    }
  });

  /* Many rows at once: only the fields of the chosen act, only while something is ticked. */
  const many = () => {
    const bar = document.querySelector(".many");
    if (!bar) return;
    const ticked = document.querySelectorAll("[data-row] input:checked").length;
    bar.hidden = !ticked;
    const act = bar.querySelector("[name=act]").value;
    for (const part of bar.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== act;
    const said = bar.querySelector("[data-ticked]");
    if (said) said.textContent = ticked;
  };
  document.addEventListener("change", (e) => { if (e.target.closest("#massal")) many(); });
  many();

  /* Colleagues at the same page learn that one types; the part itself asks and tells. */
  document.addEventListener("input", (e) => {
    const form = e.target.closest("main form[method=post]");
    const sign = document.getElementById("menulis");
    if (!sign || !form || form.id === "massal" || e.target.closest("[data-presence]")) return;
    if (sign.value !== "1") {
      sign.value = "1";
      sign.dispatchEvent(new Event("menulis", { bubbles: true }));
    }
  });
})();
