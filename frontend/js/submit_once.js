// A form is sent once, even if clicked twice; the button says so. Coming back by the browser's history frees it again.
import { refreshToken } from "./csrf.js";
import { say } from "./words.js";

export function submitOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    refreshToken(form);
    if (form.hasAttribute("data-resubmit") || isHtmx(form, event.submitter)) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    const button = event.submitter;
    // After this event: a disabled button would not send its own name and value.
    setTimeout(() => {
      for (const each of form.querySelectorAll("button:not([type=button]), input[type=submit]")) each.disabled = true;
      if (button instanceof HTMLButtonElement) {
        button.dataset.words = button.innerHTML;
        button.textContent = say("submitting");
      }
    }, 0);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sending]")) free(form);
  });
}

function free(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
    button.disabled = false;
    if (button.dataset.words) button.innerHTML = button.dataset.words;
  }
}

function isHtmx(form, submitter) {
  return [form, submitter].some((each) => each && [...each.attributes].some(({ name }) => /^(data-)?hx-(post|put|patch|delete)/.test(name)));
}
