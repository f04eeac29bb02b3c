// What is written: fields of claims, decisions about the article, entities; and what conflicts with an editor.

import { articleDetails, askAnnotator, askRemoval, askText, newId, occasionForm, settleConflicts } from "./dialogs.js";
import { FIELDS, shown } from "./editor.js";
import { changeEntity, changeOccasion } from "./entities.js";
import { Refusal, Silence, ask, explain, inTurn } from "./server.js";
import { SERVER, complain, fieldName, putRight, say, tell } from "./page.js";

export const absent = (value) => value === undefined || value === null || value === "" || value === "undecided";

const at = (value, path) => path.reduce((found, key) => found?.[key], value);

/** Put a value at a path of some fields; null removes it. */
export function put(fields, path, value) {
  const parent = path.slice(0, -1).reduce((found, key) => {
    if (typeof found[key] !== "object" || !found[key]) found[key] = {};
    return found[key];
  }, fields);
  if (value === null) delete parent[path.at(-1)];
  else parent[path.at(-1)] = value;
}

/** The part of a desk that writes. */
export class SavingDesk {
  /** A guess was accepted, refused or replaced: it is offered no more. */
  settle(subject, field) { delete subject.guessed[field]; }

  suggestAgain() {
    this.guessed.clear();
    return this.refuse({});
  }

  /** Let kg not make a suggestion again: a value of a field, or the whole claim; without words, make all again. */
  refuse(suggestion) {
    return inTurn(async () => {
      try {
        this.apply((await ask(`${this.path}/refuse`, suggestion)).state);
      } catch (error) { explain(error); }
    });
  }

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

  /** Write several values of a claim, all or none; promises whether they are written. */
  saveAll(subject, changes) {
    if (subject.choice) { this.changeReading(subject, changes); return true; }
    subject.pending.push(...changes);
    const settled = () => { subject.pending = subject.pending.filter((each) => !changes.includes(each)); };
    this.draw();
    return inTurn(async () => {
      const answer = subject.id
        ? await this.send({ edits: changes.map(({ path, value, was }) => ({ path: ["claims", subject.id, ...path], value, was })) }, settled)
        : await this.send({ add: this.first(subject, changes) }, (answered) => { settled(); this.added(subject, answered); });
      if (!answer) {
        settled();
        // Also a row that has the focus shows what is not written.
        for (const { path } of changes) this.editor?.asked.add(path[0]);
        this.draw();
      }
      else this.tellSaved(subject, changes[0].path[0]);
      return Boolean(answer);
    });
  }

  /** Say that a field was saved, and what is wrong with it: the focus has gone on by then. */
  tellSaved(subject, field) {
    const wrong = this.findings(subject).filter((each) => each.severity === "violation" && each.field.split(".")[0] === field);
    tell([say("saved", { field: fieldName(field) }), ...wrong.map((each) => each.message.replaceAll("`", ""))].join(". "));
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
    this.guessed.set(added, { guessed: subject.guessed, guessedWords: subject.guessedWords, suggested: subject.suggested, readings: subject.readings });
    if (!isOpen) return;
    this.fresh = null;
    this.current = added;
  }

  /** Send edits, let a person settle conflicts, and take over the new state; null if nothing was written. */
  async send(body, before = () => {}) {
    const about = body.edits?.[0].path.slice(0, 3).join(".") || "claims";
    try {
      const answer = await ask(`${this.path}/edits`, body);
      putRight(SERVER, about);
      before(answer);
      this.apply(answer.state);
      return answer;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409 || !error.answer.conflicts) {
        explain(error, about);
        if (error instanceof Refusal) this.goTo(body.edits?.[0].path || [], error);
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
    const [, named] = /`(\w+)`/.exec(answer.error?.title || "") || [];
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

  /** Change what the file says of the article. */
  async details() {
    const { article } = this.state;
    const changed = Object.entries(await articleDetails(article, this.state));
    if (!changed.length) return;
    this.guessed.clear();
    await inTurn(() => this.send({ edits: changed.map(([field, value]) => ({ path: ["article", field], value, was: article[field] ?? null })) }));
  }

  async setLanguage(tag) {
    this.guessed.clear();
    await inTurn(() => this.send({ edits: [{ path: ["article", "language"], value: tag, was: this.state.article.language ?? null }] }));
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
    if (subject.reading) { await this.decide(subject, { refuses: true }); return; }
    if (!subject.id) {
      const place = this.subjects.findIndex((each) => each.key === subject.key);
      this.state.proposals = this.state.proposals.filter((each) => each !== subject.proposal);
      this.editor = null;
      this.fresh = null;
      this.draw();
      const next = this.subjects[Math.min(place, this.subjects.length - 1)];
      if (next) this.go(next);
      if (subject.proposal) this.refuse({ words: subject.proposal.fields.words });
      return;
    }
    const how = await askRemoval(subject.id, this.state);
    if (!how) return;
    this.editor = null;
    inTurn(() => {
      // What was decided before is written by now.
      const was = this.claim(subject.id)?.fields;
      if (!was) return null;
      if (how.why && was.formerly) how.formerly = was.formerly; // its old addresses still lead to it
      const removal = { path: ["claims", subject.id], value: null, was };
      return this.send({ edits: how.why ? [{ path: ["withdrawn", subject.id], value: how, was: null }, removal] : [removal] });
    });
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

  /** Return what changes an entity or an occasion; null for what is neither. */
  changing(id) {
    const { entities, occasions } = this.state;
    if (occasions.some((each) => each.id === id)) return () => this.changeOccasion(id);
    return entities.some((each) => each.id === id) ? () => this.changeEntity(id) : null;
  }

  async changeEntity(id) {
    try {
      await changeEntity(await ask(`entities/${encodeURIComponent(id)}`), this.state, this.changer());
    } catch (error) { explain(error); }
  }

  async changeOccasion(id) {
    const about = ({ path }) => path[0] === "occasions" && path[1] === id;
    const relative = (findings) => findings.filter(about).map((each) => ({ ...each, path: each.path.slice(2) }));
    const changer = this.changer();
    const occasion = this.state.occasions.find((each) => each.id === id);
    await changeOccasion(occasion, this.state, relative(this.state.findings), { ...changer, check: async (edits) => relative(await changer.check(edits) || []) });
  }

  /** Return how a dialog checks its edits, and saves them. */
  changer() {
    return {
      check: (edits) => this.checkEdits(edits),
      save: (edits) => inTurn(async () => {
        const answer = await this.send({ edits });
        if (answer) tell(say("saved-thing"));
        return answer;
      }),
    };
  }

  async check(subject, field, value) {
    if (!subject.id) return null;
    const empty = absent(value) || (typeof value === "object" && value && !Object.values(value).some(Boolean));
    const cleaned = typeof value === "object" && !Array.isArray(value) && !empty
      ? Object.fromEntries(Object.entries(value).filter(([, each]) => each)) : value;
    return this.checkEdits([{ path: ["claims", subject.id, field], value: empty ? null : cleaned }]);
  }

  /** Return what kg would say after edits; null if that cannot be told. */
  async checkEdits(edits) {
    try {
      return (await ask(`${this.path}/check`, { edits })).findings;
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

  /** Add an unnamed source, which the article calls so, to the file. */
  async addSource(words) {
    const id = newId(words, [...this.state.sources, ...this.state.entities], "source");
    return await inTurn(() => this.send({ edits: [{ path: ["sources", id], value: { words }, was: null }] })) && { id };
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
}
