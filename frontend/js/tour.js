// The tour for first use: a modal dialog that points to one part of the page after the other, offered and never forced.
// What was seen is kept by the server for accounts, by the browser for who isn't signed in.
import { csrfToken } from "./csrf.js";

const PREFIX = "zhengtong.tour.";
const GAP = 12;
const EDGE = 8;

export function tour() {
  const dialog = document.querySelector("dialog[data-tour-dialog]");
  if (!dialog) return;
  const offer = document.querySelector("[data-tour-offer]");
  const { page } = dialog.dataset;
  const isHere = offer?.hasAttribute("data-tour-here");
  if (offer && !(isHere && localStorage.getItem(PREFIX + page))) offer.hidden = false;

  const remember = () => {
    if (offer) offer.hidden = true;
    if (isHere) return localStorage.setItem(PREFIX + page, "1");
    const body = new URLSearchParams({ page });
    for (const step of dialog.querySelectorAll("[data-tour-step]")) body.append("step", step.dataset.tourStep);
    fetch(dialog.dataset.remember, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": csrfToken() } }).catch(() => {});
  };
  const walk = new Walk(dialog, remember);
  offer?.querySelector("[data-tour-start]").addEventListener("click", () => walk.begin("[data-new]"));
  offer?.querySelector("[data-tour-decline]").addEventListener("click", () => {
    remember();
    document.getElementById("main")?.focus({ preventScroll: true });
  });
  if (new URLSearchParams(location.search).has("tour")) {
    history.replaceState(history.state, "", location.pathname + location.hash);
    walk.begin("[data-tour-step]");
  }
}

class Walk {
  constructor(dialog, remember) {
    this.dialog = dialog;
    this.steps = [];
    const press = (name, act) => dialog.querySelector(`[data-tour-${name}]`).addEventListener("click", act);
    press("next", () => (this.at + 1 < this.steps.length ? this.show(this.at + 1) : dialog.close()));
    press("back", () => this.show(this.at - 1));
    press("end", () => dialog.close());
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight" && this.at + 1 < this.steps.length) this.show(this.at + 1);
      if (event.key === "ArrowLeft" && this.at > 0) this.show(this.at - 1);
    });
    // Esc closes a modal dialog by itself.
    dialog.addEventListener("close", () => {
      document.documentElement.classList.remove("touring");
      remember();
    });
    const follow = () => dialog.open && this.place();
    addEventListener("resize", follow);
    addEventListener("scroll", follow, { passive: true });
  }

  begin(which) {
    this.steps = [...this.dialog.querySelectorAll("[data-tour-step]")].filter((step) => step.matches(which) && find(step.dataset.at));
    if (!this.steps.length || this.dialog.open) return;
    document.documentElement.classList.add("touring");
    this.dialog.showModal();
    this.show(0);
  }

  show(at) {
    this.at = at;
    for (const step of this.dialog.querySelectorAll("[data-tour-step]")) step.hidden = step !== this.steps[at];
    const isLast = at === this.steps.length - 1;
    const next = this.dialog.querySelector("[data-tour-next]");
    next.dataset.word ??= next.textContent;
    next.textContent = isLast ? next.dataset.last : next.dataset.word;
    this.dialog.querySelector("[data-tour-back]").hidden = at === 0;
    this.dialog.querySelector("[data-tour-end]").hidden = isLast;
    this.dialog.querySelector("[data-tour-count]").textContent = `${at + 1} / ${this.steps.length}`;
    const heading = this.steps[at].querySelector("h2");
    heading.id = "tour-title";
    for (const other of this.steps) if (other !== this.steps[at]) other.querySelector("h2").removeAttribute("id");
    const target = find(this.steps[at].dataset.at);
    target.scrollIntoView({ block: matchMedia("(max-width: 640px)").matches ? "start" : "center", behavior: "instant" });
    this.place();
    heading.focus({ preventScroll: true });
  }

  // Beside what it speaks of; on a phone the style sheet makes the card a sheet at the bottom.
  place() {
    const box = find(this.steps[this.at].dataset.at).getBoundingClientRect();
    const spot = this.dialog.querySelector(".tour-spot");
    const card = this.dialog.querySelector(".tour-card");
    const top = Math.max(box.top - 6, 2);
    const bottom = Math.min(box.bottom + 6, innerHeight - 2);
    put(spot, { left: Math.max(box.left - 6, 2), top, width: Math.min(box.width + 12, innerWidth - 4), height: Math.max(bottom - top, 0) });
    if (matchMedia("(max-width: 640px)").matches) return put(card, { left: "", top: "" });
    const { offsetWidth: width, offsetHeight: height } = card;
    const isBelow = box.bottom + GAP + height + EDGE <= innerHeight;
    const isAbove = box.top - GAP - height >= EDGE;
    const isBeside = box.right + GAP + width + EDGE <= innerWidth;
    let left = box.left;
    let at = isBelow ? box.bottom + GAP : isAbove ? box.top - GAP - height : innerHeight - height - 24;
    if (isBeside && box.width < innerWidth / 3 && box.height < 60 && box.left < innerWidth / 4) [left, at] = [box.right + GAP, box.top - 8];
    put(card, { left: clamp(left, innerWidth - width), top: clamp(at, innerHeight - height) });
  }
}

// The first of them that can be seen; of a menu line that is folded away, what unfolds it.
function find(mark) {
  const found = [...document.querySelectorAll(`[data-tour="${CSS.escape(mark)}"]`)];
  const seen = found.find((each) => each.getClientRects().length);
  if (seen) return seen;
  const line = found.find((each) => each.closest("#desk-nav"));
  const unfolds = line ? [line.closest("details")?.querySelector("summary"), document.querySelector(".desk-toggle")] : [];
  return unfolds.find((each) => each?.getClientRects().length) ?? null;
}

function clamp(value, most) {
  return Math.min(Math.max(value, EDGE), Math.max(most - EDGE, EDGE));
}

function put(element, places) {
  for (const [name, value] of Object.entries(places)) element.style.setProperty(name, value === "" ? "" : `${value}px`);
}
