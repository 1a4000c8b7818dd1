// Numbers with a check character (GB 11643, GB 32100) and mobile numbers, read as the server reads them. Each check
// answers "" or the name of the server's sentence with what goes into it.
const IGNORED = /[ \t\r\n\u00a0\u3000\u200b-\u200f\u2060\ufeff\u202a-\u202e]/g;
const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CITIZEN_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const OLDEST = 130;

function normalise(text) {
  const half = [...text].map((each) => {
    const code = each.codePointAt(0);
    return code >= 0xff01 && code < 0xff5f ? String.fromCodePoint(code - 0xfee0) : each;
  });
  return half.join("").replace(IGNORED, "").toUpperCase();
}

const sum = (weights, values) => weights.reduce((total, weight, place) => total + weight * values[place], 0);

export function isCitizenNumber(text) {
  const number = normalise(text);
  if (!/^[0-9]{17}[0-9X]$/.test(number)) return false;
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].map(Number);
  const birth = new Date(2000, month - 1, day);
  birth.setFullYear(year, month - 1, day);
  const now = new Date();
  if (!year || birth.getMonth() !== month - 1 || birth.getDate() !== day || birth > now) return false;
  const before = now.getMonth() < month - 1 || (now.getMonth() === month - 1 && now.getDate() < day);
  if (now.getFullYear() - year - (before ? 1 : 0) > OLDEST) return false;
  return "10X98765432"[sum(CITIZEN_WEIGHTS, [...number].map(Number)) % 11] === number[17];
}

export function isCreditCode(text) {
  const code = normalise(text).replaceAll("-", "");
  if (code.length !== 18 || [...code].some((each) => !CREDIT.includes(each))) return false;
  if (!/^[0-9]{6}$/.test(code.slice(2, 8))) return false;
  let total = 0;
  let weight = 1;
  for (const each of code.slice(0, 17)) {
    total += weight * CREDIT.indexOf(each);
    weight = (weight * 3) % 31;
  }
  if (CREDIT[(31 - (total % 31)) % 31] !== code[17]) return false;
  const remainder = 11 - (sum(ORGANISATION_WEIGHTS, [...code.slice(8, 16)].map((each) => parseInt(each, 36))) % 11);
  return (remainder === 10 ? "X" : String(remainder % 11)) === code[16];
}

export function isPhone(text) {
  const number = normalise(text).replace(/[-()]/g, "");
  const found = /^(?:\+86|0086|86(?=1[0-9]{10}$))([0-9]+)$/.exec(number);
  return /^1[3-9][0-9]{9}$/.test(found ? found[1] : number);
}
