// A masked value that was shown for a purpose: asked for in a dialog, hidden again after a minute or on leaving.
export function reveals() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-reveal]");
    const dialog = link && document.getElementById(link.dataset.reveal);
    if (!dialog || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.showModal();
    dialog.querySelector("input[name=purpose]")?.focus();
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const value of document.querySelectorAll("[data-revealed]:not([data-ready])")) show(value);
  });
  for (const value of document.querySelectorAll("[data-revealed]")) show(value);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") hideAll();
  });
  window.addEventListener("pagehide", hideAll);
}

function show(value) {
  value.dataset.ready = "1";
  const dialog = document.getElementById(`reveal-${value.parentElement.id.replace(/^field-/, "")}`);
  dialog?.querySelector("form").reset();
  dialog?.close();
  setTimeout(() => hide(value), Number(value.dataset.seconds) * 1000);
}

function hide(value) {
  value.nextElementSibling?.remove();
  value.replaceWith(value.dataset.masked);
}

function hideAll() {
  for (const value of document.querySelectorAll("[data-revealed]")) hide(value);
}
