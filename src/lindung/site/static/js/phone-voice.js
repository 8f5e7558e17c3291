/* Reads a page aloud where this phone has a voice for its language; elsewhere the button is not shown,
   and a sentence says that there is text alone. Sound comes on tap only. */
"use strict";
(() => {
  const part = document.querySelector("[data-aloud]");
  const speech = self.speechSynthesis;
  if (!part || !speech) return;
  const button = part.querySelector("button"), none = part.querySelector("[data-none]");
  const language = document.documentElement.lang.toLowerCase();
  const voice = () => speech.getVoices().find((each) => {
    const its = each.lang.toLowerCase().replace("_", "-");
    return its === language || its.split("-")[0] === language.split("-")[0];
  });
  const look = () => { button.hidden = !voice(); none.hidden = !!voice(); part.hidden = false; };
  const read = document.querySelectorAll(part.dataset.aloud);
  // A long text in one piece is cut off by some voices: one part after the other.
  const pieces = () => [...read].flatMap((each) => each.innerText.split(/\n+/)).map((each) => each.trim()).filter(Boolean);
  button.addEventListener("click", () => {
    if (speech.speaking) { speech.cancel(); button.removeAttribute("aria-pressed"); return; }
    const all = pieces();
    button.setAttribute("aria-pressed", "true");
    all.forEach((text, at) => {
      const said = new SpeechSynthesisUtterance(text);
      said.voice = voice();
      said.lang = said.voice.lang;
      if (at === all.length - 1) said.onend = () => button.removeAttribute("aria-pressed");
      speech.speak(said);
    });
  });
  addEventListener("pagehide", () => speech.cancel());
  speech.addEventListener?.("voiceschanged", look);
  look();
})();
