// The wall keeps itself up to date for as long as it is open: one request after the other, never two at once; what
// arrives takes the place of what was there, so that nothing grows. It says when it can't, and goes on trying.
const PATIENCE = 8000;

export function wall() {
  const root = document.querySelector("[data-wall]");
  if (!root) return;
  const figures = root.querySelector("[data-wall-figures]");
  const stale = root.querySelector("[data-wall-stale]");
  const ended = root.querySelector("[data-wall-ended]");
  const since = root.querySelector("[data-wall-since]");
  let shown = "";

  async function refresh() {
    try {
      const response = await fetch(root.dataset.wall, {
        cache: "no-store",
        redirect: "manual",
        headers: { "X-Requested-With": "XMLHttpRequest" },
        signal: AbortSignal.timeout(PATIENCE),
      });
      // Sent away to sign in, or the link is no more: the page says so, and asks on in case somebody signs in again.
      const isEnded = response.type === "opaqueredirect" || [401, 403, 404].includes(response.status);
      ended.hidden = !isEnded;
      if (isEnded) {
        stale.hidden = true;
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const text = await response.text();
      const version = response.headers.get("X-Wall-Version");
      if (version && version !== root.dataset.version) {
        location.reload();
        return;
      }
      show(text);
      since.textContent = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" }).format(new Date());
      stale.hidden = true;
    } catch {
      if (ended.hidden) stale.hidden = false;
    }
  }

  function show(text) {
    if (text === shown) return;
    shown = text;
    const focused = figures.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const parsed = document.createElement("template");
    parsed.innerHTML = text;
    figures.replaceChildren(parsed.content);
    if (focused) figures.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  async function goOn() {
    await refresh();
    root.dataset.refreshed = Number(root.dataset.refreshed || 0) + 1;
    setTimeout(goOn, Number(root.dataset.every) * 1000);
  }
  setTimeout(goOn, Number(root.dataset.every) * 1000);
}
