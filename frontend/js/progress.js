// What htmx does can be seen: a slim line when it takes longer than a moment, the pressed button rests meanwhile, and
// a request that failed says so in its place, with a button that tries again.
import { say } from "./words.js";

const MOMENT = 200; // ms

const running = new Map();
let line;

export function progress() {
  line = Object.assign(document.createElement("div"), { className: "progress-line no-print", hidden: true });
  line.setAttribute("role", "progressbar");
  line.setAttribute("aria-label", say("loading"));
  document.body.append(line);
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => begin(ctx));
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => end(ctx));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    // What failed swaps nothing, and says so as well.
    if (ctx?.response?.status < 400) forget(ctx);
  });
  const offline = document.querySelector("[data-offline]");
  const tell = () => offline && (offline.hidden = navigator.onLine);
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
}

function begin(ctx) {
  const { sourceElement: source } = ctx;
  // What asks again by itself every few seconds isn't waited for.
  if (/\bevery\b/.test(source.getAttribute("hx-trigger") ?? "")) return;
  const button = source.matches("form") ? ctx.request.submitter : source;
  const pressed = button instanceof HTMLButtonElement && !button.disabled ? button : null;
  if (pressed) pressed.disabled = true;
  const timer = setTimeout(() => {
    line.hidden = false;
    if (ctx.target instanceof Element && ctx.target !== document.body) {
      ctx.target.setAttribute("aria-busy", "true");
      ctx.target.classList.add("is-loading");
    }
  }, MOMENT);
  running.set(ctx, { timer, pressed, hadFocus: pressed === document.activeElement });
}

function end(ctx) {
  const known = running.get(ctx);
  if (!known) return;
  running.delete(ctx);
  clearTimeout(known.timer);
  if (known.pressed) {
    known.pressed.disabled = false;
    if (known.hadFocus && document.activeElement === document.body) known.pressed.focus();
  }
  if (ctx.target instanceof Element) {
    ctx.target.removeAttribute("aria-busy");
    ctx.target.classList.remove("is-loading");
  }
  if (!running.size) line.hidden = true;
}

const placeOf = (ctx) => (ctx.target instanceof Element && ctx.target.isConnected && ctx.target !== document.body ? ctx.target : ctx.sourceElement);

function forget(ctx) {
  const before = placeOf(ctx)?.previousElementSibling;
  if (before?.matches(".request-problem")) before.remove();
}

// Says in words what went wrong where the answer was to appear.
export function showFailure(ctx, text, mayRetry) {
  const place = placeOf(ctx);
  if (!place?.isConnected) return false;
  forget(ctx);
  const { sourceElement, request, target, swap } = ctx;
  const box = Object.assign(document.createElement("div"), { className: "request-problem no-print" });
  box.setAttribute("role", "alert");
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  if (mayRetry) {
    const again = Object.assign(document.createElement("button"), { type: "button", className: "button button-secondary button-small", textContent: say("retry") });
    again.addEventListener("click", () => {
      box.remove();
      retry({ sourceElement, request, target, swap });
    });
    box.append(again);
  }
  place.before(box);
  return true;
}

function retry({ sourceElement: source, request, target, swap }) {
  if (source.matches("form")) source.requestSubmit(request.submitter);
  else if (source.matches("a, button")) source.click();
  else window.htmx.ajax(request.method, request.action, { source, target, swap });
}
