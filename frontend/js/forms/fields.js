// Checks a form while it is filled in, shows what it calculates, adds and takes out rows. Without this the server does
// all of it when the page is sent.
import { say } from "../words.js";
import { FormRules } from "./rules.js";

export function forms(root) {
  for (const form of root.querySelectorAll("form[data-form-rules]:not([data-form-ruled])")) {
    const data = document.getElementById(form.dataset.formRules);
    if (!data) continue;
    form.dataset.formRuled = "1";
    new LiveForm(form, JSON.parse(data.textContent));
  }
  for (const select of root.querySelectorAll("select[data-searchable]:not([data-searching])")) search(select);
  for (const form of root.querySelectorAll("form[data-form-ruled]")) form.dispatchEvent(new Event("forms:refresh"));
}

class LiveForm {
  constructor(form, { schema, answers }) {
    this.form = form;
    this.rules = new FormRules(schema);
    this.elsewhere = answers;
    this.touched = new Set();
    form.addEventListener("input", () => this.refresh());
    form.addEventListener("change", (event) => {
      this.touched.add(event.target.name);
      this.refresh();
    });
    form.addEventListener("focusout", (event) => {
      if (!event.target.name || event.target.type === "submit" || !event.target.value) return;
      this.touched.add(event.target.name);
      this.refresh();
    });
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-repeat-add], [data-repeat-remove]");
      if (button) this.arrange(event, button);
    });
    // Another script of the page asks what is typed.
    form.addEventListener("forms:read", ({ detail }) => (detail.answers = this.answers()));
    form.addEventListener("forms:refresh", () => this.refresh());
    form.addEventListener("look:restored", () => this.refresh());
  }

  arrange(event, button) {
    event.preventDefault();
    const group = button.closest("[data-repeat]");
    const rows = group.querySelector("[data-repeat-rows]");
    if (button.matches("[data-repeat-add]")) {
      if (rows.children.length >= Number(group.dataset.max)) return;
      const made = group.querySelector("[data-repeat-empty]").content.cloneNode(true).firstElementChild;
      const number = 1 + Math.max(-1, ...[...rows.querySelectorAll(`input[name="${group.dataset.repeat}-row"]`)].map((each) => Number(each.value)));
      rename(made, number);
      rows.append(made);
      made.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    } else {
      button.closest("[data-repeat-row]").remove();
      group.querySelector("[data-repeat-add]").focus();
    }
    group.dispatchEvent(new Event("change", { bubbles: true }));
  }

  read(key, property, prefix = "", root = this.form) {
    const name = `${prefix}${key}`;
    const find = (end = "") => root.querySelectorAll(`[name="${CSS.escape(name + end)}"]`);
    switch (property["x-zt-type"]) {
      case "boolean":
        return find()[0]?.checked;
      case "choice":
        return [...find()].find((each) => each.checked)?.value ?? (find().length ? "" : undefined);
      case "multichoice":
        return find().length ? [...find()].filter((each) => each.checked).map((each) => each.value) : undefined;
      case "map_point": {
        const parts = [find("_0")[0], find("_1")[0]];
        if (!parts[0]) return undefined;
        const values = parts.map((each) => each.value.trim().replaceAll(",", ""));
        return values.some(Boolean) ? values.join(",") : "";
      }
      case "repeat": {
        const group = this.form.querySelector(`[data-repeat="${CSS.escape(name)}"]`);
        if (!group) return undefined;
        return [...group.querySelectorAll("[data-repeat-rows] > [data-repeat-row]")].map((row) => this.readRow(name, property, row));
      }
      default:
        return find()[0]?.value;
    }
  }

  readRow(name, property, row) {
    const number = row.querySelector(`input[name="${CSS.escape(name)}-row"]`).value;
    const values = {};
    for (const [key, column] of Object.entries(property.items.properties)) {
      const value = this.read(key, column, `${name}-${number}-`, row);
      if (value !== undefined) values[key] = value;
    }
    return values;
  }

  answers() {
    const found = { ...this.elsewhere };
    for (const [key, property] of Object.entries(this.rules.properties)) {
      const value = this.read(key, property);
      if (value !== undefined) found[key] = value;
    }
    return found;
  }

  refresh() {
    const { form, troubles } = this.rules.calculate(this.answers());
    for (const [key, property] of Object.entries(this.rules.properties)) {
      const isAsked = this.rules.isAsked(property, form);
      for (const box of this.form.querySelectorAll(`[data-field="${CSS.escape(key)}"]`)) box.hidden = !isAsked;
      if (property["x-zt-type"] === "repeat") this.refreshRows(key, property, form[key]);
      const control = this.form.querySelector(`[name="${CSS.escape(key)}"], [name="${CSS.escape(key)}_0"]`);
      if (!control || !isAsked) continue;
      if (property["x-zt-formula"]) {
        if (control.value !== form[key]) control.value = form[key];
        show(control, troubles.filter(([field]) => field === key).map(([, , sentence]) => sentence));
      } else if (this.wasTouched(key)) {
        show(control, this.rules.check(property, form[key]));
      }
    }
  }

  wasTouched(key) {
    return this.touched.has(key) || this.touched.has(`${key}_1`) || (this.touched.has(`${key}_0`) && !this.form.querySelector(`[name="${CSS.escape(key)}_1"]`));
  }

  refreshRows(key, property, rows) {
    const group = this.form.querySelector(`[data-repeat="${CSS.escape(key)}"]`);
    if (!group) return;
    group.querySelectorAll("[data-repeat-rows] > [data-repeat-row]").forEach((element, number) => {
      const row = rows[number];
      const prefix = `${key}-${element.querySelector(`input[name="${CSS.escape(key)}-row"]`).value}-`;
      for (const [name, column] of Object.entries(property.items.properties)) {
        const cell = element.querySelector(`[data-cell="${CSS.escape(name)}"]`);
        const isAsked = this.rules.isAsked(column, row);
        if (cell) cell.hidden = !isAsked;
        const control = element.querySelector(`[name="${CSS.escape(prefix + name)}"]`);
        if (!control || !isAsked) continue;
        if (column["x-zt-formula"] && control.value !== row[name]) control.value = row[name];
        if (this.touched.has(prefix + name)) show(control, this.rules.check(column, row[name]));
      }
    });
    const add = group.querySelector("[data-repeat-add]");
    add.disabled = rows.length >= Number(group.dataset.max);
  }
}

function rename(row, number) {
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__row__")) element.setAttribute(attribute.name, attribute.value.replaceAll("__row__", number));
    }
  }
}

// The sentences beside a control, as the server writes them.
function show(control, sentences) {
  const field = control.closest(".field");
  if (!field) return;
  const base = control.type === "radio" || (control.type === "checkbox" && field.tagName === "FIELDSET") ? control.id.replace(/_\d+$/, "") : control.id.replace(/_0$/, "");
  const id = `${base}_error`;
  let line = field.querySelector(`#${CSS.escape(id)}`);
  if (!sentences.length) {
    line?.remove();
    field.classList.remove("field-wrong");
    control.removeAttribute("aria-invalid");
    return;
  }
  if (!line) {
    line = document.createElement("p");
    line.className = "field-error";
    line.id = id;
    line.setAttribute("role", "status");
    line.append(document.createElement("span"));
    const label = field.querySelector(":scope > .field-hint") ?? field.querySelector(":scope > .field-label, :scope > legend");
    if (label) label.after(line);
    else field.append(line);
  }
  const text = sentences.join(" ");
  const span = line.querySelector("span");
  if (span.textContent !== text) span.textContent = text;
  field.classList.add("field-wrong");
  control.setAttribute("aria-invalid", "true");
  const described = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)).add(id);
  control.setAttribute("aria-describedby", [...described].join(" "));
}

// A box above a long list that leaves of it what has the typed words.
function search(select) {
  select.dataset.searching = "1";
  if (select.options.length < 12) return;
  const all = [...select.options];
  const box = document.createElement("input");
  box.type = "search";
  box.className = "input select-search";
  box.setAttribute("aria-label", say("filterOptions"));
  box.placeholder = say("filterOptions");
  box.autocomplete = "off";
  box.addEventListener("input", (event) => {
    event.stopPropagation(); // not an answer
    const words = box.value.trim().toLowerCase();
    const kept = all.filter((option) => !option.value || option.selected || !words || `${option.value} ${option.textContent}`.toLowerCase().includes(words));
    select.replaceChildren(...kept);
    const found = kept.filter((option) => option.value && option.textContent.toLowerCase().includes(words));
    if (words && found.length === 1 && !found[0].selected) {
      found[0].selected = true;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  box.addEventListener("change", (event) => event.stopPropagation());
  select.before(box);
}
