// The designer of forms: palette, canvas, properties, preview. Everything is kept in this page until it is saved.
import "../../css/designer.css";
import { csrfToken } from "../csrf.js";
import { clockTime } from "../words.js";
import { drawCanvas, drawPalette } from "./canvas.js";
import { make } from "./dom.js";
import { Model } from "./model.js";
import { drawProperties } from "./properties.js";

const root = document.querySelector("[data-designer]");
const data = JSON.parse(document.getElementById("designer-data").textContent);
const { words } = data;
const find = (name) => document.querySelector(`[data-${name}]`);
const model = new Model(data.form, data.number, words);
model.findings = data.findings;

const announce = (text) => (find("announce").textContent = text);
const tell = (text, isWrong = false) => {
  const status = find("designer-status");
  status.textContent = text;
  status.classList.toggle("designer-trouble", isWrong);
};

async function ask(question) {
  try {
    const response = await fetch(root.dataset.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(question),
    });
    const answer = await response.json().catch(() => null);
    if (response.ok) return { answer };
    if (answer?.findings) return { findings: answer.findings };
    tell(answer?.detail ?? words.offline, true);
  } catch {
    tell(words.offline, true);
  }
  return {};
}

function showFindings() {
  const box = find("findings");
  if (!model.findings.length) box.replaceChildren(make("p", { css: "muted", text: words.nothingWrong }));
  else box.replaceChildren(make("p", { text: words.findings.replace("{n}", model.findings.length) }), make("ul", {}, model.findings.map(({ message }) => make("li", { css: "designer-trouble", text: message }))));
}

function draw(what) {
  drawCanvas(model, find("canvas"), data, words, announce);
  if (what !== "words") drawProperties(model, find("properties"), data, words, ask);
  document.querySelector('[data-act="undo"]').disabled = !model.past.length;
  document.querySelector('[data-act="redo"]').disabled = !model.future.length;
  tell(model.isChanged ? words.unsaved : "");
}

let timer = 0;
model.listen((what) => {
  draw(what);
  if (what === "findings") return;
  clearTimeout(timer);
  timer = setTimeout(acts.check, 800);
});

const acts = {
  undo: () => model.undo(),
  redo: () => model.redo(),
  async check() {
    const { answer } = await ask({ act: "check", form: model.form });
    if (!answer) return;
    model.findings = answer.findings;
    showFindings();
    const isTyping = find("properties").contains(document.activeElement);
    draw(isTyping ? "words" : "findings");
  },
  async save() {
    document.activeElement?.blur();
    const sent = JSON.stringify(model.form);
    const { answer } = await ask({ act: "save", number: model.number, form: model.form });
    if (!answer) return;
    model.number = answer.number;
    model.saved = sent;
    model.findings = answer.findings;
    showFindings();
    draw("words");
    if (!model.isChanged) tell(words.saved.replace("{time}", clockTime(new Date(answer.saved_at))));
  },
  async preview() {
    const { answer, findings } = await ask({ act: "preview", form: model.form });
    const form = find("preview");
    if (findings) {
      model.findings = findings;
      showFindings();
      form.replaceChildren(...findings.map(({ message }) => make("p", { css: "designer-trouble", text: message })));
      return;
    }
    if (!answer) return;
    // The server's own template, every word of the form escaped in it.
    const page = new DOMParser().parseFromString(answer.html, "text/html");
    const fresh = make("form", { css: "form", novalidate: true, "data-preview": true, "data-form-rules": "preview-rules" });
    fresh.append(...page.body.childNodes);
    form.replaceWith(fresh);
    document.getElementById("preview-rules")?.remove();
    const rules = make("script", { id: "preview-rules", type: "application/json" });
    rules.textContent = JSON.stringify(answer.rules);
    document.body.append(rules);
    fresh.addEventListener("submit", tryOut);
    document.dispatchEvent(new Event("forms:added"));
    fresh.scrollIntoView({ block: "start" });
  },
  async compare() {
    const { answer, findings } = await ask({ act: "compare", form: model.form });
    const box = find("compared");
    if (findings) box.replaceChildren(...findings.map(({ message }) => make("p", { css: "designer-trouble", text: message })));
    if (answer) box.replaceChildren(...new DOMParser().parseFromString(answer.html, "text/html").body.childNodes);
  },
};

// The server's own verdict over what was typed into the preview.
async function tryOut(event) {
  event.preventDefault();
  const form = event.target;
  const detail = {};
  form.dispatchEvent(new CustomEvent("forms:read", { detail }));
  const { answer } = await ask({ act: "try", form: model.form, answers: detail.answers ?? {} });
  if (!answer) return;
  form.querySelector("[data-verdict]")?.remove();
  const lines = answer.errors.map(({ message }) => make("li", { text: message }));
  const verdict = make("div", { css: lines.length ? "notice notice-warning" : "notice notice-success", role: "status", "data-verdict": true }, lines.length ? [make("ul", {}, lines)] : [make("p", { text: words.allRight })]);
  form.append(verdict);
}

drawPalette(model, find("palette"), data, words);
draw("all");
showFindings();
for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => acts[button.dataset.act]());
find("import").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  target.value = "";
  if (!file) return;
  let schema;
  try {
    schema = JSON.parse(await file.text());
  } catch {
    tell(words.notJson, true);
    return;
  }
  const { answer } = await ask({ act: "import", schema });
  if (!answer) return;
  model.chosen = null;
  model.change(() => (model.form = answer.form));
  tell(words.imported);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  const isText = event.target.matches("input, textarea");
  if (key === "s") {
    event.preventDefault();
    acts.save();
  } else if (key === "z" && !isText) {
    event.preventDefault();
    if (event.shiftKey) model.redo();
    else model.undo();
  }
});
addEventListener("beforeunload", (event) => {
  if (model.isChanged) event.preventDefault();
});
