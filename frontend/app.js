// The one script of every page: htmx and Alpine (the builds that need no eval) and our own small modules.
import "./css/app.css";
import "htmx.org";
import Alpine from "@alpinejs/csp";
import { announcer } from "./js/announcer.js";
import { autosave } from "./js/autosave.js";
import { columnChoice } from "./js/columns.js";
import { counters } from "./js/counter.js";
import { dialogs } from "./js/dialog.js";
import { forms } from "./js/forms/fields.js";
import { focusErrors, menus, previews, showCurrentTab, smallThings } from "./js/page.js";
import { keyboard } from "./js/keyboard.js";
import { live } from "./js/live.js";
import { passkeys } from "./js/passkeys.js";
import { palette } from "./js/palette.js";
import { progress } from "./js/progress.js";
import { readAloud } from "./js/read_aloud.js";
import { lineLinks, numbered } from "./js/numbered.js";
import { moreRows, showRowButtons } from "./js/more_rows.js";
import { requests } from "./js/requests.js";
import { reveals } from "./js/reveal.js";
import { moves, sortables } from "./js/sortable.js";
import { seals } from "./js/seals.js";
import { suggestions } from "./js/suggestions.js";
import { submitOnce } from "./js/submit_once.js";
import { tour } from "./js/tour.js";
import { uploads } from "./js/upload.js";
import { wall } from "./js/wall.js";

window.Alpine = Alpine;
announcer(Alpine);
Alpine.start();

// Listeners on the document: they hold for what htmx brings in later.
for (const start of [requests, progress, submitOnce, dialogs, menus, keyboard, smallThings, reveals, columnChoice, live, moreRows, moves, lineLinks, suggestions, passkeys]) start();

function enliven(root) {
  for (const enrich of [showRowButtons, autosave, counters, uploads, previews, sortables, forms, numbered, seals]) enrich(root);
}
enliven(document);
palette();
readAloud();
tour();
showCurrentTab();
wall();
focusErrors(document);
document.addEventListener("forms:added", () => enliven(document));
document.addEventListener("htmx:after:settle", (event) => {
  enliven(document);
  focusErrors(event.target instanceof Element ? event.target : document);
});
