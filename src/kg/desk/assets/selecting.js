// What is selected in the article: the words of a new claim, a further passage, or the words of a field.

import { codePoints, passagesOf, sent } from "./article.js";
import { DecidingDesk } from "./deciding.js";
import { chooseFrom } from "./dialogs.js";
import { ask, explain } from "./server.js";
import { fieldName, say, tell } from "./page.js";

/** The part of a desk that takes selections. */
export class SelectingDesk extends DecidingDesk {
  /** Let the next selection be the words of a field; null for none. */
  pick(field) {
    this.picking = field;
    for (const each of this.editor?.element.querySelectorAll(".pick") || []) {
      each.setAttribute("aria-pressed", String(each.closest(".row").dataset.field === field));
    }
    this.banner.textContent = field ? say("pick-banner", { field: fieldName(field) })
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
      else {
        // What was typed for another claim that was never written is not of this one.
        for (const key of this.kept.keys()) { if (key.startsWith("new.")) this.kept.delete(key); }
        await this.begin([passage]);
      }
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
    if (!subject.id && !subject.choice) {
      const before = subject.passages || passagesOf(this.state.text, subject.guess.anchors.words);
      await this.begin([...before, passage].sort((a, b) => a.start - b.start));
      return;
    }
    const { value } = await ask(`${this.path}/words`, { passage: sent(passage) });
    getSelection().removeAllRanges();
    const parts = [this.fields(subject).words].flat();
    const at = codePoints(this.state.text, passage.start);
    const { anchors } = subject.choice ? subject.guess : this.claim(subject.id);
    const place = (anchors.words || []).filter(([start]) => start < at).length;
    this.editor.asked.add("words");
    this.save(subject, ["words"], parts.toSpliced(place, 0, value));
  }

  dropPart(subject, place) {
    if (subject.id || subject.choice) {
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
}
