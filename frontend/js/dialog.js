// Opens and closes <dialog> in browsers that don't know the command attribute yet.
const knowsCommand = "commandForElement" in HTMLButtonElement.prototype;

export function dialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener && !(knowsCommand && opener.hasAttribute("commandfor"))) document.getElementById(opener.dataset.dialogOpen)?.showModal();
    const closer = event.target.closest("[data-dialog-close]");
    if (closer && !(knowsCommand && closer.hasAttribute("commandfor"))) closer.closest("dialog")?.close();
  });
}
