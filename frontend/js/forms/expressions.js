// Evaluates what the server has parsed (kernel/expressions.py, Expression.as_data): nested lists, one a node. There is
// no parser here and nothing is compiled, so the page's policy needs no eval. Each rule is the server's.
import * as decimal from "./decimal.js";

const { Trouble, isDecimal } = decimal;

// The rows of a repeating group: a column by its name, the number of rows by count().
export class Columns {
  constructor(rows) {
    this.rows = rows;
  }

  column(name) {
    return this.rows.map((row) => row[name] ?? null);
  }
}

const isNothing = (value) => value === null || value === undefined;
const isEmpty = (value) => isNothing(value) || value === "";
const isText = (value) => typeof value === "string";

function number(value) {
  if (typeof value === "boolean" || isNothing(value)) throw new Trouble("number");
  if (isDecimal(value)) return value;
  const read = isText(value) ? decimal.read(value) ?? decimal.readScientific(value) : null;
  if (read === null) throw new Trouble("number");
  return read;
}

function truth(value) {
  if (isNothing(value)) return false;
  if (isDecimal(value)) return value.int !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Columns) return value.rows.length > 0;
  return Boolean(value);
}

function pair(left, right) {
  const isNumbers = [isDecimal(left), isDecimal(right)];
  if (isNumbers[0] !== isNumbers[1] && !isNothing(left) && !isNothing(right)) {
    if ((isText(left) || isNumbers[0]) && (isText(right) || isNumbers[1])) return [number(left), number(right)];
  }
  return [left, right];
}

function same(left, right) {
  if (isDecimal(left) && isDecimal(right)) return decimal.compare(left, right) === 0;
  // True is one, and False nothing, as in the language that wrote the rule.
  if (typeof left === "boolean" && isDecimal(right)) return same(decimal.of(left ? 1 : 0), right);
  if (typeof right === "boolean" && isDecimal(left)) return same(left, decimal.of(right ? 1 : 0));
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((each, place) => same(each, right[place]));
  }
  return (left ?? null) === (right ?? null);
}

function equal(left, right) {
  try {
    return same(...pair(left, right));
  } catch (error) {
    if (error instanceof Trouble) return false;
    throw error;
  }
}

function order(left, right) {
  if (isEmpty(left) || isEmpty(right)) return null;
  const [a, b] = pair(left, right);
  if (isDecimal(a) && isDecimal(b)) return decimal.compare(a, b);
  if (isText(a) && isText(b)) return a < b ? -1 : a > b ? 1 : 0;
  throw new Trouble("kinds");
}

function within(left, right) {
  if (isNothing(right)) return false;
  if (isText(right)) return right.includes(textOf(left, "None"));
  if (Array.isArray(right)) return right.some((each) => equal(left, each));
  throw new Trouble("kinds");
}

function textOf(value, nothing = "") {
  if (isNothing(value)) return nothing;
  if (isDecimal(value)) return decimal.text(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

const COMPARE = {
  "==": equal,
  "!=": (left, right) => !equal(left, right),
  "<": (left, right) => order(left, right) === -1,
  "<=": (left, right) => (order(left, right) ?? 1) <= 0,
  ">": (left, right) => order(left, right) === 1,
  ">=": (left, right) => (order(left, right) ?? -1) >= 0,
  in: within,
  "not in": (left, right) => !within(left, right),
};

function add(left, right) {
  if (isText(left) && isText(right) && !(decimal.read(left) && decimal.read(right))) return left + right;
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  return decimal.add(number(left), number(right));
}

const BINARY = {
  "+": add,
  "-": (left, right) => decimal.subtract(number(left), number(right)),
  "*": (left, right) => decimal.multiply(number(left), number(right)),
  "/": (left, right) => decimal.divide(number(left), number(right)),
  "//": (left, right) => decimal.floorDivide(number(left), number(right)),
  "%": (left, right) => decimal.modulo(number(left), number(right)),
};

function numbers(values) {
  const spread = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
  return spread.filter((each) => !isEmpty(each)).map(number);
}

function most(values, sign) {
  const found = numbers(values);
  if (!found.length) throw new Trouble("kinds");
  return found.reduce((best, each) => (decimal.compare(each, best) === sign ? each : best));
}

function day(value) {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(String(value));
  if (!found) throw new Trouble("kinds");
  return Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) / 86400000;
}

const spread = (values) => (values.length === 1 && Array.isArray(values[0]) ? values[0] : values);
const FUNCTIONS = {
  abs: (value) => decimal.abs(number(value)),
  all: (...values) => spread(values).every(truth),
  any: (...values) => spread(values).some(truth),
  count: (value) => decimal.of(value instanceof Columns ? value.rows.length : Array.isArray(value) ? value.length : isText(value) ? [...value].length : 0),
  days: (first, last) => decimal.of(day(last) - day(first)),
  empty: (value) => isEmpty(value) || value === false || (Array.isArray(value) && !value.length),
  max: (...values) => most(values, 1),
  min: (...values) => most(values, -1),
  number,
  round: (value, places = decimal.of(0)) => {
    const wanted = Number(decimal.text(number(places)));
    return decimal.round(number(value), Math.max(0, Math.min(10, Math.trunc(wanted))));
  },
  sum: (...values) => numbers(values).reduce(decimal.add, decimal.of(0)),
  text: (value) => textOf(value),
};
const CONSTANTS = { true: true, false: false, null: null };

const checked = (value) => (isDecimal(value) ? decimal.check(value) : value);

// Returns the value of a parsed expression over `values`; raises Trouble: zero, number, large, kinds.
export function evaluate(node, values) {
  return checked(answer(node, values));
}

function answer(node, values) {
  const [kind, ...parts] = node;
  switch (kind) {
    case "number":
      return decimal.read(parts[0]) ?? decimal.readScientific(parts[0]);
    case "constant":
      return parts[0];
    case "name":
      return Object.hasOwn(values, parts[0]) ? values[parts[0]] ?? null : CONSTANTS[parts[0]] ?? null;
    case "attribute": {
      const head = answer(parts[0], values);
      return head instanceof Columns ? head.column(parts[1]) : null;
    }
    case "and":
      return parts.every((part) => truth(answer(part, values)));
    case "or":
      return parts.some((part) => truth(answer(part, values)));
    case "not":
      return !truth(answer(parts[0], values));
    case "negative":
      return decimal.negative(number(answer(parts[0], values)));
    case "positive":
      return number(answer(parts[0], values));
    case "compare": {
      let before = answer(parts[0], values);
      for (const [sign, other] of parts.slice(1)) {
        const after = answer(other, values);
        if (!COMPARE[sign](before, after)) return false;
        before = after;
      }
      return true;
    }
    case "if":
      return answer(truth(answer(parts[0], values)) ? parts[1] : parts[2], values);
    case "list":
      return parts.map((part) => answer(part, values));
    case "call":
      return FUNCTIONS[parts[0]](...parts.slice(1).map((part) => answer(part, values)));
    default:
      return checked(BINARY[kind](answer(parts[0], values), answer(parts[1], values)));
  }
}
