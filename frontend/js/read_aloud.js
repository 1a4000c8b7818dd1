// Reads the page aloud with the browser's own voice: nothing is fetched, nothing leaves the machine by this script.
// Alt R reads, pauses and goes on; Esc stops. While it is on, a field that gets the focus is read with its help and error.
import { say } from "./words.js";

const RATE = "zhengtong.reading-rate";
const RATES = [0.6, 0.8, 1, 1.25, 1.5, 2];
const LONGEST = 100; // characters of one utterance: browsers cut long ones off
const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, tr, summary, legend, label, caption, figcaption";
const SKIP = "[hidden], [aria-hidden='true'], dialog, .tour-offer, .no-read, script, template, .htmx-indicator";

export function readAloud() {
  const button = document.querySelector("[data-read-aloud]");
  const bar = document.querySelector("[data-reader]");
  if (!button || !bar || !("speechSynthesis" in window)) return tellMute(button);
  button.hidden = false;
  const reader = new Reader(button, bar);
  button.addEventListener("click", () => reader.toggle());
  const press = (name, act) => bar.querySelector(`[data-reader-${name}]`).addEventListener("click", act);
  press("pause", () => reader.toggle());
  press("stop", () => reader.stop());
  press("back", () => reader.go(reader.at - 1));
  press("on", () => reader.go(reader.at + 1));
  press("slower", () => reader.change(-1));
  press("faster", () => reader.change(1));
  document.addEventListener("keydown", (event) => {
    if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyR") {
      event.preventDefault();
      reader.toggle();
    } else if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) reader.stop();
  });
  document.addEventListener("focusin", (event) => reader.readField(event.target));
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

function tellMute(button) {
  // Pages without the button have nothing to tell.
  if (button) document.querySelector("[data-reader-mute]").hidden = false;
}

class Reader {
  state = "off";
  at = 0;
  blocks = [];
  turn = 0;

  constructor(button, bar) {
    this.button = button;
    this.bar = bar;
    this.rate = Number(localStorage.getItem(RATE)) || 1;
  }

  async toggle() {
    if (this.state === "reading") return this.pause();
    if (this.state === "paused") return this.resume();
    this.voice = await findVoice();
    if (!this.voice) {
      this.button.hidden = true;
      tellMute(this.button);
      return;
    }
    this.blocks = collect();
    this.bar.hidden = false;
    document.documentElement.classList.add("reading");
    this.go(0);
  }

  pause() {
    // Cancelled and begun anew at the paragraph: pausing proper doesn't work on Android.
    this.turn++;
    speechSynthesis.cancel();
    this.show("paused");
  }

  resume() {
    this.go(this.at);
  }

  stop() {
    if (this.state === "off") return;
    this.turn++;
    speechSynthesis.cancel();
    this.mark(null);
    this.show("off");
    document.documentElement.classList.remove("reading");
    const isInside = this.bar.contains(document.activeElement);
    this.bar.hidden = true;
    if (isInside) this.button.focus();
  }

  go(at) {
    if (!this.blocks.length) return this.stop();
    this.at = Math.min(Math.max(at, 0), this.blocks.length - 1);
    this.show("reading");
    const block = this.blocks[this.at];
    this.mark(block.element);
    this.speak(block.text, () => (this.at + 1 < this.blocks.length ? this.go(this.at + 1) : this.finish()));
  }

  finish() {
    this.mark(null);
    this.show("done");
    this.at = 0;
  }

  speak(text, then) {
    const turn = ++this.turn;
    speechSynthesis.cancel();
    const parts = split(text);
    const next = () => {
      if (turn !== this.turn) return;
      const part = parts.shift();
      if (part === undefined) return then();
      const utterance = new SpeechSynthesisUtterance(part);
      Object.assign(utterance, { voice: this.voice, lang: this.voice.lang, rate: this.rate });
      utterance.onend = next;
      utterance.onerror = (event) => turn === this.turn && !/interrupted|canceled/.test(event.error) && this.stop();
      this.spoken = utterance; // held: browsers drop the events of one that was collected as garbage
      speechSynthesis.speak(utterance);
    };
    next();
  }

  change(by) {
    const at = RATES.reduce((best, rate, index) => (Math.abs(rate - this.rate) < Math.abs(RATES[best] - this.rate) ? index : best), 0);
    this.rate = RATES[Math.min(Math.max(at + by, 0), RATES.length - 1)];
    localStorage.setItem(RATE, String(this.rate));
    if (this.state === "reading") this.go(this.at);
    else this.show(this.state);
  }

  // What a form asks, helps with and complains of; never what was typed, which others in the room would hear.
  readField(field) {
    if (this.state === "off" || !field.matches?.("input:not([type=hidden]), select, textarea") || field.closest("[data-reader]")) return;
    const described = (field.getAttribute("aria-describedby") ?? "").split(/\s+/).map((id) => document.getElementById(id)?.innerText);
    const legend = field.closest("fieldset")?.querySelector("legend")?.innerText;
    const texts = [legend, ...[...(field.labels ?? [])].map((label) => label.innerText), field.required ? say("required") : "", ...described];
    const box = field.closest(".field") ?? field;
    this.mark(box);
    this.show("paused");
    this.speak(texts.filter(Boolean).join("。"), () => {});
  }

  mark(element) {
    document.querySelector(".read-now")?.classList.remove("read-now");
    element?.classList.add("read-now");
    element?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  show(state) {
    this.state = state === "done" ? "off" : state;
    const isOn = state === "reading";
    const words = this.bar.querySelector("[data-reader-state]");
    words.textContent = words.dataset[state] ?? "";
    this.bar.querySelector("[data-reader-count]").textContent = state === "off" ? "" : `${Math.min(this.at + 1, this.blocks.length)} / ${this.blocks.length} · ${this.rate}×`;
    const pause = this.bar.querySelector("[data-reader-pause]");
    pause.textContent = isOn ? pause.dataset.pause : pause.dataset.resume;
    this.button.setAttribute("aria-pressed", String(isOn));
  }
}

// Voices come late in some browsers: a moment is given to them.
async function findVoice() {
  const wanted = document.documentElement.lang.slice(0, 2).toLowerCase();
  const find = () => {
    const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.toLowerCase().startsWith(wanted));
    // Of the machine itself first: what is read may be personal.
    return voices.find((voice) => voice.localService && /cn|us|gb/i.test(voice.lang)) ?? voices.find((voice) => voice.localService) ?? null;
  };
  const found = find();
  if (found) return found;
  await new Promise((resolve) => {
    speechSynthesis.addEventListener?.("voiceschanged", resolve, { once: true });
    setTimeout(resolve, 1000);
  });
  return find();
}

function collect() {
  const found = [];
  for (const element of document.querySelectorAll(`main :is(${BLOCKS})`)) {
    if (element.closest(SKIP) || !element.getClientRects().length) continue;
    // The innermost ones: a list item with paragraphs is read by its paragraphs.
    if (element.matches(":not(tr)") && (element.querySelector(BLOCKS) || element.closest("tr"))) continue;
    const text = element.matches("tr") ? [...element.cells].map((cell) => cell.innerText.trim()).filter(Boolean).join("，") : element.innerText;
    const clean = text.replace(/\s+/g, " ").trim();
    if (clean) found.push({ element, text: clean });
  }
  return found;
}

function split(text) {
  const parts = [];
  for (const sentence of text.match(/[^。！？；!?;]+[。！？；!?;]*/g) ?? [text]) {
    for (let rest = sentence; rest; rest = rest.slice(LONGEST)) parts.push(rest.slice(0, LONGEST));
  }
  return parts;
}
