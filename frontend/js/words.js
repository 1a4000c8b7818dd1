// The words that scripts show; the server puts them, translated, into <meta name="look-words">.
const words = JSON.parse(document.querySelector('meta[name="look-words"]')?.content || "{}");

export function say(name, values = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function clockTime(moment = new Date()) {
  return `${String(moment.getHours()).padStart(2, "0")}:${String(moment.getMinutes()).padStart(2, "0")}`;
}

export function toast(text, tone = "danger") {
  const box = document.querySelector("[data-toasts]");
  if (!box) return;
  const item = document.createElement("p");
  item.className = `toast toast-${tone}`;
  item.textContent = text;
  box.append(item);
  setTimeout(() => item.remove(), 8000);
}
