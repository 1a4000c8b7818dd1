// Small helps of every page: focus on the error summary, menus that close, previews, check-all, print, copy.
import { say, toast } from "./words.js";

export function focusErrors(root) {
  root.querySelector("[data-error-summary]")?.focus();
}

// On a phone the tab one is on may lie beyond the edge of the strip.
export function showCurrentTab() {
  for (const tab of document.querySelectorAll(".tabs a[aria-current]")) {
    const strip = tab.closest("ul");
    if (strip && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  }
}

export function menus() {
  const closeOthers = (target) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(target)) menu.open = false;
  };
  document.addEventListener("click", (event) => {
    closeOthers(event.target);
    const toggle = event.target.closest("[data-nav-toggle]");
    const nav = document.getElementById("desk-nav");
    if (toggle && nav) {
      event.preventDefault();
      openNav(nav, !nav.classList.contains("desk-nav-open"));
    }
  });
  // The menu that lies over the page closes when one leaves it, so that nobody goes on behind it.
  document.addEventListener("focusin", (event) => {
    const nav = document.querySelector(".desk-nav-open");
    if (nav && !nav.contains(event.target) && !event.target.closest("[data-nav-toggle]")) openNav(nav, false, false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    const nav = document.querySelector(".desk-nav-open");
    if (nav) openNav(nav, false);
  });
  for (const button of document.querySelectorAll("[data-back]")) {
    button.hidden = history.length < 2;
    button.addEventListener("click", () => history.back());
  }
}

function openNav(nav, isOpen, takesFocus = true) {
  nav.classList.toggle("desk-nav-open", isOpen);
  const toggle = document.querySelector(".desk-toggle");
  toggle?.setAttribute("aria-expanded", String(isOpen));
  if (takesFocus) (isOpen ? nav.querySelector("ul a") : toggle)?.focus();
}

// A picture opens beside its list; anything else keeps its own link into a new tab.
export function previews(root) {
  for (const box of root.querySelectorAll("[data-preview]:not([data-ready])")) {
    box.dataset.ready = "1";
    box.addEventListener("click", (event) => {
      const item = event.target.closest("[data-picture]");
      if (!item || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const image = box.querySelector("[data-preview-image]");
      image.src = item.dataset.picture;
      image.alt = item.querySelector(".file-name").textContent;
      box.querySelector("[data-preview-link]").href = item.href;
      for (const each of box.querySelectorAll("[aria-current]")) each.removeAttribute("aria-current");
      item.setAttribute("aria-current", "true");
    });
  }
}

export function smallThings() {
  document.addEventListener("change", (event) => {
    const { target } = event;
    if (target.dataset?.checkAll) {
      for (const box of document.getElementsByName(target.dataset.checkAll)) box.checked = target.checked;
    }
    if (target.hasAttribute?.("data-autosubmit")) target.form.requestSubmit();
  });
  // An address says what was asked, not what wasn't.
  document.addEventListener("formdata", (event) => {
    if (!event.target.hasAttribute("data-skip-empty")) return;
    for (const name of [...event.formData.keys()]) if (event.formData.getAll(name).every((value) => value === "")) event.formData.delete(name);
  });
  document.addEventListener("click", async (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      await navigator.clipboard?.writeText(copier.dataset.copy);
      toast(say("copied"), "success");
    }
  });
}
