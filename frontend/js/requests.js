// htmx: the CSRF header, a toast instead of an error page inside a fragment, and the whole page when the session has ended.
import { csrfToken } from "./csrf.js";
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
    ctx.swap = "none";
    toast(problemText(ctx.text) ?? say(ctx.response.status === 403 ? "refused" : "failed"));
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail?.ctx) toast(say("offline"));
  });
}

export function problemText(text) {
  try {
    const problem = JSON.parse(text);
    return problem.detail || problem.title || null;
  } catch {
    return null;
  }
}
