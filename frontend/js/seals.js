// Seals: the picture that follows what is typed, the board on which one signs, the sheet on which a place is chosen.
// Without scripts the numbers of the place are typed and a signature is uploaded.

const PAUSE = 350; // ms after the last key

export function seals(root) {
  for (const form of fresh(root, "[data-seal-form]")) applicationForm(form);
  for (const place of fresh(root, "[data-seal-place]")) placePicker(place);
  for (const shown of fresh(root, "[data-seal-shown]")) shownPlace(shown);
}

function fresh(root, selector) {
  return [...root.querySelectorAll(selector)].filter((each) => !each.dataset.alive && (each.dataset.alive = "1"));
}

function applicationForm(form) {
  const kind = form.elements.kind;
  const picture = form.querySelector("[data-seal-preview]");
  const said = form.querySelector("[data-seal-said]");
  let timer;
  const kinds = () => {
    for (const part of form.querySelectorAll("[data-only-kinds]")) part.hidden = !part.dataset.onlyKinds.split(" ").includes(kind.value);
  };
  const draw = async () => {
    if (kind.value === "personal") return;
    const query = new URLSearchParams();
    for (const name of ["kind", "text", "line", "shape"]) query.set(name, form.elements[name].value);
    const url = `${form.dataset.sealForm}?${query}`;
    const answer = await fetch(url, { headers: { Accept: "image/svg+xml, text/plain" } }).catch(() => null);
    if (!answer) return;
    const isDrawn = answer.ok;
    if (isDrawn) picture.src = url;
    picture.hidden = !isDrawn;
    said.hidden = isDrawn;
    if (!isDrawn) said.textContent = await answer.text();
  };
  form.addEventListener("input", () => {
    kinds();
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  });
  kinds();
  draw();
  const board = form.querySelector("[data-seal-board]");
  if (board) signatureBoard(board, form.elements.points, form.querySelector("[data-seal-clear]"));
}

function signatureBoard(board, field, clear) {
  const ink = board.getContext("2d");
  let strokes = [];
  let stroke = null;
  Object.assign(ink, { lineWidth: 12, lineCap: "round", lineJoin: "round", strokeStyle: "#d7191f" });
  const at = (event) => {
    const box = board.getBoundingClientRect();
    const scale = board.width / box.width;
    return [Math.round((event.clientX - box.left) * scale), Math.round((event.clientY - box.top) * scale)];
  };
  board.addEventListener("pointerdown", (event) => {
    board.setPointerCapture(event.pointerId);
    stroke = [at(event)];
    strokes.push(stroke);
    ink.beginPath();
    ink.moveTo(...stroke[0]);
  });
  board.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const point = at(event);
    stroke.push(point);
    ink.lineTo(...point);
    ink.stroke();
  });
  const end = () => {
    stroke = null;
    field.value = JSON.stringify(strokes);
  };
  board.addEventListener("pointerup", end);
  board.addEventListener("pointercancel", end);
  clear?.addEventListener("click", () => {
    strokes = [];
    field.value = "";
    ink.clearRect(0, 0, board.width, board.height);
  });
}

function numbers(element) {
  const { width, height, sealWidth, sealHeight } = element.dataset;
  return { width: +width, height: +height, wide: +sealWidth, tall: +sealHeight };
}

function markOn(sheet, url, { width, height, wide, tall }, tag = "button") {
  const mark = document.createElement(tag);
  if (tag === "button") mark.type = "button";
  mark.className = "seal-mark";
  mark.append(Object.assign(document.createElement("img"), { src: url, alt: "" }));
  mark.style.width = `${(wide / width) * 100}%`;
  // The page's own height: a caption below it doesn't count.
  const put = (x, y) => {
    const page = sheet.querySelector("img");
    mark.style.left = `${(x / width) * 100}%`;
    mark.style.top = `${(y / height) * (page.clientHeight || (sheet.clientWidth * height) / width)}px`;
    mark.style.height = `${(tall / height) * (page.clientHeight || (sheet.clientWidth * height) / width)}px`;
  };
  sheet.append(mark);
  return { mark, put };
}

function shownPlace(sheet) {
  const { put } = markOn(sheet, sheet.dataset.sealUrl, numbers(sheet), "span");
  const place = () => put(+sheet.dataset.x, +sheet.dataset.y);
  place();
  sheet.querySelector("img").addEventListener("load", place);
  addEventListener("resize", place);
}

function placePicker(element) {
  const form = element.closest("form");
  const sheet = element.querySelector("[data-seal-sheet]");
  const page = element.querySelector("[data-seal-page]");
  const list = element.querySelector("[data-seal-list]");
  const field = element.querySelector("[data-seal-places]");
  const [number, left, top] = ["page", "x", "y"].map((name) => form.elements[name]);
  const size = numbers(element);
  const kept = [];
  const { mark, put } = markOn(sheet, element.dataset.sealUrl, size);
  mark.setAttribute("aria-label", element.querySelector("p").textContent);
  const clamp = (value, most) => Math.min(Math.max(value, 0), Math.max(most, 0));
  const write = () => {
    field.value = JSON.stringify([...kept, [+number.value, +left.value, +top.value]]);
  };
  const move = (x, y) => {
    left.value = clamp(x, size.width - size.wide).toFixed(1);
    top.value = clamp(y, size.height - size.tall).toFixed(1);
    put(+left.value, +top.value);
    write();
  };
  const turn = () => {
    page.src = element.dataset.pageUrl.replace("999999", clamp(+number.value || 1, +element.dataset.pages) || 1);
    write();
  };
  page.addEventListener("load", () => {
    // Pages may differ in size: what is seen says how large this one is, at 96 dots an inch.
    size.width = (page.naturalWidth / 96) * 25.4;
    size.height = (page.naturalHeight / 96) * 25.4;
    mark.style.width = `${(size.wide / size.width) * 100}%`;
    move(+left.value, +top.value);
  });
  let held = null;
  mark.addEventListener("pointerdown", (event) => {
    mark.setPointerCapture(event.pointerId);
    held = { x: event.clientX, y: event.clientY, left: +left.value, top: +top.value };
    mark.classList.add("seal-mark-moving");
  });
  mark.addEventListener("pointermove", (event) => {
    if (!held) return;
    const scale = size.width / page.clientWidth;
    move(held.left + (event.clientX - held.x) * scale, held.top + (event.clientY - held.y) * scale);
  });
  const drop = () => {
    held = null;
    mark.classList.remove("seal-mark-moving");
  };
  mark.addEventListener("pointerup", drop);
  mark.addEventListener("pointercancel", drop);
  mark.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 1;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!way) return;
    event.preventDefault();
    move(+left.value + way[0], +top.value + way[1]);
  });
  number.addEventListener("change", turn);
  left.addEventListener("change", () => move(+left.value, +top.value));
  top.addEventListener("change", () => move(+left.value, +top.value));
  element.querySelector("[data-seal-more]").addEventListener("click", () => {
    kept.push([+number.value, +left.value, +top.value]);
    move(+left.value + 5, +top.value - size.tall - 5);
    show();
  });
  const show = () => {
    list.replaceChildren(
      ...kept.map(([n, x, y], index) => {
        const line = document.createElement("li");
        const words = list.dataset.words.replace("{page}", n).replace("{x}", x).replace("{y}", y);
        const remove = Object.assign(document.createElement("button"), {
          type: "button",
          className: "button button-quiet button-small",
          textContent: list.dataset.remove,
        });
        remove.addEventListener("click", () => {
          kept.splice(index, 1);
          show();
        });
        line.append(words, " ", remove);
        return line;
      }),
    );
    write();
  };
  addEventListener("resize", () => put(+left.value, +top.value));
  turn();
  write();
}
