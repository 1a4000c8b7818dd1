// The form that is drawn: its text as the server keeps it, what is chosen in it, and the steps back and forth.
const MOST_STEPS = 100;

export class Model {
  constructor(form, number, words) {
    this.form = form;
    this.words = words;
    this.number = number;
    this.chosen = null; // { section, field, column }: places; the later ones may be missing
    this.past = [];
    this.future = [];
    this.saved = JSON.stringify(form);
    this.listeners = [];
  }

  get isChanged() {
    return JSON.stringify(this.form) !== this.saved;
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  // `what` may say that the properties needn't be drawn anew: the person is typing there.
  tell(what = "all") {
    for (const listener of this.listeners) listener(what);
  }

  change(act, what = "all") {
    this.past.push(JSON.stringify(this.form));
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future = [];
    act();
    this.tell(what);
  }

  step(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify(this.form));
    this.form = JSON.parse(from.pop());
    if (!this.at(this.chosen)) this.chosen = null;
    this.tell();
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  at(place) {
    if (!place) return null;
    const section = this.form[place.section];
    if (place.field === undefined || !section) return section ?? null;
    const field = section.fields?.[place.field];
    return place.column === undefined ? field ?? null : field?.fields?.[place.column] ?? null;
  }

  // The list that holds what is at a place, and its position there.
  holder(place) {
    if (place.field === undefined) return [this.form, place.section];
    const section = this.form[place.section];
    return place.column === undefined ? [section.fields, place.field] : [section.fields[place.field].fields, place.column];
  }

  choose(place) {
    this.chosen = place;
    this.tell("choice");
  }

  keys() {
    return new Set(this.form.flatMap((section) => [section.key, ...(section.fields ?? []).flatMap((field) => [field.key, ...(field.fields ?? []).map((each) => each.key)])]));
  }

  freeKey(kind) {
    const taken = this.keys();
    for (let number = 1; ; number += 1) if (!taken.has(`${kind}_${number}`)) return `${kind}_${number}`;
  }

  make(type, label) {
    const field = { key: this.freeKey(type), label, type };
    if (type === "choice" || type === "multichoice") field.options = [...this.words.firstOptions];
    if (type === "repeat") Object.assign(field, { fields: [], min_rows: 0, max_rows: 20, required: false });
    if (type === "calculated") field.formula = "";
    return field;
  }

  addSection(title) {
    this.change(() => this.form.push({ key: this.freeKey("section"), title, help: "", fields: [] }));
    this.choose({ section: this.form.length - 1 });
  }

  // Into the chosen group's rows, or after the chosen field, or at the end.
  add(type, label, place = null) {
    const chosen = place ?? this.chosen ?? { section: this.form.length - 1 };
    this.change(() => {
      if (!this.form.length) this.form.push({ key: this.freeKey("section"), title: this.words.firstSection, help: "", fields: [] });
      const section = Math.max(0, chosen.section ?? 0);
      const fields = (this.form[section].fields ??= []);
      if (chosen.column !== undefined) {
        fields[chosen.field].fields.splice(chosen.column + 1, 0, this.make(type, label));
        this.chosen = { ...chosen, section, column: chosen.column + 1 };
      } else {
        const at = chosen.field === undefined ? fields.length : chosen.field + (place ? 0 : 1);
        fields.splice(at, 0, this.make(type, label));
        this.chosen = { section, field: at };
      }
    });
  }

  addColumn(place, type, label) {
    this.change(() => {
      const group = this.at(place);
      (group.fields ??= []).push(this.make(type, label));
      this.chosen = { ...place, column: group.fields.length - 1 };
    });
  }

  remove(place) {
    this.change(() => {
      const [list, at] = this.holder(place);
      list.splice(at, 1);
      this.chosen = null;
    });
  }

  // Up and down in its list; over the edge of a section into the next.
  move(place, by) {
    const [list, at] = this.holder(place);
    const to = at + by;
    if (to >= 0 && to < list.length) {
      this.change(() => {
        list.splice(to, 0, ...list.splice(at, 1));
        const last = place.column !== undefined ? "column" : place.field !== undefined ? "field" : "section";
        this.chosen = { ...place, [last]: to };
      });
      return to + 1;
    }
    const beside = this.form[place.section + by];
    if (place.field === undefined || place.column !== undefined || !beside) return 0;
    this.change(() => {
      const [field] = list.splice(at, 1);
      const fields = (beside.fields ??= []);
      const position = by < 0 ? fields.length : 0;
      fields.splice(position, 0, field);
      this.chosen = { section: place.section + by, field: position };
    });
    return (this.chosen.field ?? 0) + 1;
  }

  carry(from, to) {
    this.change(() => {
      const [list, at] = this.holder(from);
      const [field] = list.splice(at, 1);
      this.form[to.section].fields.splice(to.field, 0, field);
      this.chosen = to;
    });
  }
}
