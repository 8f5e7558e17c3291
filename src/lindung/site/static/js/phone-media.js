/* A voice note or photos beside a complaint. Photos are drawn anew on the phone: at most 1600 px, and
   what the camera wrote into them (the place, the day) is gone. Files wait in the outbox behind the
   complaint they belong to. */
"use strict";
(() => {
  const LONG = 1600, QUALITY = 0.82, MOST_MS = 300000;
  const form = document.querySelector('form[data-item="complaint"]');
  const part = document.getElementById("lampiran");
  if (!form || !part || !self.indexedDB) return;
  const said = part.querySelector("[data-said]"), list = part.querySelector("ul");
  const say = (name) => { said.textContent = part.dataset[name] || ""; };
  const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
  let files = [];

  const show = () => {
    list.replaceChildren(...files.map((each) => {
      const line = document.createElement("li");
      if (each.file.type.startsWith("audio/")) {
        const sound = document.createElement("audio");
        sound.controls = true;
        sound.src = each.url ||= URL.createObjectURL(each.file);
        sound.setAttribute("aria-label", each.name);
        line.append(sound);
      }
      line.append(document.createTextNode(`${each.name}, ${Math.ceil(each.file.size / 1024)} KB `));
      const off = Object.assign(document.createElement("button"), { type: "button", textContent: part.dataset.remove, className: "ds-button" });
      off.dataset.variant = "secondary";
      off.addEventListener("click", () => { files = files.filter((one) => one !== each); show(); });
      line.append(off);
      return line;
    }));
    // Somebody who cannot write may send the voice alone.
    const words = form.querySelector("[name=words]");
    words.required = !files.length;
  };
  form.attached = () => files.map((each) => ({ kind: "evidence", data: { note: each.name }, file: each.file }));
  form.addEventListener("kept", () => { files = []; show(); });
  form.addEventListener("submit", () => {
    const words = form.querySelector("[name=words]");
    if (files.length && !words.value.trim()) words.value = part.dataset.alone;
  }, true);

  // --- photos ---------------------------------------------------------------------------------
  const smaller = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG / Math.max(picture.width, picture.height));
    const paper = document.createElement("canvas");
    paper.width = Math.round(picture.width * scale);
    paper.height = Math.round(picture.height * scale);
    const pen = paper.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, paper.width, paper.height);
    pen.drawImage(picture, 0, 0, paper.width, paper.height);
    picture.close();
    return new Promise((ok, no) => paper.toBlob((made) => (made ? ok(made) : no(new Error("no picture"))), "image/jpeg", QUALITY));
  };
  part.querySelector("input[type=file]").addEventListener("change", async (e) => {
    say("");
    for (const file of e.target.files) {
      try {
        files.push({ file: await smaller(file), name: part.dataset.photo });
      } catch {
        say("unreadable");
      }
    }
    e.target.value = "";
    show();
  });

  // --- voice ----------------------------------------------------------------------------------
  const button = part.querySelector("[data-record]");
  const type = self.MediaRecorder && TYPES.find((each) => MediaRecorder.isTypeSupported(each));
  if (!type || !navigator.mediaDevices) { button.hidden = true; say("mute"); part.hidden = false; return; }
  let recorder, clock, began;
  const words = button.querySelector("span");
  const idle = words.textContent;
  const stop = () => recorder?.state === "recording" && recorder.stop();
  button.addEventListener("click", async () => {
    if (recorder?.state === "recording") { stop(); return; }
    let sound;
    try {
      sound = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      say("closed");
      return;
    }
    const parts = [];
    recorder = new MediaRecorder(sound, { mimeType: type, audioBitsPerSecond: 24000 });
    recorder.ondataavailable = (e) => e.data.size && parts.push(e.data);
    recorder.onstop = () => {
      clearInterval(clock);
      sound.getTracks().forEach((each) => each.stop());
      button.removeAttribute("aria-pressed");
      words.textContent = idle;
      say("");
      if (parts.length) files.push({ file: new Blob(parts, { type: type.split(";")[0] }), name: part.dataset.voice });
      show();
    };
    recorder.start(1000);
    began = Date.now();
    button.setAttribute("aria-pressed", "true");
    words.textContent = part.dataset.stop;
    say("recording");
    clock = setInterval(() => Date.now() - began > MOST_MS && stop(), 1000);
  });
  // A call or another program in front must not lose what was said so far.
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  part.hidden = false;
})();
