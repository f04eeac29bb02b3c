// A second reader: each claim is right, or wrong with a comment; when all are right, the article is signed.

import { askText } from "./dialogs.js";
import { button, fill, h, language, say, tell } from "./page.js";

export class Review {
  constructor(desk) {
    this.desk = desk;
    this.on = false;
    this.element = h("div", { class: "review" });
    this.key = `kg-review:${desk.id}`;
    try { this.verdicts = JSON.parse(localStorage.getItem(this.key)) || {}; } catch { this.verdicts = {}; }
  }

  toggle() {
    this.on = !this.on;
    this.desk.reviewing.setAttribute("aria-pressed", String(this.on));
    if (this.on && this.desk.editor) this.desk.close();
    this.desk.draw();
    const first = this.desk.subjects.find((each) => each.claim && !this.verdict(each.claim));
    if (this.on && first) this.desk.go(first);
  }

  /** Return `right`, `wrong` or `""`: a verdict holds for the claim as it was. */
  verdict(claim) {
    const [given, seen] = this.verdicts[claim.id] || [];
    return this.on && given && seen === JSON.stringify(claim.fields) ? given : "";
  }

  keep(claim, given) {
    this.verdicts[claim.id] = [given, JSON.stringify(claim.fields)];
    try { localStorage.setItem(this.key, JSON.stringify(this.verdicts)); } catch { /* verdicts last as long as the page */ }
  }

  get current() { return this.desk.claim(this.desk.current); }

  right() {
    if (!this.current) return;
    this.keep(this.current, "right");
    this.advance();
  }

  async wrong() {
    const claim = this.current;
    if (!claim) return;
    const comment = await askText(say("review-wrong", { id: claim.id }), say("review-comment"));
    if (!comment) return;
    const before = claim.fields.note;
    const texts = typeof before === "object" && before ? before : before ? { [this.desk.state.choices.languages[0]]: before } : {};
    const note = { ...texts, [language]: [texts[language], comment].filter(Boolean).join(" ") };
    const saved = { key: claim.id, id: claim.id, pending: [], guessed: {}, suggested: [], readings: [] };
    if (!await this.desk.save(saved, ["note"], note) || !this.desk.claim(claim.id)) return;
    this.keep(this.desk.claim(claim.id), "wrong");
    this.advance();
  }

  advance() {
    const { desk } = this;
    desk.draw();
    const place = desk.subjects.findIndex((each) => each.key === desk.current);
    const next = desk.subjects.slice(place + 1).find((each) => each.claim && !this.verdict(each.claim));
    if (next) desk.go(next);
    else tell(say("review-end"));
  }

  draw() {
    const { desk } = this;
    this.element.hidden = !this.on;
    if (!this.on) return;
    const verdicts = desk.state.claims.map((each) => this.verdict(each));
    const right = verdicts.filter((each) => each === "right").length;
    const { reviewed } = desk.state;
    fill(this.element,
      h("p", {}, say("review-count", { right, all: verdicts.length }), verdicts.includes("wrong") ? ` ${say("review-open")}` : ""),
      h("div", { class: "actions" },
        button(`${say("verdict-right")} (y)`, () => this.right()), button(`${say("verdict-wrong")} (n)`, () => this.wrong(), { class: "quiet" })),
      right === verdicts.length && right ? this.signing() : h("p", { class: "aside" }, reviewed ? say("reviewed-by", reviewed) : say("review-how")),
    );
  }

  signing() {
    const annotators = this.desk.state.choices.annotators || [];
    const who = h("select", { id: "reviewer" }, annotators.map((each) => h("option", { value: each.value }, each.label)));
    const today = new Date().toLocaleDateString("sv");
    return h("div", { class: "signing" }, h("label", { for: "reviewer" }, say("reviewer")), who,
      button(say("sign"), () => this.desk.edit(["annotation", "reviewed"], { by: who.value, on: today }), { disabled: !annotators.length }));
  }
}
