/* Copy buttons: [data-copy] names the read-only field beside it. Without this file the field itself
   can be selected and copied. What was copied is said in the page's [data-copied]. */
"use strict";
(() => {
  const told = document.querySelector("[data-copied]");
  const put = async (field) => {
    // Focus stays on the button, so that Tab goes on to the next field.
    if (navigator.clipboard) return navigator.clipboard.writeText(field.value);
    const button = document.activeElement;
    field.select();
    if (!document.execCommand("copy")) throw new Error("not copied");
    button.focus();
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await put(field);
        document.querySelectorAll("[data-copy].copied").forEach((one) => one.classList.remove("copied"));
        button.classList.add("copied");
        if (told) told.textContent = `${told.dataset.copied} ${button.dataset.label}`;
      } catch {
        field.focus();
        field.select();
      }
    });
  }
})();
