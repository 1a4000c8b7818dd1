// What a form asks and refuses, by the JSON Schema that the server makes of it (capabilities/cases/json_schema.py). The
// server decides; this says the same beforehand, in the server's sentences.
import * as decimal from "./decimal.js";
import { Columns, evaluate } from "./expressions.js";
import { isCitizenNumber, isCreditCode, isPhone } from "./identifiers.js";

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]/;
const SPACE = /^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g;
const TICKED = ["on", "true", "是"];
const IDENTIFIERS = { id_number: isCitizenNumber, credit_code: isCreditCode, phone: isPhone };

const strip = (text) => String(text ?? "").replaceAll("\r\n", "\n").replace(SPACE, "");
const isTicked = (value) => value === true || value === "on" || value === "true";
const rowsOf = (value) => (Array.isArray(value) ? value.filter((row) => row && typeof row === "object") : []);

export function holds(condition, form) {
  if (condition.any) return condition.any.some((part) => holds(part, form));
  if (condition.all) return condition.all.every((part) => holds(part, form));
  if (condition.not) return !holds(condition.not, form);
  const answer = form[condition.field];
  if ("at_least" in condition) {
    const number = decimal.read(strip(answer)) ?? decimal.readScientific(strip(answer));
    return number !== null && decimal.compare(number, decimal.read(String(condition.at_least))) >= 0;
  }
  const answers = Array.isArray(answer) ? answer : answer === true || answer === "on" ? TICKED : [answer];
  return condition.values.some((value) => answers.includes(value));
}

export function readDate(text) {
  const found = /^(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?$/.exec(strip(String(text ?? "").normalize("NFKC")));
  if (!found) return "";
  const [year, month, day] = found.slice(1).map(Number);
  const date = new Date(2000, month - 1, day);
  date.setFullYear(year, month - 1, day);
  if (!year || date.getMonth() !== month - 1 || date.getDate() !== day) return "";
  return `${found[1]}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

export function isBlankRow(group, row) {
  const isBlank = (value) => value === undefined || value === null || value === "" || value === false || (Array.isArray(value) && !value.length);
  return Object.entries(group.items.properties).every(([key, property]) => property["x-zt-formula"] || isBlank(row[key]));
}

// A constant object, so that nothing that an item's text names can reach further.
const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

export class FormRules {
  constructor(schema) {
    this.schema = schema;
    this.properties = schema.properties;
  }

  isAsked(property, form) {
    const condition = property["x-zt-condition"];
    return !condition || holds(condition, form);
  }

  // Returns the answers with what is calculated, and what couldn't be: { form, troubles: [[key, row, sentence]] }.
  calculate(answers) {
    const form = { ...answers };
    const troubles = [];
    for (const [key, property] of Object.entries(this.properties)) {
      if (property["x-zt-type"] === "repeat" && rowsOf(form[key]).length) form[key] = this.#calculateRows(key, property, rowsOf(form[key]), troubles);
    }
    const values = {};
    for (const [key, property] of Object.entries(this.properties)) {
      if (!property["x-zt-formula"]) values[key] = this.#value(property, form[key]);
    }
    for (const key of this.schema["x-zt-order"]) {
      const property = this.properties[key];
      const named = {};
      for (const name of namesIn(property["x-zt-formula"])) {
        const other = own(this.properties, name);
        if (other) named[name] = this.isAsked(other, form) ? values[name] ?? null : null;
      }
      const [text, trouble] = this.#answer(property, named, this.properties);
      form[key] = text;
      values[key] = this.#value(property, text);
      if (trouble && this.isAsked(property, form)) troubles.push([key, null, trouble]);
    }
    return { form, troubles };
  }

  #calculateRows(key, group, rows, troubles) {
    const columns = group.items.properties;
    const order = Object.entries(columns).filter(([, property]) => property["x-zt-formula"]);
    if (!order.length) return rows;
    return rows.map((given, number) => {
      const row = { ...given };
      if (isBlankRow(group, row)) {
        for (const [name] of order) row[name] = "";
        return row;
      }
      const values = {};
      for (const [name, property] of Object.entries(columns)) {
        if (!property["x-zt-formula"] && this.isAsked(property, row)) values[name] = this.#value(property, row[name]);
      }
      for (const [name, property] of order) {
        const [text, trouble] = this.#answer(property, values, columns);
        row[name] = text;
        values[name] = this.#value(property, text);
        if (trouble) troubles.push([key, number, trouble]);
      }
      return row;
    });
  }

  #value(property, raw) {
    switch (property["x-zt-type"]) {
      case "number":
        // What can't be read is marked, so that nothing reads it after all.
        return decimal.read(raw ?? null) ?? (raw === "" || raw === undefined || raw === null ? null : `?${raw}`);
      case "calculated":
        return decimal.read(typeof raw === "string" ? strip(raw) : raw) ?? (raw === "" || raw === undefined ? null : raw);
      case "boolean":
        return isTicked(raw);
      case "date":
        return readDate(raw) || null;
      case "repeat": {
        const columns = Object.entries(property.items.properties);
        const rows = rowsOf(raw).slice(0, property.maxItems).filter((row) => !isBlankRow(property, row));
        return new Columns(rows.map((row) => Object.fromEntries(columns.filter(([, each]) => this.isAsked(each, row)).map(([key, each]) => [key, this.#value(each, row[key])]))));
      }
      case "multichoice":
        return Array.isArray(raw) ? raw : [];
      default:
        return typeof raw === "string" ? strip(raw) || null : raw ?? null;
    }
  }

  #answer(property, values, properties) {
    const places = property["x-zt-decimals"];
    try {
      return [showResult(evaluate(property["x-zt-formula"], values), places, property["x-zt-messages"]), ""];
    } catch (error) {
      if (!(error instanceof decimal.Trouble)) return ["", ""];
      const isComplete = namesIn(property["x-zt-formula"]).every((name) => {
        const other = own(properties, name);
        return !other || isThere(other, own(values, name));
      });
      if (!isComplete) return ["", ""];
      return ["", property["x-zt-messages"][`trouble_${error.message}`] ?? property["x-zt-messages"].trouble_kinds];
    }
  }

  // Returns the sentences about one answer; of a repeating group also those of its cells.
  check(property, value, cells = {}) {
    const said = property["x-zt-messages"];
    const isRequired = property["x-zt-required"];
    const type = property["x-zt-type"];
    const missing = isRequired ? [said.required] : [];
    switch (type) {
      case "calculated":
        return [];
      case "boolean":
        return isTicked(value) ? [] : missing;
      case "multichoice": {
        const chosen = Array.isArray(value) ? value : [];
        if (!chosen.length) return missing;
        return chosen.every((each) => property.items.enum.includes(each)) ? [] : [said.option];
      }
      case "choice":
      case "dictionary":
        if (!value) return missing;
        return property.enum.includes(value) ? [] : [said.option];
      case "repeat":
        return this.#checkRows(property, value, cells);
    }
    const text = strip(value);
    if (CONTROL.test(text)) return [said.control];
    if (!text) return missing;
    switch (type) {
      case "number":
        return this.#checkNumber(property, text);
      case "date":
        return readDate(text) ? [] : [said.date];
      case "map_point": {
        const parts = text.split(",").map((part) => decimal.read(part));
        const [east, north] = property.prefixItems;
        const isPoint = parts.length === 2 && parts.every(Boolean) && isBetween(parts[0], east) && isBetween(parts[1], north);
        return isPoint ? [] : [said.point];
      }
      case "id_number":
      case "credit_code":
      case "phone":
        return IDENTIFIERS[type](text) ? [] : [said.identifier];
    }
    const length = [...text].length;
    if (length > property.maxLength) return [said.too_long];
    return this.#matches(property, text) ? [] : [said.pattern];
  }

  #matches(property, text) {
    const pattern = property.allOf?.[1]?.pattern;
    if (!pattern) return true;
    try {
      return new RegExp(pattern).test(text);
    } catch {
      return true; // the server decides
    }
  }

  #checkNumber(property, text) {
    const said = property["x-zt-messages"];
    const number = decimal.read(text);
    if (!number) return [said.number];
    const wrong = [];
    if (decimal.compare(number, decimal.read(String(property.minimum))) < 0) wrong.push(said.minimum);
    if (decimal.compare(number, decimal.read(String(property.maximum))) > 0) wrong.push(said.maximum);
    const rounded = decimal.round(number, property["x-zt-decimals"]);
    if (decimal.compare(rounded, number) !== 0) wrong.push(said.decimals);
    return wrong;
  }

  #checkRows(property, value, cells) {
    const said = property["x-zt-messages"];
    const rows = rowsOf(value);
    const given = rows.filter((row) => !isBlankRow(property, row));
    if (given.length > property.maxItems) return [said.too_many];
    if (given.length < (property.minItems ?? 0) && (given.length || property["x-zt-required"])) return [said.required];
    const wrong = [];
    rows.forEach((row, number) => {
      if (isBlankRow(property, row)) return;
      for (const [key, column] of Object.entries(property.items.properties)) {
        if (!this.isAsked(column, row)) continue;
        for (const error of this.check(column, row[key])) {
          (cells[number] ??= {})[key] = [...(cells[number][key] ?? []), error];
          wrong.push(said.row.replace("%(row)s", number + 1).replace("%(column)s", () => column.title).replace("%(error)s", () => error));
        }
      }
    });
    return wrong;
  }

  // Returns everything that keeps the answers from being right, by field; uploads aside.
  checkAll(answers) {
    const { form, troubles } = this.calculate(answers);
    const wrong = {};
    for (const [key, property] of Object.entries(this.properties)) {
      if (!this.isAsked(property, form)) continue;
      const found = this.check(property, form[key]);
      for (const [field, , sentence] of troubles) if (field === key) found.push(sentence);
      if (found.length) wrong[key] = found;
    }
    return { form, wrong };
  }
}

const isBetween = (number, { minimum, maximum }) =>
  decimal.compare(number, decimal.read(String(minimum))) >= 0 && decimal.compare(number, decimal.read(String(maximum))) <= 0;

function isThere(property, value) {
  if (value instanceof Columns) {
    const numbers = Object.entries(property.items.properties).filter(([, each]) => ["number", "calculated"].includes(each["x-zt-type"])).map(([key]) => key);
    return value.rows.every((row) => numbers.every((key) => row[key] === null || row[key] === undefined || decimal.isDecimal(row[key])));
  }
  if (property["x-zt-type"] === "number") return decimal.isDecimal(value);
  return value !== null && value !== undefined;
}

function showResult(value, places, said) {
  if (value === null || value === undefined || Array.isArray(value) || value instanceof Columns) return "";
  if (typeof value === "boolean") return value ? said.yes : said.no;
  if (decimal.isDecimal(value)) return decimal.show(value, places);
  return [...String(value)].slice(0, 1000).join("");
}

function namesIn(node) {
  const found = new Set();
  const look = (each) => {
    if (!Array.isArray(each)) return;
    if (each[0] === "name") found.add(each[1]);
    else if (each[0] === "compare") [each[1], ...each.slice(2).map((pair) => pair[1])].forEach(look);
    else if (each[0] === "attribute") look(each[1]);
    else if (each[0] === "call") each.slice(2).forEach(look);
    else each.slice(1).forEach(look);
  };
  look(node);
  return [...found].filter((name) => !["true", "false", "null"].includes(name));
}
