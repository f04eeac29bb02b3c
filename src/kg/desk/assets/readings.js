// A claim that annotators read and nobody has decided on: what they say differently side by side, one key for each, and
// whoever decides. What is chosen and changed is kept here until the claim is accepted as a whole.

import { chooseFrom } from "./dialogs.js";
import { button, count, fieldName, h, say } from "./page.js";

const PUBLISHED = "published";
/** Fields that go with another: the words that it was read from. */
const GOES_WITH = { speaker_words: "speaker", cue: "act" };
/** What follows from the decision, or has the ids of each reading: it is shown and not edited. */
export const SETTLED = new Set(["relations", "inferred", "contributors"]);
const HIDDEN = new Set(["decision", "contributors"]);
const KEPT = "kg-desk-decides";

export const readerName = ({ by, name, version }) => (by === PUBLISHED ? say("published") : [name, version].filter(Boolean).join(" "));

/** Return who read a claim. */
export const readersOf = (reading) => reading.versions.filter(({ by }) => by !== PUBLISHED).map(readerName).join(", ");

const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** What is chosen of a claim that several read; `subject` is what the editor edits. */
export class Choice {
  constructor(reading) {
    this.reading = reading;
    /** Whose value is chosen, by field. */
    this.of = new Map();
    /** What whoever decides says instead, by field; null for nothing. */
    this.changes = new Map();
  }

  get open() { return this.reading.different.filter((field) => !this.of.has(field) && !this.changes.has(field)); }

  /** The fields that whoever is followed has left to be decided, such as a speaker whom a program could not tell. */
  get waiting() { return this.version(this.taken).undecided
    .filter((field) => !this.changes.has(field) && (this.of.get(field) || this.taken) === this.taken); }

  /** The one who is followed in most fields, in the others where nobody differs. */
  get taken() {
    const votes = new Map(this.reading.versions.map(({ by }) => [by, 0]));
    for (const by of this.of.values()) votes.set(by, votes.get(by) + 1);
    const [first] = [...votes].sort(([one, a], [other, b]) => b - a || (other === PUBLISHED) - (one === PUBLISHED));
    return first[0];
  }

  version(by) { return this.reading.versions.find((each) => each.by === by); }

  /** The fields as they were chosen, without changes; what is still open is left out. */
  get chosen() {
    const all = new Set(this.reading.versions.flatMap(({ fields }) => Object.keys(fields)));
    const open = new Set(this.open);
    const found = {};
    for (const field of all) {
      const about = GOES_WITH[field] || field;
      if (HIDDEN.has(field) || (open.has(about) && field !== "words")) continue;
      const value = this.version(this.of.get(about) || this.taken).fields[field];
      if (value !== undefined) found[field] = value;
    }
    return found;
  }

  get fields() {
    const fields = structuredClone(this.chosen);
    for (const [field, value] of this.changes) {
      if (value === null) delete fields[field];
      else fields[field] = value;
    }
    return fields;
  }

  change(field, value) {
    if (same(this.chosen[field], value)) this.changes.delete(field);
    else this.changes.set(field, value ?? null);
  }

  take(field, by) {
    this.of.set(field, by);
    for (const each of [field, ...Object.keys(GOES_WITH).filter((key) => GOES_WITH[key] === field)]) this.changes.delete(each);
  }

  /** Return the decision to publish what is chosen. */
  decision() {
    const { taken } = this;
    const { claims, published } = this.reading;
    return {
      claims, published, take: taken,
      fields: Object.fromEntries([...this.of].filter(([field, by]) => by !== taken && !this.changes.has(field))),
      changes: Object.fromEntries(this.changes),
    };
  }
}

/** The table above the fields: a row for each in which readings differ, with a number for each reader. */
export function comparison(choice, { shown, chosen }) {
  const { reading } = choice;
  const note = waitingNote(choice);
  if (!reading.different.length) return h("div", {}, reading.versions.length > 1 ? h("p", { class: "aside" }, say("all-agree")) : null, note);
  const value = (version, field) => [field, ...Object.keys(GOES_WITH).filter((key) => GOES_WITH[key] === field)]
    .map((each) => (each === "form" ? shown("form", version.form) : shown(each, version.fields[each])))
    .filter((text, place) => place === 0 || text !== say("nothing")).join(" · ");
  const cell = (version, field) => {
    const text = value(version, field);
    const input = h("input", {
      type: "radio", name: `choice-${field}`, value: version.by, checked: choice.of.get(field) === version.by,
      "aria-label": `${fieldName(field)}: ${text} (${readerName(version)})`, onchange: () => chosen(field, version.by),
    });
    return h("td", {}, h("label", {}, input, h("span", { dir: "auto" }, text)));
  };
  const heads = reading.versions.map((version, place) => h("th", { scope: "col" },
    button([h("kbd", { "aria-hidden": "true" }, String(place + 1)), ` ${readerName(version)}`], () => chosen("", version.by), { class: "quiet", title: say("take-all", { name: readerName(version) }) })));
  const rows = reading.different.map((field) => h("tr", { "data-choice": field, class: choice.of.has(field) || choice.changes.has(field) ? null : "open" },
    h("th", { scope: "row" }, fieldName(field)), reading.versions.map((version) => cell(version, field))));
  return h("div", { class: "readings", role: "group", "aria-label": say("read-differently") },
    h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, h("td", {}, ""), heads)), h("tbody", {}, rows))),
    h("p", { class: "aside" }, choice.open.length ? count("choices-open", choice.open.length) : say("choices-made")), note);
}

const waitingNote = (choice) => (choice.waiting.length ? h("p", { class: "aside" }, say("to-decide", { fields: choice.waiting.map(fieldName).join(", ") })) : null);

/** Return who of some people decides; it is asked once in a browser. `""` if nobody was chosen. */
export async function decidesAs(people, { again = false } = {}) {
  const known = people.find((each) => each.value === remembered());
  if (known && !again) return known.value;
  const chosen = await chooseFrom(say("who-decides"), people, (each) => [each.label], say("cancel"), { isChosen: people.length === 1 });
  if (chosen) remember(chosen.value);
  return chosen?.value || "";
}

export function remembered() {
  try { return localStorage.getItem(KEPT); } catch { return null; }
}

function remember(annotator) {
  try { localStorage.setItem(KEPT, annotator); } catch { /* storage is refused: it is asked again */ }
}
