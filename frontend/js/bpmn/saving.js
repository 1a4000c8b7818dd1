// The draft saves itself; whoever saved in between isn't overwritten, and what the server finds wrong comes back.
import { csrfToken } from "../csrf.js";
import { clockTime } from "../words.js";
import { say } from "./words.js";

const QUIET = 1200; // ms without a change before saving
const AGAIN = 20000; // ms before trying again without a network

export class Saving {
  constructor(designer, write, found) {
    Object.assign(this, { designer, write, found });
    this.version = designer.dataset.version;
    this.status = document.querySelector("[data-save-status]");
    this.isDirty = false;
    this.isStopped = false;
    this.running = null;
    this.timer = 0;
    addEventListener("online", () => this.isDirty && this.later(0));
    addEventListener("beforeunload", (event) => this.isDirty && !this.isStopped && event.preventDefault());
    // Whoever goes on to publish or try out takes the newest along.
    document.addEventListener("click", (event) => this.leave(event));
  }

  changed() {
    this.isDirty = true;
    this.later(QUIET);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  tell(text, tone = "") {
    this.status.textContent = text;
    this.status.dataset.tone = tone;
  }

  async leave(event) {
    const link = event.target.closest?.("a[data-after-saving]");
    if (!link || !this.isDirty || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    clearTimeout(this.timer);
    await this.save();
    if (!this.isDirty) location.assign(link.href);
  }

  async save() {
    if (this.running) {
      await this.running;
      if (!this.isDirty) return;
    }
    if (this.isStopped || !this.isDirty) return;
    this.running = this.send();
    await this.running;
    this.running = null;
  }

  async send() {
    this.isDirty = false;
    this.tell(say("saving"));
    try {
      const bpmn = await this.write();
      const response = await fetch(this.designer.dataset.save, {
        method: "POST",
        body: JSON.stringify({ bpmn, version: this.version }),
        redirect: "manual",
        headers: { "X-CSRFToken": csrfToken(), "X-Autosave": "1", "Content-Type": "application/json", Accept: "application/json" },
      });
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
        this.isDirty = true;
        return this.tell(say("signedOut"), "danger");
      }
      const answer = await response.json().catch(() => ({}));
      if (response.ok) {
        this.version = answer.version;
        this.found(answer.findings);
        this.tell(say("saved", { time: clockTime() }));
      } else {
        this.isDirty = true;
        this.isStopped = response.status === 409;
        this.tell(answer.problem || say("notSaved"), "danger");
        if (response.status >= 500) this.later(AGAIN);
      }
    } catch {
      this.isDirty = true;
      this.tell(say("offline"), "warning");
      this.later(AGAIN);
    }
  }
}
