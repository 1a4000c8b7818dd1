// Numbers as the server calculates with them: decimals of 28 digits, rounded half to even, so that no fen is lost or
// shown otherwise. A number is { int: BigInt, exp: Number }, its value int × 10^exp.
const PRECISION = 28;
const LARGEST = { int: 1n, exp: 30 };

export class Trouble extends Error {}

const power = (n) => 10n ** BigInt(n);
const size = (int) => (int < 0n ? -int : int).toString().length;

export function isDecimal(value) {
  return typeof value === "object" && value !== null && typeof value.int === "bigint";
}

// A number as people write it, full-width digits too; null for anything else.
export function read(text) {
  if (isDecimal(text)) return text;
  if (typeof text === "number") return read(String(text));
  if (typeof text !== "string") return null;
  const found = /^([+-]?)(\d{0,18})(?:\.(\d{0,18}))?$/.exec(text.normalize("NFKC").trim());
  if (!found || (!found[2] && !found[3])) return null;
  const fraction = found[3] ?? "";
  const int = BigInt(found[2] + fraction);
  return { int: found[1] === "-" ? -int : int, exp: -fraction.length };
}

// As the language of expressions also writes them: 1.5E+3.
export function readScientific(text) {
  const found = /^([+-]?[0-9.]+)[eE]([+-]?[0-9]{1,3})$/.exec(text.normalize("NFKC").trim());
  const digits = found && read(found[1]);
  return digits ? { int: digits.int, exp: digits.exp + Number(found[2]) } : null;
}

export function of(n) {
  return { int: BigInt(n), exp: 0 };
}

function halfEven(int, drop) {
  const unit = power(drop);
  let whole = int / unit;
  const rest = int % unit;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice > unit || (twice === unit && whole % 2n !== 0n)) whole += int < 0n ? -1n : 1n;
  return whole;
}

function fit({ int, exp }) {
  const over = size(int) - PRECISION;
  if (over <= 0) return { int, exp };
  const rounded = { int: halfEven(int, over), exp: exp + over };
  return size(rounded.int) > PRECISION ? { int: rounded.int / 10n, exp: rounded.exp + 1 } : rounded;
}

function level(a, b) {
  const exp = Math.min(a.exp, b.exp);
  return [a.int * power(a.exp - exp), b.int * power(b.exp - exp), exp];
}

export function check(number) {
  if (compare(abs(number), LARGEST) > 0) throw new Trouble("large");
  return number;
}

export function compare(a, b) {
  const [x, y] = level(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export const abs = (a) => ({ int: a.int < 0n ? -a.int : a.int, exp: a.exp });
export const negative = (a) => ({ int: -a.int, exp: a.exp });

export function add(a, b) {
  const [x, y, exp] = level(a, b);
  return fit({ int: x + y, exp });
}

export const subtract = (a, b) => add(a, negative(b));
export const multiply = (a, b) => fit({ int: a.int * b.int, exp: a.exp + b.exp });

export function divide(a, b) {
  if (b.int === 0n) throw new Trouble("zero");
  const ideal = a.exp - b.exp;
  if (a.int === 0n) return { int: 0n, exp: ideal };
  const shift = Math.max(0, size(b.int) - size(a.int) + PRECISION + 1);
  const top = a.int * power(shift);
  let int = top / b.int;
  let exp = ideal - shift;
  if (top % b.int === 0n) {
    while (exp < ideal && int % 10n === 0n) {
      int /= 10n;
      exp += 1;
    }
    return fit({ int, exp });
  }
  // A digit that says that something follows, so that a half is never taken for exact.
  return fit({ int: int * 10n + (int < 0n || (int === 0n && (a.int < 0n) !== (b.int < 0n)) ? -1n : 1n), exp: exp - 1 });
}

export function floorDivide(a, b) {
  if (b.int === 0n) throw new Trouble("zero");
  const [x, y] = level(a, b);
  return { int: x / y, exp: 0 };
}

export function modulo(a, b) {
  if (b.int === 0n) throw new Trouble("zero");
  const [x, y, exp] = level(a, b);
  return { int: x % y, exp };
}

// Python's round(): half to even.
export function round(a, places) {
  const drop = -places - a.exp;
  return drop <= 0 ? { int: a.int * power(-drop), exp: -places } : { int: halfEven(a.int, drop), exp: -places };
}

// As a result is shown: rounded half up, without zeros that say nothing.
export function show(a, places) {
  const drop = -places - a.exp;
  let int = a.int;
  if (drop > 0) {
    const unit = power(drop);
    const rest = int % unit;
    const twice = (rest < 0n ? -rest : rest) * 2n;
    int = int / unit + (twice >= unit ? (int < 0n ? -1n : 1n) : 0n);
  } else {
    int *= power(-drop);
  }
  const text = plain({ int, exp: -places });
  const short = text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return short === "-0" ? "0" : short;
}

function plain({ int, exp }) {
  const sign = int < 0n ? "-" : "";
  const digits = (int < 0n ? -int : int).toString();
  if (exp >= 0) return sign + digits + (int === 0n ? "" : "0".repeat(exp));
  const padded = digits.padStart(1 - exp, "0");
  return `${sign}${padded.slice(0, exp)}.${padded.slice(exp)}`;
}

// As Python's str() writes a decimal.
export function text(a) {
  const digits = (a.int < 0n ? -a.int : a.int).toString();
  const adjusted = a.exp + digits.length - 1;
  if (a.exp <= 0 && adjusted >= -6) return plain(a);
  const rest = digits.slice(1);
  return `${a.int < 0n ? "-" : ""}${digits[0]}${rest ? `.${rest}` : ""}E${adjusted >= 0 ? "+" : ""}${adjusted}`;
}
