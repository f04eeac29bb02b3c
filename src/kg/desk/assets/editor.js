// The editor of one claim: a row for each field with its control, what kg guesses, and what kg says about it.

import { button, count, fieldName, folded, h, key, language, say, tell, worded } from "./page.js";
import { chip, chooser, dateField, entityForm, localText, matching, textField, wordsOf } from "./fields.js";
import { reviewName, reviewsField } from "./fact-checks.js";
import { SETTLED, comparison, remembered } from "./readings.js";

/** The fields in the order of the guideline, with their keys. */
export const FIELDS = [
  ["words", "w"], ["form", "f"], ["speaker", "s"], ["speaker_words", "m"], ["cue", "c"], ["act", "a"], ["gist", "g"],
  ["said", "d"], ["at", "o"], ["to", "t"], ["about", "b"], ["relations", "r"], ["inferred", "i"], ["note", "n"],
  ["due", ""], ["condition", ""], ["for", ""], ["in", ""], ["translated", ""], ["first_appearance", ""],
  ["appearances", ""], ["reviews", ""], ["contributors", ""],
];
/** Fields whose values are always a list in the file. */
const LISTS = new Set(["appearances", "reviews"]);
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
  if (field === "reviews") return [value].flat().map((each) => reviewName(each, state)).join(" / ");
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
  const own = state.choices.own.find((each) => each.name === field);
  if (own && own.type !== "entity") return String(value);
  if (field === "contributors") return choice(state, "annotators", value);
  const lists = field === "at" ? [state.occasions, state.entities] : [state.entities, state.sources || []];
  return lists.flat().find((each) => each.id === value)?.name || String(value);
}

function inferredName(value, state) {
  const [field, relation] = value.split(".");
  return relation ? `${fieldName(field)}: ${choice(state, "relations", relation)}` : fieldName(field);
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
    this.compared = h("div", {});
    const own = desk.state.choices.own.map(({ name }) => [name, ""]);
    /** kg's fields, then those that the corpus declares. */
    this.all = [...FIELDS, ...own.filter(([name]) => !FIELDS.some(([field]) => field === name))];
    this.rows = new Map(this.all.map(([field]) => [field, h("div", { class: "row", "data-field": field })]));
    this.more = h("div", { class: "more", role: "group", "aria-label": say("more-fields") });
    this.foot = h("div", { class: "foot" });
    this.element = h("div", { class: "editor", id: "editor" }, this.top, this.compared, [...this.rows.values()], this.more, this.foot);
    this.element.addEventListener("keydown", (event) => this.decide(event));
  }

  /** Show what readings say differently; the row in which somebody is choosing keeps the focus. */
  compare() {
    const { choice } = this.subject;
    if (!choice) return;
    const focused = this.compared.contains(document.activeElement) && document.activeElement.closest("[data-choice]")?.dataset.choice;
    this.compared.replaceChildren(comparison(choice, {
      shown: (field, value) => shown(field, value, this.desk.state), chosen: (field, by) => this.desk.choose(by, field),
    }));
    if (focused) this.compared.querySelector(`[data-choice="${CSS.escape(focused)}"] input`)?.focus();
  }

  /** Accept or refuse a guess with Enter or Backspace, on its button and in its field while nothing is typed there. */
  decide(event) {
    if (this.compared.contains(event.target) && event.target.type === "radio") {
      if (/^[1-9]$/.test(event.key)) this.desk.chooseNumber(Number(event.key));
      else if (event.key === "y" || event.key === "Enter") this.desk.decide(this.subject);
      else if (event.key === "x") this.desk.remove(this.subject);
      else return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
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
    for (const [field] of this.all) {
      const row = this.rows.get(field);
      const focused = row.contains(document.activeElement) ? document.activeElement : null;
      if (row.querySelector(".creating")?.hasChildNodes() && !this.asked.has(field)) continue;
      if (focused && "value" in focused && focused.tagName !== "BUTTON" && focused.value && !this.asked.has(field)) continue;
      this.asked.delete(field);
      this.draw(field, row, findings);
      if (focused) this.refocus(row, focused);
    }
    this.compare();
    this.top.replaceChildren(...messages(findings.filter((each) => !this.rows.has(topOf(each))), this));
    const hidden = this.all.filter(([field]) => this.rows.get(field).hidden && !(this.subject.choice && SETTLED.has(field)));
    this.more.replaceChildren(...hidden.map(([field, letter]) => h(
      "button", { type: "button", class: "quiet", "data-adds": field, onclick: () => this.focus(field) },
      fieldName(field), letter ? key(letter) : null,
    )));
    this.foot.replaceChildren(...this.endings());
  }

  refocus(row, before) {
    const same = before.id ? row.querySelector(`#${CSS.escape(before.id)}`) : null;
    (same || row.querySelector(".combobox input, textarea") || this.desk.head())?.focus();
    // Whoever is typing goes on where they were.
    if (same && same.tagName === before.tagName && "selectionStart" in same) same.setSelectionRange(before.selectionStart, before.selectionEnd);
  }

  draw(field, row, findings) {
    const value = this.fields[field];
    const guess = this.guesses[field];
    const found = findings.filter((each) => topOf(each) === field);
    const isShown = ALWAYS.has(field) || !blank(value) || guess !== undefined || found.length || this.typed.has(field);
    row.hidden = !isShown;
    if (!isShown) { row.replaceChildren(); return; }
    const letter = this.all.find(([each]) => each === field)[1];
    const id = `field-${field}`;
    const text = h("div", { class: "messages", id: `${id}-says`, "aria-live": "polite" }, messages(found, this));
    const control = this.control(field, id, value);
    if (PICKED.has(field) && field !== "words") control.append(this.pickButton(field));
    for (const input of control.querySelectorAll("input, textarea")) input.setAttribute("aria-describedby", text.id);
    row.replaceChildren(
      h("div", { class: "name" }, h("label", { for: id }, fieldName(field)), letter ? key(letter) : null),
      h("div", { class: "value" }, guess === undefined ? null : this.guess(field, guess), control, text),
    );
    mark(row, found);
  }

  pickButton(field) {
    return button("“…”", () => this.desk.pick(this.desk.picking === field ? null : field), {
      class: "quiet pick", "aria-pressed": String(this.desk.picking === field), title: say("pick"),
      "aria-label": say("pick-field", { field: fieldName(field) }),
    });
  }

  guess(field, guess) {
    const name = shown(field, guess, this.desk.state);
    return h("div", { class: "guess" },
      h("span", { class: "chip proposed" }, h("span", { class: "hidden" }, `${say("guess")}: `), h("span", { dir: "auto" }, name),
        this.subject.readings.includes(field) ? h("span", { class: "aside" }, say("your-reading")) : null),
      button(say("accept"), () => this.accept(field), {
        class: "accept", "data-accepts": field, id: `accept-${field}`,
        "aria-label": say("accept-guess", { field: fieldName(field), value: name }),
      }),
      button(say("change"), () => this.focusInput(field), { class: "quiet", "aria-label": say("change-guess", { field: fieldName(field) }) }),
      button(say("refuse"), () => this.refuse(field), { class: "quiet", "aria-label": say("refuse-guess", { field: fieldName(field) }) }));
  }

  accept(field) {
    const value = this.guesses[field];
    this.desk.settle(this.subject, field);
    this.desk.saveGuess(this.subject, field, value);
    this.next(field);
  }

  refuse(field) {
    const { guessedWords: words } = this.subject;
    const value = this.guesses[field];
    this.desk.settle(this.subject, field);
    this.update();
    this.desk.refuse({ words, field, value });
    tell(say("guess-refused", { field: fieldName(field) }));
    this.next(field);
  }

  /** Move on to the next guess below a field, or the first; without one to the claim. */
  next(field) {
    if (this.desk.picking) this.desk.pick(null);
    const accepts = [...this.element.querySelectorAll("[data-accepts]")];
    const order = [...this.rows.keys()];
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

  /** Save a value, and promise whether it is written. */
  save(field, value, { path = [field], was } = {}) {
    this.desk.settle(this.subject, field);
    this.asked.add(field);
    this.dateWords.delete(field);
    // A claim must have a speaker: taken out, it is to be decided again, and what is typed next replaces it.
    const written = field === "speaker" && value === null ? "undecided" : value;
    const saving = this.desk.save(this.subject, path, written, was);
    if (ONCE.has(field) && value !== null) this.next(field);
    return saving;
  }

  /** Show what kg would say of the claim if a field had a value that is being typed. */
  async check(field, value) {
    const found = await this.desk.check(this.subject, field, value);
    if (!found) return;
    for (const [name, row] of this.rows) {
      const box = row.querySelector(".messages");
      if (!box) continue;
      const about = found.filter((each) => topOf(each) === name);
      box.replaceChildren(...messages(about, this));
      mark(row, about);
    }
  }

  control(field, id, value) {
    const { state } = this.desk;
    const label = fieldName(field);
    const saved = (changed, how) => this.save(field, changed, how);
    const common = { id, key: `${this.subject.key}.${field}`, label, value, save: saved, kept: this.desk.kept, done: () => this.desk.head()?.focus() };
    if (field === "gist" || field === "note") return this.texts(field, common);
    if (field === "said" || field === "due") {
      return dateField({ ...common, words: this.dateWords.get(field), dates: (text) => this.desk.dates(text), typing: (typed) => this.check(field, typed) });
    }
    if (this.subject.choice && SETTLED.has(field)) return h("div", { class: "chooser" }, h("span", { class: "chip" }, shown(field, value, state)));
    if (field === "words") return this.words(value, common);
    if (field === "relations") return this.relations(value || {}, common);
    if (field === "translated" || field === "first_appearance") {
      return textField({ ...common, value: value || "", rows: 1, typing: (typed) => this.check(field, typed), save: (text) => saved(text || null) });
    }
    if (field === "reviews") return reviewsField({ ...common, state });
    const words = ["cue", "speaker_words", "condition"].includes(field);
    const own = state.choices.own.find((each) => each.name === field);
    if (own && !own.values.length && own.type !== "entity" && own.type !== "yes-no" && !own.several) {
      return textField({ ...common, value: String(value ?? ""), rows: 1, typing: (typed) => this.check(field, typed), save: (text) => saved(text || null) });
    }
    if (words || field === "appearances" || (own && !own.values.length && own.type !== "entity" && own.type !== "yes-no")) {
      return chooser({
        ...common, several: field !== "speaker_words", list: LISTS.has(field), named: (each) => wordsOf(each), offer: () => [],
        free: (text) => text, typing: (typed) => this.check(field, typed),
        placeholder: words ? say("type-or-pick") : say(field === "appearances" ? "type-address" : "type-value"),
      });
    }
    return chooser({ ...common, value: value === "undecided" ? null : value, ...this.choosing(field, state) });
  }

  /** Return what a chooser of entities, acts and other choices needs. */
  choosing(field, state) {
    const name = (value) => named(field, value, state);
    if (field === "contributors") {
      return { several: true, named: name, placeholder: say("type-name"), offer: (text) => matching(state.choices.annotators, text) };
    }
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
    const own = state.choices.own.find((each) => each.name === field);
    if (own && own.type !== "entity") {
      const values = own.values.length ? own.values : ["yes", "no"];
      return {
        several: own.several, named: name, placeholder: own.about || say("type-choice"),
        offer: (text) => matching(values.map((each) => ({ value: each, label: each })), text),
      };
    }
    const create = (text, { done, stop }) => (field === "at"
      ? this.desk.occasionForm(text, { done, stop })
      : this.entityForm(field, text, { done, stop }));
    return {
      several: own ? own.several : field !== "at" && field !== "in", named: name, create,
      change: (value) => this.desk.changing(value),
      placeholder: say(field === "at" ? "type-occasion" : "type-name"),
      offer: (text) => matching(this.candidates(field, state, text), text),
    };
  }

  /** Return the form of a new entity; a speaker may also be an unnamed source, of whom only the words are known. */
  entityForm(field, text, { done, stop }) {
    const { state } = this.desk;
    const source = field === "speaker" ? [{ value: "source", label: say("unnamed-source") }] : [];
    return entityForm(text, [...state.choices.type, ...source], suggestedType(field), {
      languages: state.choices.languages,
      entities: this.candidates(field, state).filter((each) => state.entities.some(({ id }) => id === each.value)),
      use: (id) => this.taken(field, id, done),
      make: (name, type) => this.make(field, name, type, done), stop,
    });
  }

  /** Add an entity and choose it; keys that are pressed meanwhile are not typed into its form. */
  async make(field, name, type, done) {
    const before = document.activeElement;
    this.desk.head()?.focus();
    this.desk.isWaiting = true;
    const made = type === "source" ? await this.desk.addSource(name) : await this.desk.addEntity(name, type);
    this.desk.isWaiting = false;
    if (made) this.taken(field, made.id, done);
    else before.focus();
  }

  /** Choose an entity with which the form of a new one is done. */
  taken(field, id, done) {
    done(id);
    this.next(field);
  }

  /** Return who or what a field may name; `text` is what is typed of it. */
  candidates(field, state, text = "") {
    const entities = state.entities.map((each) => option(each, state));
    const ofType = (...types) => state.entities.filter((each) => types.includes(each.type)).map((each) => option(each, state));
    if (field === "at") return [...state.occasions.map((each) => option(each, state)), ...ofType("Event")];
    if (field === "in") return ofType("Document");
    if (state.choices.own.some((each) => each.name === field)) return entities;
    if (field === "about") return [...ofType("Topic"), ...entities.filter((each) => !ofType("Topic").some(({ value }) => value === each.value))];
    if (field !== "speaker") return ofType(...SPEAKERS);
    const others = ["unnamed", "article"].map((each) => ({ value: each, label: say(each), detail: say(`${each}-means`) }));
    const near = (this.subject.suggested || []).flatMap(({ id, name }) => (id
      ? [{ value: id, label: name, detail: say("named-near") }]
      : namesFrom(name, text).map((each) => ({ label: say("new-entity", { name: each }), text: each, detail: say("named-near") }))));
    const isNear = new Set(near.map((each) => each.value));
    return [...near, ...ofType(...SPEAKERS).filter((each) => !isNear.has(each.value)), ...(state.sources || []).map((each) => option(each, state)), ...others];
  }

  texts(field, common) {
    // A note without a language is in that of the corpus, a claim in full in that of the article.
    const { state } = this.desk;
    const languages = [...new Set([field === "note" ? state.choices.languages[0] : state.language, language])];
    return localText({
      ...common, value: common.value, languages,
      typing: (typed) => this.check(field, typed),
      save: (changed, { tongue, text, was }) => {
        const before = this.fields[field];
        // One language of several: only its text changes in the file.
        if (changed && typeof before === "object" && before) return this.save(field, text || null, { path: [field, tongue], was: was || null });
        return this.save(field, changed, { was: before ?? null });
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

  /** Return the buttons with which a claim of readings is published or not. */
  decision() {
    const { choice } = this.subject;
    const who = this.desk.state.choices.annotators.find((each) => each.value === remembered())?.label;
    return [
      h("p", { class: "aside" }, who ? [say("deciding-as", { name: who }), " ", button(say("change"), () => this.desk.decideAs(), { class: "quiet", "aria-label": say("who-decides") })] : ""),
      h("div", { class: "actions" },
        button([say("accept"), " ", key("y")], () => this.desk.decide(this.subject), { class: "accept", "data-decides": "", "aria-disabled": String(Boolean(choice.open.length || choice.waiting.length)) }),
        button([say("refuse"), " ", key("x")], () => this.desk.remove(this.subject), { class: "quiet" }),
        button(say("close-claim"), () => this.desk.close(), { class: "quiet" })),
    ];
  }

  /** Return the fields that are undecided, or that an error asks for. */
  toDecide() {
    const wrong = this.desk.findings(this.subject).filter((each) => each.severity === "violation");
    const asked = wrong.map((each) => {
      const named = [...each.message.matchAll(/`(\w+)`/g)].map(([, name]) => name);
      return named.find((name) => this.rows.has(name)) || topOf(each);
    });
    return [...new Set([...this.desk.undecided(this.subject), ...asked])].filter((field) => this.rows.has(field));
  }

  /** Return a button that leads to a field, with its key. */
  leading(field) {
    const [, letter] = this.all.find(([each]) => each === field) || [];
    return button([fieldName(field), letter ? [" ", key(letter)] : []].flat(), () => this.focus(field), { class: "quiet", "data-leads": field });
  }

  endings() {
    if (this.subject.choice) return this.decision();
    const unknown = Object.keys(this.fields).filter((each) => !this.rows.has(each) && each !== "accept");
    const left = this.toDecide();
    const guesses = Object.keys(this.guesses).length;
    const open = this.desk.left();
    const isDone = !open.some((each) => each.key === this.subject.key);
    return [
      unknown.length ? h("p", { class: "aside" }, say("in-the-file", { fields: unknown.join(", ") })) : null,
      h("p", { class: "aside" }, guesses ? count("guesses-left", guesses) : left.length ? [say("left-to-decide"), left.map((each) => [" ", this.leading(each)])].flat(2) : ""),
      h("div", { class: "actions" },
        guesses || !isDone || !open.length ? null : button([say("next-left"), " ", key("l")], () => this.desk.nextLeft(), { class: "accept" }),
        button([say("close-claim"), " ", key("Esc")], () => this.desk.close(), { class: "quiet" }),
        button([say(this.subject.id ? "remove-claim" : "not-a-claim"), " ", key("x")], () => this.desk.remove(this.subject), { class: "quiet" })),
    ].filter(Boolean);
  }
}

/**
 * Return a name as somebody may mean it who typed a word of it, the likeliest first: an article names people with what
 * they are, “Voorzitter Ingrid de Wit”. Who types “Ingrid” means what begins there, and who types “Wit” also the name
 * before it.
 */
function namesFrom(name, text) {
  const at = ` ${folded(name)}`.indexOf(` ${folded(text)}`);
  if (at <= 0 || folded(name).length !== name.length) return [name];
  const capitals = [...name.slice(0, at).matchAll(/(?<![\p{L}\p{N}])\p{Lu}/gu)].map(({ index }) => index);
  const isFull = /\s/.test(name.slice(at));
  const longer = capitals.length ? [capitals.at(-1), capitals[0]] : [];
  return [...new Set(isFull ? [at, ...longer] : [...longer, at])].map((each) => name.slice(each));
}

const suggestedType = (field) => ({ about: "Topic", in: "Document" }[field] || "Person");

/** Show, and tell screen readers, whether the value in a row is wrong. */
function mark(row, findings) {
  const isWrong = findings.some((each) => each.severity === "violation");
  row.classList.toggle("wrong", isWrong);
  for (const input of row.querySelectorAll("input, textarea")) input.setAttribute("aria-invalid", String(isWrong));
}

const topOf = (finding) => String(finding.field || "").split(".")[0];

/** Return the findings of a claim; the fields in them lead to their rows, and a warning may be right as it is. */
function messages(findings, editor) {
  const go = (field) => {
    if (!editor.rows.has(field)) return;
    // What is typed is saved when one leaves it, and its rows are drawn anew.
    document.activeElement.blur();
    editor.focus(field);
  };
  const accepting = (each) => (each.severity === "warning" && each.rule !== "undecided" && editor.subject.id ? h("button", {
    type: "button", class: "quiet", lang: language, onclick: () => editor.desk.acceptWarning(editor.subject, each.rule),
  }, say("right-as-is")) : null);
  return findingLines(findings, go, accepting);
}

/** Return where a finding is, as editors take it. */
export const placeInFile = ({ file, line }) => (file && line ? h("code", { class: "aside", dir: "ltr" }, `${file}:${line}`) : null);

/**
 * Return findings as kg words them in their language, each with what `beside` returns for it.
 *
 * What accepts a warning is beside it: then how that is written in the file is left out.
 */
export function findingLines(findings, go, beside = () => null) {
  return findings.map((each) => [each, beside(each)]).map(([each, aside]) => h("p", { class: `finding ${each.severity}`, lang: each.language },
    h("span", { class: "sign", "aria-hidden": "true" }, each.severity === "violation" ? "✕" : "!"),
    h("span", {}, h("span", { class: "hidden", lang: language }, `${say(`severity-${each.severity}`)}: `), worded(each.message, go), " ", worded(aside && /accept: \{/.test(each.fix) ? "" : each.fix, go), "\u00a0", h("code", {}, each.rule)),
    aside));
}
