// The list of claims in the order of the article: what screen readers and the keyboard go through.

import { button, count, fill, h, key, say } from "./page.js";
import { shown } from "./editor.js";
import { readersOf } from "./readings.js";

/** Return the place of the first words of a claim, a proposal or a selection. */
const start = (each) => Math.min(...(each.anchors?.words || []).map(([from]) => from), Infinity);

/** Return claims, proposals and words just selected as one list in the order of the text. */
export function inOrder(state, fresh, hidden) {
  const claims = state.claims.map((each) => ({ key: each.id, id: each.id, claim: each }));
  const proposals = state.proposals.filter((each) => !hidden(each))
    .map((each) => ({ key: `proposal-${each.id}`, proposal: each }));
  const readings = state.readings.map((each) => ({ key: `reading-${each.id}`, reading: each }));
  const all = [...claims, ...readings, ...proposals, ...(fresh ? [fresh] : [])];
  const place = (each) => start(each.claim || each.reading || each.proposal || each.guess);
  return all.map((each, number) => [each, place(each), number])
    .sort(([, a, m], [, b, n]) => (a === b ? m - n : a - b)).map(([each]) => each);
}

/** The list; `desk` knows which is current and opens them. */
export class ClaimList {
  constructor(desk) {
    this.desk = desk;
    this.items = new Map();
    this.element = h("ol", { class: "claims", "aria-label": say("claim-list") });
  }

  draw(subjects, editor) {
    const keys = new Set(subjects.map((each) => each.key));
    for (const [key, item] of this.items) {
      if (!keys.has(key)) { item.element.remove(); this.items.delete(key); }
    }
    let after = null;
    for (const subject of subjects) {
      const item = this.items.get(subject.key) || this.made(subject);
      this.fill(item, subject, editor);
      this.place(item.element, after);
      after = item.element;
    }
  }

  /**
   * Put an item behind another, or first.
   *
   * What has the focus would lose it, and where somebody types, by moving: the items before it give way instead.
   */
  place(element, after) {
    const wanted = () => (after ? after.nextSibling : this.element.firstChild);
    if (element.contains(document.activeElement)) {
      while (wanted() !== element) this.element.append(wanted());
    } else if (wanted() !== element) {
      this.element.insertBefore(element, wanted());
    }
  }

  made(subject) {
    const head = h("button", { type: "button", class: "head", onclick: () => this.desk.clicked(item.subject), onfocus: () => this.desk.enter(item.subject) });
    const element = h("li", {
      onmouseenter: () => this.desk.light(item.subject), onmouseleave: () => this.desk.light(null),
    }, head);
    const item = { head, element, subject };
    this.items.set(subject.key, item);
    return item;
  }

  fill(item, subject, editor) {
    const { desk } = this;
    const isOpen = editor?.subject.key === subject.key;
    const isCurrent = desk.current === subject.key;
    item.subject = subject;
    const { claim, reading, proposal } = subject;
    const known = claim || reading || proposal || subject.guess;
    item.element.className = ["claim", `form-${known.form || "none"}`, claim ? "" : "proposed", isCurrent ? "current" : "", isOpen ? "open" : ""].filter(Boolean).join(" ");
    item.head.setAttribute("aria-expanded", String(isOpen));
    if (isCurrent) item.head.setAttribute("aria-current", "true");
    else item.head.removeAttribute("aria-current");
    // Only what changed is made anew: a click does not arrive whose first half fell on an element that is gone.
    const summary = this.summary(subject, known);
    const now = summary.map((each) => each?.outerHTML).join("");
    if (now !== item.summary) fill(item.head, summary);
    item.summary = now;
    const inside = item.element.querySelector(":scope > .editor");
    if (isOpen && inside !== editor.element) { inside?.remove(); item.element.append(editor.element); }
    if (!isOpen) inside?.remove();
  }

  summary({ id, claim, reading, proposal }, known) {
    const { desk } = this;
    if (reading) return this.ofReading(reading);
    const speakers = claim ? claim.speakers.map((each) => (["unnamed", "article"].includes(each) ? say(each) : each)) : [shown("speaker", known.fields.speaker || "undecided", desk.state)];
    const act = claim && known.fields.act;
    const left = claim ? claim.undecided.length + claim.findings.filter((each) => each.severity === "violation").length : 0;
    const warnings = claim ? claim.findings.length - claim.findings.filter((each) => each.severity === "violation").length : 0;
    const verdict = claim && desk.verdict(claim);
    return [
      h("span", { class: "line" },
        h("span", { class: "id" }, id || say(proposal ? "proposal" : "new-claim")),
        h("span", { class: "who", dir: "auto" }, speakers.length && known.fields.speaker !== "undecided" ? speakers.join(", ") : say("undecided")),
        act ? h("span", { class: "act" }, shown("act", act, desk.state)) : null,
        claim?.text_version ? h("span", { class: "badge" }, say("earlier-text", { number: claim.text_version })) : null,
        verdict ? h("span", { class: `badge ${verdict}` }, say(`verdict-${verdict}`)) : null,
        left ? h("span", { class: "badge left" }, count("left", left)) : null,
        warnings ? h("span", { class: "badge warning" }, count("warnings", warnings)) : null),
      h("span", { class: "quoted", dir: "auto" }, known.quoted),
      proposal?.reason ? h("span", { class: "aside", dir: "auto" }, proposal.reason) : null,
    ];
  }

  ofReading(reading) {
    const { state } = this.desk;
    const all = (field) => [...new Set(reading.versions.map(({ fields }) => fields[field]).filter(Boolean).map((each) => shown(field, each, state)))].join(" / ");
    return [
      h("span", { class: "line" },
        h("span", { class: "id" }, say("reading")),
        h("span", { class: "who", dir: "auto" }, all("speaker")),
        h("span", { class: "act" }, all("act")),
        reading.different.length ? h("span", { class: "badge left" }, count("differences", reading.different.length)) : null),
      h("span", { class: "quoted", dir: "auto" }, reading.quoted),
      h("span", { class: "aside", dir: "auto" }, say("read-by", { names: readersOf(reading) }), reading.published ? ` ${say("published-as", { id: reading.published })}` : ""),
    ];
  }

  /** Keep the item of a claim, and the focus in it, when the claim gets its id. */
  rename(key, id) {
    const item = this.items.get(key);
    if (!item) return;
    this.items.delete(key);
    this.items.set(id, item);
  }

  head(key) { return this.items.get(key)?.head; }
}

/** The bar above the list: what is left, and what may be done when nothing is. */
export function progress(desk) {
  const { state } = desk;
  const proposed = state.proposals.length + state.further;
  const read = state.readings.length;
  const unread = proposed + read;
  const open = state.claims.filter((each) => each.undecided.length || each.findings.some(({ severity }) => severity === "violation"));
  const parts = [
    h("span", { class: "figures-line" }, [
      count("claims", state.claims.length),
      read ? count("readings", read) : null,
      proposed ? count("proposals", proposed) : null,
    ].filter(Boolean).join(" · ")),
    state.left
      ? button([count("left-in-article", state.left), " ", key("l")], () => desk.nextLeft(), { class: "quiet", disabled: !open.length && !state.findings.length })
      : unread
        ? button([count("proposals-left", unread), " ", key("l")], () => desk.nextLeft())
        : h("span", { class: "badge done" }, say("nothing-left")),
  ];
  if (!state.left && state.status !== "done") parts.push(button(say("mark-done"), () => desk.status("done"), { id: "set-status", class: unread ? "quiet" : null }));
  if (state.status === "done") parts.push(h("span", { class: "badge done" }, say("is-done")), button(say("mark-draft"), () => desk.status("draft"), { id: "set-status", class: "quiet" }));
  return parts;
}
