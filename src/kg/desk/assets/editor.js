// The editor of one claim: a row for each field with its control, what kg guesses, and what kg says about it.

import { button, count, h, language, say, worded } from "./page.js";
import { chip, chooser, dateField, entityForm, localText, matching, textField, wordsOf } from "./fields.js";

/** The fields in the order of the guideline, with their keys. */
export const FIELDS = [
  ["words", "w"], ["form", "f"], ["speaker", "s"], ["speaker_words", "m"], ["cue", "c"], ["act", "a"], ["gist", "g"],
  ["said", "d"], ["at", "o"], ["to", "t"], ["about", "b"], ["relations", "r"], ["inferred", "i"], ["note", "n"],
  ["due", ""], ["condition", ""], ["for", ""], ["in", ""], ["translated", ""], ["first_appearance", ""],
];
const ALWAYS = new Set(["words", "form", "speaker", "cue", "act"]);
/** Fields whose words are picked in the article. */
export const PICKED = new Set(["words", "speaker_words", "cue", "said", "due", "condition"]);
/** Fields that have one value as a rule: the work goes on at the next field when one is chosen. */
const ONCE = new Set(["form", "speaker", "speaker_words", "act", "at", "said", "due", "in"]);
const SPEAKERS = ["Person", "Organization", "NewsMediaOrganization", "GovernmentOrganization", "Group", "Country"];

const blank = (value) => value === undefined || value === null || value === "" || value === "undecided";

/** Return a value of a field as a person reads it. */
export function shown(field, value, state) {
  if (blank(value)) return say(value === "undecided" ? "undecided" : "nothing");
  if (["words", "cue", "speaker_words", "condition"].includes(field)) return [value].flat().map(wordsOf).join(" … ");
  if (["said", "due"].includes(field)) {
    return typeof value === "object" ? [value.edtf, value.words && `“${wordsOf(value.words)}”`].filter(Boolean).join(" ") : value;
  }
  if (field === "relations" && typeof value === "object") {
    return Object.entries(value).map(([kind, to]) => `${choice(state, "relations", kind)} ${[to].flat().join(", ")}`).join("; ");
  }
  if (typeof value === "object" && !Array.isArray(value)) return Object.values(value).map((each) => shown("", each, state)).join(" / ");
  return [value].flat().map((each) => named(field, each, state)).join(", ");
}

const choice = (state, kind, value) => (state.choices[kind] || []).find((each) => each.value === value)?.label || value;

function named(field, value, state) {
  if (field === "inferred") return inferredName(value, state);
  if (field === "act" || field === "form") return choice(state, field, value);
  if (value === "unnamed" || value === "article" || value === "undecided") return say(value);
  const lists = field === "at" ? [state.occasions, state.entities] : [state.entities, state.sources || []];
  return lists.flat().find((each) => each.id === value)?.name || String(value);
}

function inferredName(value, state) {
  const [field, relation] = value.split(".");
  return relation ? `${say(`field-${field}`)}: ${choice(state, "relations", relation)}` : say(`field-${field}`);
}

const option = ({ id, name, also, type }, state) =>
  ({ value: id, label: name, also, detail: [type && choice(state, "type", type), id].filter(Boolean).join(" · ") });

/** An editor for a claim of the file, a proposal or words just selected; `desk` reads and saves. */
export class ClaimEditor {
  constructor(desk, subject) {
    this.desk = desk;
    this.subject = subject;
    this.typed = new Map();
    this.asked = new Set();
    /** Words picked for a date that is still to be typed, by field. */
    this.dateWords = new Map();
    this.top = h("div", { class: "top-findings" });
    this.rows = new Map(FIELDS.map(([field]) => [field, h("div", { class: "row", "data-field": field })]));
    this.more = h("div", { class: "more", role: "group", "aria-label": say("more-fields") });
    this.foot = h("div", { class: "foot" });
    this.element = h("div", { class: "editor", id: "editor" }, this.top, [...this.rows.values()], this.more, this.foot);
    this.element.addEventListener("keydown", (event) => this.decide(event));
  }

  /** Accept or refuse a guess with Enter or Backspace, on its button and in its field while nothing is typed there. */
  decide(event) {
    const refuses = event.key === "Backspace" || event.key === "Delete";
    const { target } = event;
    const field = target.dataset.accepts || (target.tagName === "INPUT" && !target.value && target.closest(".row")?.dataset.field);
    if (!field || this.guesses[field] === undefined || target.hasAttribute("aria-activedescendant")) return;
    if (!refuses && !(event.key === "Enter" && target.tagName === "INPUT")) return;
    event.preventDefault();
    event.stopPropagation();
    if (refuses) this.refuse(field);
    else this.accept(field);
  }

  get fields() { return this.desk.fields(this.subject); }

  get guesses() { return this.desk.guesses(this.subject); }

  /** Bring each row up to date, except one in which somebody is typing. */
  update() {
    const findings = this.desk.findings(this.subject);
    for (const [field] of FIELDS) {
      const row = this.rows.get(field);
      const focused = row.contains(document.activeElement) ? document.activeElement : null;
      if (row.querySelector(".creating")?.hasChildNodes() && !this.asked.has(field)) continue;
      if (focused && "value" in focused && focused.tagName !== "BUTTON" && focused.value && !this.asked.has(field)) continue;
      this.asked.delete(field);
      this.draw(field, row, findings);
      if (focused) this.refocus(row, focused);
    }
    const placed = new Set(FIELDS.map(([field]) => field));
    this.top.replaceChildren(...messages(findings.filter((each) => !placed.has(topOf(each))), this));
    const hidden = FIELDS.filter(([field]) => this.rows.get(field).hidden);
    this.more.replaceChildren(...hidden.map(([field, key]) => h(
      "button", { type: "button", class: "quiet", "data-adds": field, onclick: () => this.focus(field) },
      say(`field-${field}`), key ? h("kbd", { "aria-hidden": "true" }, key) : null,
    )));
    this.foot.replaceChildren(...this.endings());
  }

  refocus(row, before) {
    const same = before.id ? row.querySelector(`#${CSS.escape(before.id)}`) : null;
    (same || row.querySelector(".combobox input, textarea") || this.desk.head())?.focus();
  }

  draw(field, row, findings) {
    const value = this.fields[field];
    const guess = this.guesses[field];
    const found = findings.filter((each) => topOf(each) === field);
    const isShown = ALWAYS.has(field) || !blank(value) || guess !== undefined || found.length || this.typed.has(field);
    row.hidden = !isShown;
    if (!isShown) { row.replaceChildren(); return; }
    const key = FIELDS.find(([each]) => each === field)[1];
    const id = `field-${field}`;
    const text = h("div", { class: "messages", id: `${id}-says`, "aria-live": "polite" }, messages(found, this));
    const control = this.control(field, id, value);
    if (PICKED.has(field) && field !== "words") control.append(this.pickButton(field));
    for (const input of control.querySelectorAll("input, textarea")) input.setAttribute("aria-describedby", text.id);
    row.classList.toggle("wrong", found.some((each) => each.severity === "violation"));
    row.replaceChildren(
      h("div", { class: "name" }, h("label", { for: id }, say(`field-${field}`)), key ? h("kbd", { "aria-hidden": "true" }, key) : null),
      h("div", { class: "value" }, guess === undefined ? null : this.guess(field, guess), control, text),
    );
  }

  pickButton(field) {
    return button("“…”", () => this.desk.pick(this.desk.picking === field ? null : field), {
      class: "quiet pick", "aria-pressed": String(this.desk.picking === field), title: say("pick"),
      "aria-label": say("pick-field", { field: say(`field-${field}`) }),
    });
  }

  guess(field, guess) {
    const name = shown(field, guess, this.desk.state);
    return h("div", { class: "guess" },
      h("span", { class: "chip proposed" }, h("span", { class: "hidden" }, `${say("guess")}: `), h("span", { dir: "auto" }, name),
        this.subject.readings.includes(field) ? h("span", { class: "aside" }, say("your-reading")) : null),
      button(say("accept"), () => this.accept(field), {
        class: "accept", "data-accepts": field, id: `accept-${field}`,
        "aria-label": say("accept-guess", { field: say(`field-${field}`), value: name }),
      }),
      button(say("change"), () => this.focusInput(field), { class: "quiet", "aria-label": say("change-guess", { field: say(`field-${field}`) }) }),
      button(say("refuse"), () => this.refuse(field), { class: "quiet", "aria-label": say("refuse-guess", { field: say(`field-${field}`) }) }));
  }

  accept(field) {
    const value = this.guesses[field];
    this.desk.settle(this.subject, field);
    this.desk.saveGuess(this.subject, field, value);
    this.next(field);
  }

  refuse(field) {
    this.desk.settle(this.subject, field);
    this.update();
    this.next(field);
  }

  /** Move on to the next guess below a field, or the first; without one to the claim. */
  next(field) {
    if (this.desk.picking) this.desk.pick(null);
    const accepts = [...this.element.querySelectorAll("[data-accepts]")];
    const order = FIELDS.map(([each]) => each);
    const below = accepts.find((each) => order.indexOf(each.dataset.accepts) > order.indexOf(field));
    const speaker = this.fields.speaker === "undecided" && this.rows.get("speaker").querySelector("input");
    (below || accepts[0] || speaker || this.desk.head())?.focus();
  }

  /** Show a field and move the focus into it, behind what it says already. */
  focus(field) {
    const row = this.rows.get(field);
    if (row.hidden) { this.typed.set(field, true); this.update(); }
    const target = row.querySelector(".combobox input, textarea") || row.querySelector("button");
    target?.focus();
    if (target?.tagName === "TEXTAREA") target.setSelectionRange(target.value.length, target.value.length);
    row.scrollIntoView({ block: "nearest" });
    if (PICKED.has(field)) this.desk.pick(field);
  }

  focusInput(field) {
    this.rows.get(field).querySelector(".combobox input, textarea, select")?.focus();
    if (PICKED.has(field)) this.desk.pick(field);
  }

  save(field, value, { path = [field], was } = {}) {
    this.desk.settle(this.subject, field);
    this.asked.add(field);
    this.dateWords.delete(field);
    // A claim must have a speaker: taken out, it is to be decided again, and what is typed next replaces it.
    const written = field === "speaker" && value === null ? "undecided" : value;
    this.desk.save(this.subject, path, written, was);
    if (ONCE.has(field) && value !== null) this.next(field);
  }

  /** Show what kg would say of the claim if a field had a value that is being typed. */
  async check(field, value) {
    const found = await this.desk.check(this.subject, field, value);
    if (!found) return;
    for (const [name, row] of this.rows) {
      const box = row.querySelector(".messages");
      if (box) box.replaceChildren(...messages(found.filter((each) => topOf(each) === name), this));
    }
  }

  control(field, id, value) {
    const { state } = this.desk;
    const label = say(`field-${field}`);
    const saved = (changed, how) => this.save(field, changed, how);
    const common = { id, key: `${this.subject.key}.${field}`, label, value, save: saved, kept: this.desk.kept, done: () => this.desk.head()?.focus() };
    if (field === "gist" || field === "note") return this.texts(field, common);
    if (field === "said" || field === "due") {
      return dateField({ ...common, words: this.dateWords.get(field), dates: (text) => this.desk.dates(text), typing: (typed) => this.check(field, typed) });
    }
    if (field === "words") return this.words(value, common);
    if (field === "relations") return this.relations(value || {}, common);
    if (field === "translated" || field === "first_appearance") {
      return textField({ ...common, value: value || "", rows: 1, typing: (typed) => this.check(field, typed), save: (text) => saved(text || null) });
    }
    if (["cue", "speaker_words", "condition"].includes(field)) {
      return chooser({
        ...common, several: field !== "speaker_words", named: (each) => wordsOf(each), offer: () => [],
        free: (text) => text, typing: (typed) => this.check(field, typed), placeholder: say("type-or-pick"),
      });
    }
    return chooser({ ...common, value: value === "undecided" ? null : value, ...this.choosing(field, state) });
  }

  /** Return what a chooser of entities, acts and other choices needs. */
  choosing(field, state) {
    const name = (value) => named(field, value, state);
    if (field === "act" || field === "inferred" || field === "form") {
      const derived = field === "form" && this.desk.form(this.subject);
      const present = new Set(Object.keys(this.fields));
      const offered = (state.choices[field] || [])
        .filter((each) => field !== "inferred" || present.has(each.value.split(".")[0]))
        .map((each) => (field === "inferred" ? { ...each, label: inferredName(each.value, state) } : each));
      return {
        several: field === "inferred", named: name,
        placeholder: derived ? say("by-the-marks", { form: choice(state, "form", derived) }) : say("type-choice"),
        offer: (text) => matching(offered.map((each) => ({ ...each, detail: each.about })), text),
      };
    }
    const create = (text, { done, stop }) => (field === "at"
      ? this.desk.occasionForm(text, { done, stop })
      : entityForm(text, state.choices.type, suggestedType(field), {
        entities: this.candidates(field, state).filter((each) => state.entities.some(({ id }) => id === each.value)),
        use: (id) => this.taken(field, id, done),
        make: (named_, type) => this.make(field, named_, type, done), stop,
      }));
    return {
      several: field !== "at" && field !== "in", named: name, create,
      placeholder: say(field === "at" ? "type-occasion" : "type-name"),
      offer: (text) => matching(this.candidates(field, state), text),
    };
  }

  /** Add an entity and choose it; keys that are pressed meanwhile are not typed into its form. */
  async make(field, name, type, done) {
    const before = document.activeElement;
    this.desk.head()?.focus();
    this.desk.isWaiting = true;
    const made = await this.desk.addEntity(name, type);
    this.desk.isWaiting = false;
    if (made) this.taken(field, made.id, done);
    else before.focus();
  }

  /** Choose an entity with which the form of a new one is done. */
  taken(field, id, done) {
    done(id);
    this.next(field);
  }

  candidates(field, state) {
    const entities = state.entities.map((each) => option(each, state));
    const ofType = (...types) => state.entities.filter((each) => types.includes(each.type)).map((each) => option(each, state));
    if (field === "at") return [...state.occasions.map((each) => option(each, state)), ...ofType("Event")];
    if (field === "in") return ofType("Document");
    if (field === "about") return [...ofType("Topic"), ...entities.filter((each) => !ofType("Topic").some(({ value }) => value === each.value))];
    if (field !== "speaker") return ofType(...SPEAKERS);
    const others = ["unnamed", "article"].map((each) => ({ value: each, label: say(each), detail: say(`${each}-means`) }));
    const near = (this.subject.suggested || []).map(({ id, name }) =>
      (id ? { value: id, label: name, detail: say("named-near") } : { label: say("new-entity", { name }), text: name, detail: say("named-near") }));
    const isNear = new Set(near.map((each) => each.value));
    return [...near, ...ofType(...SPEAKERS).filter((each) => !isNear.has(each.value)), ...(state.sources || []).map((each) => option(each, state)), ...others];
  }

  texts(field, common) {
    const languages = [...new Set([this.desk.state.language, language])];
    return localText({
      ...common, value: common.value, languages,
      typing: (typed) => this.check(field, typed),
      save: (changed, { tongue, text, was }) => {
        const before = this.fields[field];
        // One language of several: only its text changes in the file.
        if (changed && typeof before === "object" && before) this.save(field, text || null, { path: [field, tongue], was: was || null });
        else this.save(field, changed, { was: before ?? null });
      },
    });
  }

  words(value, { id }) {
    const parts = [value].flat().filter((each) => !blank(each));
    const remove = (place) => (parts.length < 2 ? null : () => this.desk.dropPart(this.subject, place));
    return h("div", { class: "chooser" },
      parts.map((part, place) => chip(wordsOf(part), remove(place), part.in || "")),
      h("button", { type: "button", class: "quiet", id, onclick: () => this.desk.pick("words") }, say("add-passage")));
  }

  relations(value, { id, label }) {
    const { state } = this.desk;
    const kinds = (state.choices.relations || []).map((each) => ({ ...each, detail: each.about }));
    const chips = Object.entries(value).flatMap(([kind, targets]) => [targets].flat().map((target) => chip(
      `${choice(state, "relations", kind)} ${target}`,
      () => this.relate(kind, [targets].flat().filter((each) => each !== target)),
    )));
    const kind = this.desk.relating;
    const claims = state.claims.filter((each) => each.id !== this.subject.id).map((each) => ({
      value: each.id, label: `${each.id} ${each.speakers.join(", ")}`, detail: each.quoted, also: [each.id.replace(/^c0*/, ""), each.quoted],
    }));
    const shared = { id, label, value: null, several: false, named: String };
    const box = kind
      ? chooser({ ...shared, label: say("which-claim"), placeholder: say("which-claim"), offer: (text) => matching(claims, text), save: (target) => this.relateTo(target) })
      : chooser({ ...shared, placeholder: say("which-relation"), offer: (text) => matching(kinds, text), save: (chosen) => { this.desk.relate(chosen); this.focusInput("relations"); } });
    return h("div", { class: "chooser" }, chips,
      kind ? h("span", { class: "chip proposed" }, choice(state, "relations", kind), h("button", {
        type: "button", class: "remove", "aria-label": say("cancel"), onclick: () => this.desk.relate(null),
      }, "×")) : null, box);
  }

  /** Add the relation that was begun to a claim. */
  relateTo(target) {
    const kind = this.desk.relating;
    const before = [this.fields.relations?.[kind] ?? []].flat();
    this.desk.relate(null);
    this.relate(kind, [...before.filter((each) => each !== target), target]);
    this.desk.head()?.focus();
  }

  relate(kind, targets) {
    const before = this.fields.relations;
    const value = targets.length > 1 ? targets : targets[0] ?? null;
    if (!before) this.save("relations", { [kind]: value });
    else if (value === null && Object.keys(before).length === 1) this.save("relations", null);
    else this.save("relations", value, { path: ["relations", kind] });
  }

  endings() {
    const unknown = Object.keys(this.fields).filter((each) => !FIELDS.some(([field]) => field === each));
    const left = this.desk.undecided(this.subject);
    const guesses = Object.keys(this.guesses).length;
    return [
      unknown.length ? h("p", { class: "aside" }, say("in-the-file", { fields: unknown.join(", ") })) : null,
      h("p", { class: "aside" }, guesses ? count("guesses-left", guesses) : left.length ? say("to-decide", { fields: left.map((each) => say(`field-${each}`)).join(", ") }) : ""),
      h("div", { class: "actions" },
        button(say("close-claim"), () => this.desk.close(), { class: "quiet" }),
        button(say(this.subject.id ? "remove-claim" : "not-a-claim"), () => this.desk.remove(this.subject), { class: "quiet" })),
    ].filter(Boolean);
  }
}

const suggestedType = (field) => ({ about: "Topic", in: "Document" }[field] || "Person");

const topOf = (finding) => String(finding.field || "").split(".")[0];

/** Return findings as kg words them; a warning may be right as it is. */
function messages(findings, editor) {
  const go = (field) => {
    if (!editor.rows.has(field)) return;
    // What is typed is saved when one leaves it, and its rows are drawn anew.
    document.activeElement.blur();
    editor.focus(field);
  };
  return findings.map((each) => h("p", { class: `finding ${each.severity}`, lang: "en" },
    h("span", { class: "sign", "aria-hidden": "true" }, each.severity === "violation" ? "✕" : "!"),
    h("span", {}, h("span", { class: "hidden" }, `${each.severity}: `), worded(each.message, go), " ", worded(each.fix, go), " ", h("code", {}, each.rule)),
    each.severity === "warning" && each.rule !== "undecided" && editor.subject.id ? h("button", {
      type: "button", class: "quiet", lang: language, onclick: () => editor.desk.acceptWarning(editor.subject, each.rule),
    }, say("right-as-is")) : null));
}
