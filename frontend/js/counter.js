// Says how many characters are left while typing.
import { say } from "./words.js";

export function counters(root) {
  for (const control of root.querySelectorAll("[data-counter]:not([data-counting])")) {
    const note = document.getElementById(control.dataset.counter);
    const max = Number(note?.dataset.max);
    if (!max) continue;
    control.dataset.counting = "1";
    control.removeAttribute("maxlength"); // cutting off pasted text silently would lose it
    const count = () => {
      const left = max - [...control.value].length;
      note.textContent = left < 0 ? say("over", { n: -left }) : say("left", { n: left });
      note.classList.toggle("field-counter-over", left < 0);
    };
    control.addEventListener("input", count);
    control.form?.addEventListener("look:restored", count);
    count();
  }
}
