// One article on the desk: its state as the server gives it, what is open, and how one moves about.

import { articlePane, passagesOf, sent } from "./article.js";
import { ClaimList, inOrder, progress } from "./claims.js";
import { ClaimEditor, findingLines, placeInFile } from "./editor.js";
import { languageName } from "./fields.js";
import { showHelp } from "./keys.js";
import { Choice } from "./readings.js";
import { Review } from "./review.js";
import { absent, put } from "./saving.js";
import { SelectingDesk } from "./selecting.js";
import { articlePath, ask, explain, follow } from "./server.js";
import { SERVER, button, complain, count, fill, goOn, h, languageSwitch, nameOwnFields, putRight, say, tell } from "./page.js";

export class Desk extends SelectingDesk {
  constructor(id, state) {
    super();
    this.id = id;
    this.state = state;
    nameOwnFields(state.choices.own);
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
    this.review = new Review(this);
    this.list = new ClaimList(this);
    this.article = articlePane({
      taken: (passage, how) => this.taken(passage, how),
      opened: (key) => this.clickedMark(key),
    });
    this.frame();
    this.draw();
    addEventListener("beforeunload", (event) => { if (this.isUnsaved) event.preventDefault(); });
    follow(id, () => this.state.version, {
      changed: (state) => this.apply(state),
      lost: (away) => (away ? complain({ title: say("error-gone"), fix: say("error-gone-fix") }, SERVER) : putRight(SERVER)),
    });
  }

  frame() {
    this.banner = h("div", { class: "banner", role: "status" });
    this.bar = h("div", { class: "progress" });
    this.general = h("div", { class: "general" });
    this.refused = h("p", { class: "aside refused" });
    this.title = h("h1", { dir: "auto" });
    this.undoing = button("", () => this.undo(), { class: "quiet", title: "Ctrl+Z" });
    this.reviewing = button(say("review"), () => this.review.toggle(), { class: "quiet", "aria-pressed": "false" });
    this.top = h("header", { class: "desk-top" },
      h("a", { href: "/", class: "back" }, say("articles")),
      this.title,
      this.state.reading ? h("span", { class: "badge reader" }, say("own-reading", { name: this.state.reading })) : null,
      h("div", { class: "tools" }, button(say("details"), () => this.details(), { class: "quiet" }), this.undoing, this.reviewing, button("?", () => this.help(), { class: "quiet", "aria-label": say("help") }), languageSwitch()));
    this.main = h("main", { class: "desk", id: "content" },
      h("section", { class: "left", "aria-label": say("article-pane") }, this.banner, this.article.element),
      h("section", { class: "right", "aria-label": say("claim-list") }, this.bar, this.review.element, this.general, this.list.element,
        h("p", { class: "aside hint" }, say("how-to-begin")), this.refused));
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
    this.title.textContent = state.title;
    document.title = `${state.title} · kg annotate`;
    const begun = this.fresh && proposalName(this.fresh.guess);
    this.subjects = inOrder(state, this.fresh, (each) => proposalName(each) === begun);
    this.undoing.textContent = say("undo", { number: state.undo });
    this.undoing.disabled = !state.undo;
    this.bar.replaceChildren(...progress(this));
    this.review.draw();
    const isSaid = ({ rule }) => state.seems && rule === "another-language";
    this.general.replaceChildren(...this.beginning(), ...findingLines(state.findings.filter((each) => !isSaid(each)), null, placeInFile));
    fill(this.refused, state.refused && state.status !== "done"
      ? [count("refused", state.refused), " ", button(say("suggest-again"), () => this.suggestAgain(), { class: "quiet" })] : null);
    this.editor?.update();
    this.list.draw(this.subjects, this.editor);
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
    this.article.draw(this.state.text, this.marks(), this.current);
  }

  /** Return how to begin, and what is to be decided before: the language, by which kg knows the verbs and the days. */
  beginning() {
    const { state } = this;
    const [seems, counts] = [state.seems, state.language].map((tag) => tag && languageName(tag));
    return [
      seems ? h("p", { class: "aside seems" }, say("seems", { seems, counts }), " ", button(say("set-language", { language: seems }), () => this.setLanguage(state.seems))) : null,
      state.claims.length || !state.proposals.length ? null : h("p", { class: "aside" }, say("how-to-read")),
    ].filter(Boolean);
  }

  marks() {
    return this.subjects.flatMap(({ key, id, claim, reading, proposal, guess }) => {
      const known = claim || reading || proposal || guess;
      const { form } = known;
      return Object.entries(known.anchors || {}).map(([role, spans]) =>
        ({ claim: id || key, role, form, spans, proposed: !claim }));
    });
  }

  /** Whether a text of a claim is typed and not written. */
  get isUnsaved() {
    return [...this.kept.keys()].some((key) => this.subjects.some((each) => key.startsWith(`${each.key}.`)));
  }

  claim(id) { return this.state.claims.find((each) => each.id === id); }

  /** Return the fields of a claim as the page shows them: the file's with what is on its way to it. */
  fields(subject) {
    if (subject.choice) return subject.choice.fields;
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
    // What is current and not open comes first: the next proposal, after one was refused.
    const current = this.subjects.findIndex((each) => each.key === this.current);
    const place = Math.max(current + (this.editor ? 1 : 0), 0);
    const order = [...this.subjects.slice(place), ...this.subjects.slice(0, place)];
    // Whoever does not finish a claim now goes on, and comes back to it.
    const left = this.left(order).filter((each) => each.key !== this.editor?.subject.key);
    const next = (!this.editor && left.find(({ claim }) => claim)) || left[0];
    if (next) this.open(next);
  }

  /** Return what there is to decide: claims that are not finished, claims of readings, and proposals. */
  left(subjects = this.subjects) {
    const isUnfinished = (claim) => claim.undecided.length || claim.findings.some((each) => each.severity === "violation");
    return subjects.filter(({ claim, reading, proposal }) => (claim ? isUnfinished(claim) : reading || proposal));
  }

  /** Open the editor of a claim; the focus goes to the first guess, if there is one. */
  async open(from, { quietly = false } = {}) {
    this.relating = null;
    this.pick(null);
    if (this.editor?.subject.key !== from.key) goOn();
    const subject = { ...from, guess: from.guess || from.reading || from.proposal, pending: [], guessed: {}, suggested: [], readings: [] };
    if (subject.reading) subject.choice = new Choice(subject.reading);
    else if (subject.guess && !subject.id) Object.assign(subject, guessesIn(subject.guess));
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
    (this.editor.element.querySelector("tr.open input, [data-accepts], [data-decides]") || this.head())?.focus({ preventScroll: true });
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
    const head = subject && this.list.head(subject.key);
    if (head) head.focus();
    else if (subject) this.article.element.focus({ preventScroll: true });
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
    // Whoever types on types into the field, also while the guesses are awaited.
    if (this.editor?.subject.key !== subject.key) this.open(subject, { quietly: true });
    this.editor.focus(name);
  }
}

const proposalName = (each) => JSON.stringify(each.fields.words);

/** Return what a guess offers: fields, which of them the article does not say, and who may have spoken. */
function guessesIn({ fields, choices, inferred }) {
  const kept = Object.entries(fields).filter(([field, value]) => field !== "words" && !absent(value));
  return { guessed: Object.fromEntries(kept), guessedWords: fields.words, suggested: choices?.speaker || [], readings: inferred || [] };
}
