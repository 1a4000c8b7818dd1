// Sends each chosen file at once and shows its progress; the form then carries the ids. Without this the files come with the form.
import { csrfToken } from "./csrf.js";
import { problemText } from "./requests.js";
import { say, toast } from "./words.js";

export function uploads(root) {
  for (const box of root.querySelectorAll("[data-upload]:not([data-uploading])")) {
    box.dataset.uploading = "1";
    start(box);
  }
}

function start(box) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-upload-list]");
  const drop = box.querySelector(".upload-drop");
  box.classList.add("upload-live");
  input.addEventListener("change", () => {
    for (const file of input.files) sendFile(box, list, file, input.multiple);
    input.value = ""; // or the form would carry them a second time
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.toggle("upload-over", name === "dragover"));
  }
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-delete], [data-drop]");
    if (button) remove(button);
  });
  box.closest("form")?.addEventListener("submit", (event) => {
    if (!box.querySelector(".file-sending")) return;
    event.preventDefault();
    event.stopPropagation();
    toast(say("stillUploading"), "info");
  }, true);
}

function sendFile(box, list, file, isMultiple) {
  if (!isMultiple) list.replaceChildren();
  const row = rowFor(file);
  list.append(row.item);
  const max = Number(box.dataset.maxMb);
  if (max && file.size > max * 1024 * 1024) {
    fail(row, say("tooLarge", { max }));
    return;
  }
  const body = new FormData();
  body.append("slot", box.dataset.name);
  body.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", box.dataset.upload);
  request.setRequestHeader("X-CSRFToken", csrfToken(box.closest("form")));
  request.setRequestHeader("Accept", "application/json");
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    row.progress.value = event.loaded / event.total;
    const percent = Math.round((100 * event.loaded) / event.total);
    row.meta.textContent = percent < 100 ? say("uploading", { percent }) : say("checking");
  };
  request.onerror = () => fail(row, say("offline"));
  request.onload = () => {
    const answer = request.status === 201 || request.status === 200 ? parse(request.responseText) : null;
    if (answer?.id === undefined || answer === null) fail(row, problemText(request.responseText) ?? say("uploadFailed"));
    else finish(box, row, answer);
  };
  request.send(body);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function rowFor(file) {
  const item = element("li", "file file-sending");
  const text = element("span", "file-text");
  const name = element("span", "file-name", file.name);
  const meta = element("span", "file-meta", say("uploading", { percent: 0 }));
  const progress = element("progress", "file-progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", file.name);
  text.append(name, meta, progress);
  item.append(text);
  return { item, text, name, meta, progress, size: file.size };
}

function finish(box, row, answer) {
  row.item.className = "file file-done";
  row.progress.remove();
  row.meta.textContent = `${sizeText(answer.size ?? row.size)} · ${say("uploaded")}`;
  if (answer.url) {
    const link = element("a", "file-name", answer.name ?? row.name.textContent);
    link.href = answer.url;
    link.target = "_blank";
    link.rel = "noopener";
    row.name.replaceWith(link);
  }
  const hidden = element("input");
  hidden.type = "hidden";
  hidden.name = `${box.dataset.name}_id`;
  hidden.value = answer.id;
  row.item.append(hidden, removeButton(row, answer.delete_url));
  hidden.dispatchEvent(new Event("change", { bubbles: true })); // the draft saves itself
}

function fail(row, text) {
  row.item.className = "file file-failed";
  row.progress.remove();
  row.meta.textContent = text;
  row.item.append(removeButton(row, ""));
}

function removeButton(row, url) {
  const button = element("button", "button button-quiet button-small file-remove", say("remove"));
  button.type = "button";
  button.append(element("span", "visually-hidden", ` ${row.name.textContent}`));
  if (url) button.dataset.delete = url;
  else button.dataset.drop = "";
  return button;
}

async function remove(button) {
  const item = button.closest("li");
  const form = button.closest("form");
  if (button.dataset.delete) {
    button.disabled = true;
    const answer = await fetch(button.dataset.delete, {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(form), Accept: "application/json" },
    }).catch(() => null);
    if (!answer?.ok) {
      button.disabled = false;
      const meta = item.querySelector(".file-meta");
      if (meta) meta.textContent = (answer && problemText(await answer.text())) ?? say(answer ? "failed" : "offline");
      return;
    }
  }
  item.closest(".upload").querySelector("input[type=file]").focus();
  item.remove();
  form?.dispatchEvent(new Event("change", { bubbles: true }));
}

function sizeText(bytes) {
  let size = bytes;
  for (const unit of ["B", "KB", "MB"]) {
    if (size < 1024) return `${unit === "B" || size >= 100 ? Math.round(size) : size.toFixed(1)} ${unit}`;
    size /= 1024;
  }
  return `${size.toFixed(1)} GB`;
}

function element(name, css = "", text = "") {
  const made = document.createElement(name);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}
