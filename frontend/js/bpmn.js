// Processes: the designer of whoever compiles them, and the drawings that others look at.
import "../css/bpmn.css";
import { design } from "./bpmn/designer.js";
import { draw } from "./bpmn/drawing.js";

const isPhone = matchMedia("(max-width: 820px)").matches;

// A phone has no room to draw: there it is looked at, and the page says so.
for (const element of document.querySelectorAll("[data-process-designer]")) if (!isPhone) design(element);

function drawAll() {
  for (const element of document.querySelectorAll("[data-process-drawing]:not([data-drawing])")) {
    if (!isPhone && element.hasAttribute("data-on-phone")) continue;
    element.setAttribute("data-drawing", "");
    draw(element);
  }
}
drawAll();
// A case's drawing comes into its page later.
document.addEventListener("htmx:after:settle", drawAll);
