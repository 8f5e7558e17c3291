/* The worker's pages work without this. Quick exit: replaces the page, so "back" does not return. */
"use strict";
document.addEventListener("click", (e) => {
  const exit = e.target.closest("[data-exit]");
  if (!exit) return;
  e.preventDefault();
  document.body.hidden = true;
  location.replace(exit.href);
});
