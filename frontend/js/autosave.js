// Saves a form by itself, and keeps what was typed in this browser whenever the server could not take it.
import { csrfToken } from "./csrf.js";
import { problemText } from "./requests.js";
import { clockTime, say } from "./words.js";

const QUIET = 1500; // ms without typing before saving
const AGAIN = 30000; // ms before trying again without a network
const PREFIX = "zhengtong.typed.";
const SUBMITTED = "zhengtong.submitted";

export function autosave(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (!form.dataset.autosaving) {
      form.dataset.autosaving = "1";
      watch(form);
    }
  }
  if (root === document) {
    forgetSubmitted();
    document.addEventListener("submit", (event) => {
      if (event.target.matches("[data-sign-out]")) forgetAll();
    });
  }
}

function watch(form) {
  const store = new Store(form.dataset.autosaveKey);
  const status = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
  let timer = 0;
  let isDirty = false;
  let isSaving = false;

  const tell = (text, tone = "", link = "") => {
    if (!status) return;
    status.textContent = text;
    status.dataset.tone = tone;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = say("signIn");
      status.append(" ", anchor);
    }
  };
  const later = (wait = QUIET) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const keep = (word, tone) => {
    store.keep(valuesOf(form));
    const { signIn } = document.documentElement.dataset;
    tell(say(word), tone, word === "keptSignIn" && signIn ? `${signIn}?next=${encodeURIComponent(location.pathname + location.search)}` : "");
  };

  async function save() {
    if (!isDirty || form.dataset.sending) return;
    if (isSaving) return later();
    isSaving = true;
    isDirty = false;
    tell(say("saving"));
    try {
      const response = await send(form, false);
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
        isDirty = true;
        keep("keptSignIn", "warning");
      } else if (response.ok) {
        const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
        takeVersion(form, answer.version);
        if (!isDirty) store.forget();
        tell(say("saved", { time: clockTime(answer.saved_at ? new Date(answer.saved_at) : new Date()) }));
      } else {
        isDirty = response.status >= 500;
        store.keep(valuesOf(form));
        tell(problemText(await response.text()) ?? say("failed"), "danger");
        if (isDirty) later(AGAIN);
      }
    } catch {
      isDirty = true;
      keep("keptHere", "warning");
      later(AGAIN);
    } finally {
      isSaving = false;
    }
  }

  form.addEventListener("input", () => {
    isDirty = true;
    later();
  });
  form.addEventListener("change", () => {
    isDirty = true;
    later();
  });
  form.addEventListener("submit", () => {
    // Until the next page shows that the server took it: the session may have ended meanwhile.
    clearTimeout(timer);
    store.keep(valuesOf(form));
    sessionStorage.setItem(SUBMITTED, store.name);
  });
  window.addEventListener("online", () => isDirty && later(0));
  window.addEventListener("pagehide", () => {
    if (!isDirty || form.dataset.sending) return;
    store.keep(valuesOf(form));
    send(form, true).then((response) => response.ok && store.forget()).catch(() => {});
  });

  const kept = store.read();
  if (kept && putBack(form, kept.values)) {
    tell(say("restored", { time: clockTime(new Date(kept.at)) }), "warning");
    isDirty = true;
    later(AGAIN / 10);
  } else if (kept) {
    store.forget();
  }
}

function send(form, keepalive) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  return fetch(form.dataset.autosave, {
    method: "POST",
    body,
    keepalive,
    redirect: "manual",
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken(form), "X-Autosave": "1", Accept: "application/json" },
  });
}

function takeVersion(form, version) {
  const field = form.elements.namedItem("version");
  if (field && version !== undefined) field.value = version;
}

// What the person typed or chose; no passwords, files or hidden fields, which are the server's.
function controls(form) {
  return [...form.elements].filter((each) => each.name && !["hidden", "password", "file", "submit", "button", "fieldset"].includes(each.type));
}

function valuesOf(form) {
  return controls(form).map((each) => [each.name, each.type === "checkbox" || each.type === "radio" ? [each.value, each.checked] : readValue(each)]);
}

function readValue(control) {
  return control.multiple ? [...control.selectedOptions].map((option) => option.value) : control.value;
}

function putBack(form, values) {
  let changed = false;
  const waiting = values.map(([name, value]) => ({ name, value, used: false }));
  for (const control of controls(form)) {
    const isChoice = control.type === "checkbox" || control.type === "radio";
    const entry = waiting.find((each) => !each.used && each.name === control.name && (!isChoice || each.value[0] === control.value));
    if (!entry) continue;
    entry.used = true;
    if (isChoice) {
      changed ||= control.checked !== entry.value[1];
      control.checked = entry.value[1];
    } else if (control.multiple) {
      for (const option of control.options) {
        const chosen = entry.value.includes(option.value);
        changed ||= option.selected !== chosen;
        option.selected = chosen;
      }
    } else if (control.value !== entry.value) {
      changed = true;
      control.value = entry.value;
    }
  }
  if (changed) form.dispatchEvent(new Event("look:restored", { bubbles: true }));
  return changed;
}

// One entry for each account and draft, so that nobody is shown another person's text.
class Store {
  constructor(key) {
    this.name = key ? PREFIX + key : "";
  }

  keep(values) {
    if (!this.name) return;
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: new Date().toISOString(), values }));
    } catch {
      // A full or forbidden store must not stop the person from going on.
    }
  }

  read() {
    try {
      return this.name ? JSON.parse(localStorage.getItem(this.name)) : null;
    } catch {
      return null;
    }
  }

  forget() {
    if (this.name) localStorage.removeItem(this.name);
  }
}

// A page without the form, for someone still signed in and not an error, means that the submission went through.
function forgetSubmitted() {
  const name = sessionStorage.getItem(SUBMITTED);
  if (!name) return;
  const { signedIn, status } = document.documentElement.dataset;
  if (signedIn !== "1" || status) return;
  sessionStorage.removeItem(SUBMITTED);
  const isHere = [...document.querySelectorAll("form[data-autosave-key]")].some((form) => PREFIX + form.dataset.autosaveKey === name);
  if (!isHere) localStorage.removeItem(name);
}

// Signing out on purpose leaves nothing on a shared computer.
function forgetAll() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
}
