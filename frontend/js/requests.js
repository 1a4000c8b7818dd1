// htmx: the CSRF header, a sentence instead of an error page inside a fragment, the whole page when the session has ended.
import { csrfToken } from "./csrf.js";
import { showFailure } from "./progress.js";
import { say, toast } from "./words.js";

export function requests() {
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (!/^(GET|HEAD)$/i.test(request.method)) request.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:before:response", (event) => {
    const raw = event.detail.ctx.response.raw;
    const signIn = document.documentElement.dataset.signIn;
    if (signIn && raw.redirected && new URL(raw.url).pathname === new URL(signIn, location.href).pathname) {
      event.preventDefault();
      location.assign(`${signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status === 422) return; // a form that came back with its errors
    const { status } = ctx.response;
    const words = status === 403 ? "refused" : status === 429 ? "busy" : status >= 500 ? "down" : "failed";
    fail(ctx, problemText(ctx.text) ?? say(words), status === 408 || status === 429 || status >= 500);
    ctx.swap = "none"; // after it was said, which keeps how to swap for another try
  });
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail?.ctx;
    if (ctx) fail(ctx, say("cut"), true);
  });
}

function fail(ctx, text, mayRetry) {
  if (!showFailure(ctx, text, mayRetry)) toast(text);
}

export function problemText(text) {
  try {
    const problem = JSON.parse(text);
    return problem.detail || problem.title || null;
  } catch {
    return null;
  }
}
