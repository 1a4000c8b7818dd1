// Line numbers beside a text that is edited as source, and a way to the line that a message names.
export function numbered(root) {
  for (const frame of root.querySelectorAll("[data-numbered]:not([data-ready])")) {
    frame.dataset.ready = "1";
    const lines = frame.querySelector("pre");
    const text = frame.querySelector("textarea");
    let shown = 0;
    const count = () => {
      const wanted = text.value.split("\n").length;
      if (wanted !== shown) lines.textContent = Array.from({ length: wanted }, (_, place) => place + 1).join("\n");
      shown = wanted;
    };
    text.addEventListener("input", count);
    text.addEventListener("scroll", () => { lines.scrollTop = text.scrollTop; });
    count();
  }
}

export function lineLinks() {
  document.addEventListener("click", (event) => {
    const asked = event.target instanceof Element ? event.target.closest("[data-go-line]") : null;
    const text = asked && document.querySelector("[data-numbered] textarea");
    if (!text) return;
    const rows = text.value.split("\n");
    const line = Math.min(Number(asked.dataset.goLine), rows.length);
    const start = rows.slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + rows[line - 1].length);
    const height = text.scrollHeight / rows.length;
    text.scrollTop = Math.max(0, (line - 6) * height);
    text.scrollIntoView({ block: "center" });
  });
}
