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
    e: () => document.querySelector("[data-steps] :is(a, button, summary)")?.focus(),
    "/": search,
    "?": () => document.getElementById("keys")?.showModal(),
  };

  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
      e.preventDefault();
      search();
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

  /* A part that refreshes itself keeps the reader's row. */
  document.addEventListener("htmx:before:swap", () => {
    const row = current();
    if (row?.id) document.documentElement.dataset.row = row.id;
  });
  document.addEventListener("htmx:after:swap", () => {
    const row = document.getElementById(document.documentElement.dataset.row || "");
    if (row && !row.classList.contains("current")) row.classList.add("current");
  });
})();
