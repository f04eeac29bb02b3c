// Deciding on claims that annotators read: what is chosen of each, changed, and published or refused.

import { Choice, decidesAs } from "./readings.js";
import { ask, explain, inTurn } from "./server.js";
import { complain, count, fieldName, say, tell } from "./page.js";
import { SavingDesk, put } from "./saving.js";

/** The part of a desk that decides on claims of readings. */
export class DecidingDesk extends SavingDesk {
  /** Change what is to be published of a claim of readings; it is written when the claim is accepted. */
  changeReading({ choice }, changes) {
    for (const { path, value } of changes) {
      const { fields } = choice;
      put(fields, path, value);
      choice.change(path[0], fields[path[0]] ?? null);
    }
    this.draw();
  }

  /** Take a field, or all that differ, from one of those who read the claim; then go on to the next that is open. */
  choose(by, field = "") {
    const { choice } = this.editor.subject;
    for (const each of field ? [field] : choice.reading.different) choice.take(each, by);
    this.draw();
    this.editor.element.querySelector("tr.open input, [data-decides]")?.focus();
  }

  /** Choose by the number of who read it, in the row that has the focus, else in the first that is open. */
  chooseNumber(number) {
    const { choice } = this.editor?.subject || {};
    const version = choice?.reading.versions[number - 1];
    if (!version) return;
    const { activeElement: focused } = document;
    if (focused.closest?.(".readings thead")) { this.choose(version.by); return; }
    const field = focused.closest?.("[data-choice]")?.dataset.choice || choice.open[0];
    if (field) this.choose(version.by, field);
  }

  /** Publish what was chosen of a claim of readings, or refuse it; then open the next one. */
  async decide(subject, { refuses = false } = {}) {
    const choice = subject.choice || new Choice(subject.reading);
    if (!refuses && choice.open.length) { tell(count("choices-open", choice.open.length)); return; }
    if (!refuses && choice.waiting.length) {
      tell(say("to-decide", { fields: choice.waiting.map(fieldName).join(", ") }));
      this.editor?.focus(choice.waiting[0]);
      return;
    }
    const by = await this.decider();
    if (!by) return;
    // A key that is pressed twice would decide on the next claim, unread.
    if (this.isWaiting) return;
    this.isWaiting = true;
    const { claims, published } = subject.reading;
    // What is published stands.
    const decision = refuses ? { claims, published, take: published && "published" } : choice.decision();
    const place = this.subjects.findIndex((each) => each.key === subject.key);
    await inTurn(async () => {
      try {
        const { state, added, notes } = await ask(`${this.path}/decide`, { ...decision, by, on: new Date().toLocaleDateString("sv") });
        this.editor = null;
        this.apply(state);
        tell([added ? say("decided", { id: added }) : say("decided-not"), ...notes].join(" "));
        const next = [...this.subjects.slice(place), ...this.subjects].find((each) => each.reading);
        if (next) this.open(next);
        else this.list.head(added || this.subjects[Math.min(place, this.subjects.length - 1)]?.key)?.focus();
      } catch (error) { explain(error); } finally { this.isWaiting = false; }
    });
  }

  /** Return who decides, `""` if nobody does; only people do. */
  async decider(how = {}) {
    const people = (await this.annotators()).filter((each) => !each.program);
    if (people.length) return decidesAs(people, how);
    complain({ title: say("who-decides"), fix: say("no-annotators") });
    return "";
  }

  async decideAs() {
    await this.decider({ again: true });
    this.editor?.update();
  }
}
