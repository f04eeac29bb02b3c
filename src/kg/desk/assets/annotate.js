// One article on the desk: its state as the server gives it, what is open, and what is saved.

import { articlePane, codePoints, passagesOf } from "./article.js";
import { ClaimList, inOrder, progress } from "./claims.js";
import { ClaimEditor, FIELDS, shown } from "./editor.js";
import { askAnnotator, askText, chooseFrom, occasionForm, removal, settleConflicts } from "./dialogs.js";
import { showHelp } from "./keys.js";
import { Review } from "./review.js";
import { Refusal, Silence, articlePath, ask, explain, follow, inTurn } from "./server.js";
import { SERVER, button, complain, goOn, h, languageSwitch, putRight, say, tell, worded } from "./page.js";

const absent = (value) => value === undefined || value === null || value === "" || value === "undecided";
const sent = ({ exact, prefix, suffix }) => ({ exact, prefix, suffix });

export class Desk {
  constructor(id, state) {
    this.id = id;
    this.state = state;
    this.path = articlePath(id);
    /** The key of the current claim in the list; its words are lit. */
    this.current = null;
    this.editor = null;
    this.fresh = null;
    this.picking = null;
    this.relating = null;
    this.isWaiting = false;
    /** What is typed and not saved yet. */
    this.kept = new Map();
    this.guessed = new Map();
    this.refused = new Set();
    this.review = new Review(this);
    this.list = new ClaimList(this);
    this.article = articlePane({
      taken: (passage, how) => this.taken(passage, how),
      opened: (key) => this.clickedMark(key),
    });
    this.frame();
    this.draw();
    follow(id, () => this.state.version, {
      changed: (state) => this.apply(state),
      lost: (away) => (away ? complain({ title: say("error-gone"), fix: say("error-gone-fix") }, SERVER) : putRight(SERVER)),
    });
  }

  frame() {
    this.banner = h("div", { class: "banner", role: "status" });
    this.bar = h("div", { class: "progress" });
    this.general = h("div", { class: "general" });
    this.undoing = button("", () => this.undo(), { class: "quiet", title: "Ctrl+Z" });
    this.reviewing = button(say("review"), () => this.review.toggle(), { class: "quiet", "aria-pressed": "false" });
    this.top = h("header", { class: "desk-top" },
      h("a", { href: "/", class: "back" }, say("articles")),
      h("h1", { dir: "auto" }, this.state.title),
      h("div", { class: "tools" }, this.undoing, this.reviewing, button("?", () => this.help(), { class: "quiet", "aria-label": say("help") }), languageSwitch()));
    this.main = h("main", { class: "desk", id: "content" },
      h("section", { class: "left", "aria-label": say("article-pane") }, this.banner, this.article.element),
      h("section", { class: "right", "aria-label": say("claim-list") }, this.bar, this.review.element, this.general, this.list.element,
        h("p", { class: "aside hint" }, say("how-to-begin"))));
  }

  /** Take over a state of the server. */
  apply(state) {
    this.state = state;
    if (this.editor?.subject.id && !this.claim(this.editor.subject.id)) {
      this.close();
      tell(say("claim-gone"));
    }
    this.draw();
  }

  draw() {
    const { state } = this;
    const focused = document.activeElement?.id;
    document.title = `${state.title} · kg annotate`;
    const begun = this.fresh && proposalName(this.fresh.guess);
    this.subjects = inOrder(state, this.fresh, (each) => this.refused.has(proposalName(each)) || proposalName(each) === begun);
    this.undoing.textContent = say("undo", { number: state.undo });
    this.undoing.disabled = !state.undo;
    this.bar.replaceChildren(...progress(this));
    this.review.draw();
    this.general.replaceChildren(...state.findings.map((each) => h("p", { class: `finding ${each.severity}`, lang: "en" },
      h("span", { class: "sign", "aria-hidden": "true" }, each.severity === "violation" ? "✕" : "!"),
      h("span", {}, worded(each.message), " ", worded(each.fix), " ", h("code", {}, each.rule)))));
    this.editor?.update();
    this.list.draw(this.subjects, this.editor);
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
    this.article.draw(this.state.text, this.marks(), this.current);
  }

  marks() {
    return this.subjects.flatMap(({ key, id, claim, proposal, guess }) => {
      const known = claim || proposal || guess;
      const { form } = known;
      return Object.entries(known.anchors || {}).map(([role, spans]) =>
        ({ claim: id || key, role, form, spans, proposed: !claim }));
    });
  }

  claim(id) { return this.state.claims.find((each) => each.id === id); }

  /** Return the fields of a claim as the page shows them: the file's with what is on its way to it. */
  fields(subject) {
    const saved = subject.id ? this.claim(subject.id)?.fields || {} : { words: subject.guess.fields.words, speaker: "undecided" };
    const fields = structuredClone(saved);
    for (const { path, value } of subject.pending) put(fields, path, value);
    return fields;
  }

  guesses(subject) {
    const fields = this.fields(subject);
    return Object.fromEntries(Object.entries(subject.guessed).filter(([field]) => absent(fields[field])));
  }

  findings(subject) { return (subject.id && this.claim(subject.id)?.findings) || []; }

  undecided(subject) { return (subject.id && this.claim(subject.id)?.undecided) || []; }

  form(subject) { return subject.id ? this.claim(subject.id)?.form : subject.guess.form; }

  proposals() { return this.subjects.filter((each) => each.proposal); }

  verdict(claim) { return this.review.verdict(claim); }

  head() { return this.list.head(this.editor?.subject.key || this.current); }

  // Going about

  clicked(subject) {
    if (this.relating && subject.id && this.editor) { this.editor.relateTo(subject.id); return; }
    if (this.editor?.subject.key === subject.key) this.close();
    else this.open(subject);
  }

  clickedMark(key) {
    const subject = this.subjects.find((each) => each.key === key);
    if (!subject) return;
    if (this.relating) { this.clicked(subject); return; }
    if (this.editor?.subject.key !== key) this.open(subject);
    this.list.head(key)?.scrollIntoView({ block: "nearest" });
  }

  enter({ key }) {
    if (this.current === key) return;
    this.current = key;
    this.draw();
    this.article.show(key);
  }

  light(subject) { this.article.light(subject ? subject.key : null); }

  /** Move to the claim so many places further in the list; an open editor moves along. */
  move(step) {
    const place = this.subjects.findIndex((each) => each.key === this.current);
    const next = this.subjects[Math.min(Math.max(place + step, 0), this.subjects.length - 1)];
    if (next) this.go(next);
  }

  go(subject) {
    if (this.editor && this.editor.subject.key !== subject.key) this.open(subject, { quietly: true });
    const head = this.list.head(subject.key);
    head?.focus();
    head?.scrollIntoView({ block: "nearest" });
  }

  nextLeft() {
    const isLeft = ({ claim }) => claim && (claim.undecided.length || claim.findings.some((each) => each.severity === "violation"));
    const place = this.subjects.findIndex((each) => each.key === this.current);
    const order = [...this.subjects.slice(place + 1), ...this.subjects.slice(0, place + 1)];
    const next = order.find(isLeft) || order.find((each) => each.proposal);
    if (next) this.open(next);
  }

  /** Open the editor of a claim; the focus goes to the first guess, if there is one. */
  async open(from, { quietly = false } = {}) {
    this.relating = null;
    this.pick(null);
    if (this.editor?.subject.key !== from.key) goOn();
    const subject = { ...from, guess: from.guess || from.proposal, pending: [], guessed: {}, suggested: [], readings: [] };
    if (subject.guess && !subject.id) Object.assign(subject, guessesIn(subject.guess));
    if (from.key !== "new") this.fresh = null;
    this.editor = new ClaimEditor(this, subject);
    this.current = subject.key;
    this.draw();
    this.article.show(subject.key);
    const focused = document.activeElement;
    if (subject.id) await this.guessAgain(subject);
    if (quietly || this.editor?.subject !== subject) return;
    // Whoever went on to a field meanwhile stays there.
    if (document.activeElement !== focused && document.activeElement !== document.body) return;
    const item = this.editor.element.closest("li");
    item.scrollIntoView({ block: item.offsetHeight > item.closest("section").clientHeight - 80 ? "start" : "nearest" });
    (this.editor.element.querySelector("[data-accepts]") || this.head())?.focus({ preventScroll: true });
  }

  /** Ask for guesses of the fields that a claim of the file lacks, if something of it is undecided. */
  async guessAgain(subject) {
    const { id } = subject;
    if (!this.guessed.has(id) && this.claim(id).undecided.length && this.claim(id).anchors.words?.length) {
      const passages = passagesOf(this.state.text, this.claim(id).anchors.words).map(sent);
      const answer = await ask(`${this.path}/guess`, { passages }).catch((error) => { explain(error); return null; });
      if (answer) this.guessed.set(id, guessesIn(answer));
    }
    Object.assign(subject, this.guessed.get(id));
    if (this.editor?.subject === subject) this.editor.update();
  }

  close() {
    const { subject } = this.editor || {};
    // It has no id yet, by which it could be opened again.
    if (subject && !subject.id && subject.pending.length) return;
    this.relating = null;
    this.pick(null);
    this.editor = null;
    this.fresh = null;
    this.draw();
    if (subject) (this.list.head(subject.key) || this.article.element).focus();
  }

  // Selecting in the article

  /** Let the next selection be the words of a field; null for none. */
  pick(field) {
    this.picking = field;
    for (const each of this.editor?.element.querySelectorAll(".pick") || []) {
      each.setAttribute("aria-pressed", String(each.closest(".row").dataset.field === field));
    }
    this.banner.textContent = field ? say("pick-banner", { field: say(`field-${field}`) })
      : this.relating ? say("relate-banner") : "";
    this.main.classList.toggle("picking", Boolean(field || this.relating));
  }

  relate(kind) {
    this.relating = kind;
    this.editor.asked.add("relations");
    this.editor.update();
    this.pick(null);
  }

  async taken(passage, { more }) {
    // Keys that are pressed before kg has answered would go to another claim.
    this.isWaiting = true;
    try {
      const { editor, picking } = this;
      if (picking && picking !== "words" && editor) await this.picked(picking, passage, more);
      else if ((more || picking === "words") && editor) await this.addPart(editor.subject, passage);
      else await this.begin([passage]);
    } catch (error) {
      explain(error);
    } finally {
      this.isWaiting = false;
    }
  }

  /** Begin a claim from selected words: kg guesses the rest. */
  async begin(passages) {
    const guess = await ask(`${this.path}/guess`, { passages: passages.map(sent) });
    getSelection().removeAllRanges();
    this.fresh = { key: "new", guess, passages };
    this.editor = null;
    await this.open(this.fresh);
    tell(say("claim-begun", { quoted: guess.quoted }));
  }

  async addPart(subject, passage) {
    this.pick(null);
    if (!subject.id) {
      const before = subject.passages || passagesOf(this.state.text, subject.guess.anchors.words);
      await this.begin([...before, passage].sort((a, b) => a.start - b.start));
      return;
    }
    const { value } = await ask(`${this.path}/words`, { passage: sent(passage) });
    getSelection().removeAllRanges();
    const parts = [this.fields(subject).words].flat();
    const at = codePoints(this.state.text, passage.start);
    const place = (this.claim(subject.id).anchors.words || []).filter(([start]) => start < at).length;
    this.editor.asked.add("words");
    this.save(subject, ["words"], parts.toSpliced(place, 0, value));
  }

  dropPart(subject, place) {
    if (subject.id) {
      const left = [this.fields(subject).words].flat().toSpliced(place, 1);
      this.editor.asked.add("words");
      this.save(subject, ["words"], left.length > 1 ? left : left[0]);
      return;
    }
    const before = subject.passages || passagesOf(this.state.text, subject.guess.anchors.words);
    this.begin(before.toSpliced(place, 1)).catch(explain);
  }

  /** Put words that were picked in the article into a field. */
  async picked(field, passage, more) {
    const { editor } = this;
    const { subject } = editor;
    if (field === "said" || field === "due") { await this.pickedDate(field, passage); return; }
    const { value } = await ask(`${this.path}/words`, { passage: sent(passage) });
    getSelection().removeAllRanges();
    const before = [this.fields(subject)[field] ?? []].flat();
    editor.save(field, more && field !== "speaker_words" ? [...before, value] : value);
    if (more) return;
    this.pick(null);
    editor.next(field);
  }

  async pickedDate(field, passage) {
    const { editor } = this;
    const { dates } = await ask(`${this.path}/dates`, { words: sent(passage) });
    getSelection().removeAllRanges();
    this.pick(null);
    const chosen = dates.length === 1 ? dates[0] : dates.length && await this.chooseDate(passage.exact, dates);
    if (chosen) {
      editor.save(field, chosen.value);
      editor.next(field);
      return;
    }
    const { value } = await ask(`${this.path}/words`, { passage: sent(passage) });
    editor.dateWords.set(field, value);
    editor.asked.add(field);
    editor.update();
    editor.focusInput(field);
    this.pick(null);
    tell(say("no-days", { words: passage.exact }));
  }

  chooseDate(words, dates) {
    return chooseFrom(say("which-day", { words }), dates, (each) =>
      [each.label, [each.value.edtf, each.why].filter(Boolean).join(" · ")], say("other-date"));
  }

  // Saving

  /** A guess was accepted, refused or replaced: it is offered no more. */
  settle(subject, field) { delete subject.guessed[field]; }

  /** Write a value at a path within a claim; null removes it. The page shows it at once. */
  save(subject, path, value, was) {
    const seen = was === undefined ? this.seen(subject, path) : was;
    return this.saveAll(subject, [{ path, value, was: seen }]);
  }

  /** Accept a guess; one that the words do not say is marked as the annotator's reading. */
  saveGuess(subject, field, value) {
    const changes = [{ path: [field], value, was: this.seen(subject, [field]) }];
    if (subject.readings.includes(field)) {
      const before = this.seen(subject, ["inferred"]);
      const readings = [...new Set([before ?? [], field].flat())];
      changes.push({ path: ["inferred"], value: readings.length > 1 ? readings : readings[0], was: before });
    }
    return this.saveAll(subject, changes);
  }

  seen(subject, path) { return structuredClone(at(this.fields(subject), path) ?? null); }

  /** Write several values of a claim, all or none. */
  saveAll(subject, changes) {
    subject.pending.push(...changes);
    const settled = () => { subject.pending = subject.pending.filter((each) => !changes.includes(each)); };
    this.draw();
    return inTurn(async () => {
      const answer = subject.id
        ? await this.send({ edits: changes.map(({ path, value, was }) => ({ path: ["claims", subject.id, ...path], value, was })) }, settled)
        : await this.send({ add: this.first(subject, changes) }, (answered) => { settled(); this.added(subject, answered); });
      if (!answer) { settled(); this.draw(); }
      else tell(say("saved", { field: say(`field-${changes[0].path[0]}`) }));
    });
  }

  first(subject, changes) {
    const fields = { words: subject.guess.fields.words, speaker: "undecided" };
    for (const { path, value } of changes) { if (value !== null) put(fields, path, value); }
    return fields;
  }

  added(subject, { added }) {
    if (!added) return;
    const isOpen = this.editor?.subject === subject;
    if (isOpen) this.list.rename(subject.key, added);
    Object.assign(subject, { id: added, key: added });
    this.guessed.set(added, { guessed: subject.guessed, suggested: subject.suggested, readings: subject.readings });
    if (!isOpen) return;
    this.fresh = null;
    this.current = added;
  }

  /** Send edits, let a person settle conflicts, and take over the new state; null if nothing was written. */
  async send(body, before = () => {}) {
    const about = body.edits?.[0].path.slice(0, 3).join(".") || "claims";
    try {
      const answer = await ask(`${this.path}/edits`, { base: this.state.version, ...body });
      putRight(SERVER, about);
      before(answer);
      this.apply(answer.state);
      return answer;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409 || !error.answer.conflicts) {
        explain(error, about);
        this.goTo(body.edits?.[0].path || [], error);
        return null;
      }
      this.apply(error.answer.state);
      const edits = await settleConflicts(error.answer.conflicts, (field, value) => shown(field, value, this.state));
      before({});
      if (!edits.length) { this.draw(); return {}; }
      return this.send({ edits });
    }
  }

  /** Move the focus to the field that an error names, else to the one that was not saved, unless somebody types. */
  goTo([top, id, saved], { answer }) {
    if (top !== "claims" || !this.editor || this.editor.subject.id !== id || document.activeElement.value) return;
    const [, named] = /`(\w+)`/.exec(answer?.error?.title || "") || [];
    const field = [named, saved].find((each) => FIELDS.some(([known]) => known === each));
    if (field) this.editor.focus(field);
  }

  edit(path, value) {
    const was = at({ annotation: { status: this.state.status, reviewed: this.state.reviewed } }, path) ?? null;
    return inTurn(() => this.send({ edits: [{ path, value, was }] }));
  }

  /** Write the status; with "done", who annotated and today, if the file does not say so yet. */
  async status(value) {
    const { status, annotation } = this.state;
    const edits = [{ path: ["annotation", "status"], value, was: status }];
    if (value === "done" && !annotation.by) {
      const by = await askAnnotator(await this.annotators());
      if (by === null) return;
      const signed = by ? { by, on: annotation.on || new Date().toLocaleDateString("sv") } : {};
      for (const [key, each] of Object.entries(signed)) edits.push({ path: ["annotation", key], value: each, was: annotation[key] ?? null });
    }
    if (await inTurn(() => this.send({ edits }))) tell(say(`status-${this.state.status}`));
  }

  /** Return the annotators of corpus.yaml; if the page knows none, it looks again. */
  async annotators() {
    try {
      if (!this.state.choices.annotators.length) this.apply(await ask(this.path));
    } catch (error) {
      explain(error);
    }
    return this.state.choices.annotators;
  }

  undo() {
    return inTurn(async () => {
      if (!this.state.undo) return;
      try {
        const { state } = await ask(`${this.path}/undo`, {});
        this.guessed.clear();
        this.apply(state);
        tell(say("undone"));
      } catch (error) {
        if (error instanceof Refusal && error.answer.conflicts) {
          if (error.answer.state) this.apply(error.answer.state);
          complain({ title: say("undo-conflict"), detail: error.answer.conflicts.map(({ path }) => path.join(" › ")).join(", ") });
        } else explain(error);
      }
    });
  }

  async remove(subject) {
    if (!subject.id) {
      if (subject.proposal) this.refused.add(proposalName(subject.proposal));
      const place = this.subjects.findIndex((each) => each.key === subject.key);
      this.editor = null;
      this.fresh = null;
      this.draw();
      const next = this.subjects[Math.min(place, this.subjects.length - 1)];
      if (next) this.go(next);
      return;
    }
    const how = await removal(subject.id, this.state);
    if (!how) return;
    this.editor = null;
    const removed = { remove: subject.id };
    if (how.why) removed.edits = [{ path: ["withdrawn", subject.id], value: how, was: null }];
    inTurn(() => this.send(removed));
  }

  async acceptWarning(subject, rule) {
    const why = await askText(say("right-as-is"), say("why-right"));
    if (!why) return;
    const { accept } = this.fields(subject);
    const edit = accept
      ? { path: ["claims", subject.id, "accept", rule], value: why }
      : { path: ["claims", subject.id, "accept"], value: { [rule]: why } };
    await inTurn(() => this.send({ edits: [{ ...edit, was: null }] }));
  }

  async check(subject, field, value) {
    if (!subject.id) return null;
    const empty = absent(value) || (typeof value === "object" && value && !Object.values(value).some(Boolean));
    const cleaned = typeof value === "object" && !Array.isArray(value) && !empty
      ? Object.fromEntries(Object.entries(value).filter(([, each]) => each)) : value;
    try {
      const edits = [{ path: ["claims", subject.id, field], value: empty ? null : cleaned }];
      return (await ask(`${this.path}/check`, { base: this.state.version, edits })).findings;
    } catch (error) {
      // A check says what would be wrong; that it failed is said when the field is saved.
      if (error instanceof Refusal || error instanceof Silence) return null;
      throw error;
    }
  }

  async dates(text) {
    try {
      return (await ask(`${this.path}/dates`, { words: text })).dates;
    } catch (error) {
      explain(error);
      return [];
    }
  }

  async addEntity(name, type) {
    try {
      const { entity } = await ask("entities", { name, type });
      if (!this.state.entities.some((each) => each.id === entity.id)) this.state.entities.push(entity);
      return entity;
    } catch (error) {
      explain(error);
      return null;
    }
  }

  occasionForm(text, { done, stop }) {
    return occasionForm(this, text, {
      stop,
      make: async (id, fields) => {
        const answer = await inTurn(() => this.send({ edits: [{ path: ["occasions", id], value: fields, was: null }] }));
        if (answer) done(id);
      },
    });
  }

  help() { return showHelp(); }

  /** Leave whatever was begun, one step at a time. */
  escape() {
    if (this.picking || this.relating) {
      if (this.relating) this.relate(null);
      this.pick(null);
      this.head()?.focus();
    } else if (this.editor && this.editor.element.contains(document.activeElement)) {
      this.head()?.focus();
    } else if (this.editor) {
      this.close();
    } else {
      getSelection().removeAllRanges();
      this.list.head(this.current || this.subjects[0]?.key)?.focus();
    }
  }

  /** Open a field of the current claim. */
  field(name) {
    const subject = this.subjects.find((each) => each.key === this.current) || (this.current ? null : this.subjects[0]);
    if (!subject) return;
    const isOpen = this.editor?.subject.key === subject.key;
    (isOpen ? Promise.resolve() : this.open(subject, { quietly: true })).then(() => this.editor?.focus(name));
  }
}

const proposalName = (each) => JSON.stringify(each.fields.words);

/** Return what a guess offers: fields, which of them the article does not say, and who may have spoken. */
function guessesIn({ fields, choices, inferred }) {
  const kept = Object.entries(fields).filter(([field, value]) => field !== "words" && !absent(value));
  return { guessed: Object.fromEntries(kept), suggested: choices?.speaker || [], readings: inferred || [] };
}

const at = (value, path) => path.reduce((found, key) => found?.[key], value);

function put(fields, path, value) {
  const parent = path.slice(0, -1).reduce((found, key) => {
    if (typeof found[key] !== "object" || !found[key]) found[key] = {};
    return found[key];
  }, fields);
  if (value === null) delete parent[path.at(-1)];
  else parent[path.at(-1)] = value;
}
