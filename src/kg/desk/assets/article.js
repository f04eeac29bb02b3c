// The article: its text with the claims marked, and passages that people select in it. The server counts code points,
// the browser UTF-16 units: passages are sent as words with the text around them, never as numbers.
//
// Claims are marked with elements, not with the CSS Custom Highlight API: a mark is clicked, hovered and underlined in
// the style of its form, and is seen in forced colours; highlights can do none of these. The text is an editable
// element that refuses every change, because that gives the keyboard a caret and a selection in every browser.

import { h, say } from "./page.js";

const CONTEXT = 64;

/** What the article pane shows and hears; `taken` gets each selected passage, `opened` the claim that was clicked. */
export function articlePane({ taken, opened }) {
  const text = h("div", {
    class: "text", id: "text", dir: "auto", role: "textbox", "aria-multiline": "true", "aria-readonly": "true",
    "aria-label": say("article-text"), contenteditable: "true", tabindex: "0", spellcheck: "false", inputmode: "none",
    autocorrect: "off", translate: "no",
  });
  let drawn = "";
  let plain = "";
  let drag = null;
  let delayed = null;

  for (const name of ["beforeinput", "paste", "cut", "drop", "dragstart"]) {
    text.addEventListener(name, (event) => event.preventDefault());
  }

  function draw(article, marks, current) {
    if (drag) { delayed = [article, marks, current]; return; }
    const now = JSON.stringify([article, marks, current]);
    if (now === drawn) return;
    drawn = now;
    plain = article;
    const selected = selection();
    text.replaceChildren(...pieces(article, marks, current));
    if (selected && document.activeElement === text) select(selected);
  }

  /** Return the start and end of the selection in the text, in UTF-16 units; null if there is none in it. */
  function selection() {
    const chosen = getSelection();
    if (!chosen.rangeCount) return null;
    const range = chosen.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    return [start, start + range.toString().length];
  }

  function select([start, end]) {
    getSelection().setBaseAndExtent(...place(start), ...place(end));
  }

  function place(offset) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    let left = offset;
    while (walker.nextNode()) {
      if (left <= walker.currentNode.length) return [walker.currentNode, left];
      left -= walker.currentNode.length;
    }
    return [text, text.childNodes.length];
  }

  function take(event) {
    const chosen = selection();
    const passage = chosen && passageAt(plain, chosen);
    if (passage) taken(passage, { more: event.shiftKey });
    return Boolean(passage);
  }

  text.addEventListener("mousedown", (event) => {
    if (event.button) return;
    drag = { further: event.shiftKey ? caretAt(event) : null };
    // The browser would extend the last selection; this is to be another one.
    if (drag.further) {
      event.preventDefault();
      text.focus({ preventScroll: true });
      getSelection().collapse(...drag.further);
    }
  });
  document.addEventListener("mousemove", (event) => {
    const now = drag?.further && caretAt(event);
    if (now && text.contains(now[0])) getSelection().setBaseAndExtent(...drag.further, ...now);
  });
  document.addEventListener("mouseup", (event) => {
    if (!drag) return;
    drag = null;
    if (!take(event) && text.contains(event.target)) open(event.target, event);
    if (delayed) draw(...delayed);
    delayed = null;
  });
  // A finger selects with handles: the selection counts when it has been still for a moment.
  let touched = 0;
  let still = 0;
  text.addEventListener("pointerup", (event) => { if (event.pointerType === "touch") touched = Date.now(); });
  document.addEventListener("selectionchange", () => {
    clearTimeout(still);
    if (Date.now() - touched > 20_000 || drag) return;
    still = setTimeout(() => take({ shiftKey: false }), 900);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!take(event)) open(getSelection().anchorNode?.parentElement, event);
  });

  function open(element, event) {
    const mark = element?.closest?.(".mark");
    if (mark && !event.shiftKey) opened(mark.dataset.claims.split(" ")[0]);
  }

  function light(claim) {
    for (const mark of text.querySelectorAll(".mark")) {
      mark.classList.toggle("lit", Boolean(claim) && mark.dataset.claims.split(" ").includes(claim));
    }
  }

  function show(claim) {
    const first = [...text.querySelectorAll(".mark")].find((each) => each.dataset.claims.split(" ").includes(claim));
    first?.scrollIntoView({ block: "nearest" });
  }

  return { element: text, draw, light, show, focus: () => { text.focus(); if (!selection()) select([0, 0]); } };
}

/** Yield the text cut at every boundary of a mark; a mark is {claim, role, form, spans, proposed}. */
function* pieces(article, marks, current) {
  const letters = Array.from(article);
  const spans = marks.flatMap((mark) => mark.spans.map(([start, end]) => ({ ...mark, start, end })));
  const cuts = [...new Set([0, letters.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const starting = Map.groupBy(spans, ({ start }) => start);
  const begun = new Set();
  let here = [];
  for (const [number, start] of cuts.entries()) {
    const end = cuts[number + 1];
    if (end === undefined) return;
    const words = letters.slice(start, end).join("");
    here = [...here.filter((each) => each.end > start), ...(starting.get(start) || [])];
    yield here.length ? marked(words, here, current, begun) : document.createTextNode(words);
  }
}

function marked(words, here, current, begun) {
  // What is open comes first, then the shortest: a click opens the innermost claim.
  const claims = here.filter((each) => each.role === "words")
    .sort((a, b) => (b.claim === current) - (a.claim === current) || (a.end - a.start) - (b.end - b.start));
  const roles = here.filter((each) => each.role !== "words" && each.claim === current).map((each) => each.role);
  const first = claims[0];
  const starts = claims.filter((each) => !begun.has(each.claim)).map((each) => each.claim);
  for (const each of starts) begun.add(each);
  const names = ["mark", ...roles.map((role) => `role-${role}`)];
  if (first) names.push(`form-${first.form || "none"}`, claims.every((each) => each.proposed) ? "proposed" : "claimed");
  if (first?.claim === current) names.push("current");
  if (claims.length > 1) names.push("several");
  return h("span", {
    class: names.join(" "),
    "data-claims": claims.map((each) => each.claim).join(" "),
    "data-begins": starts.filter((each) => /^c/.test(each)).map((each) => each.replace(/^c0*/, "")).join(" ") || null,
  }, words);
}

function caretAt({ clientX, clientY }) {
  if (document.caretPositionFromPoint) {
    const found = document.caretPositionFromPoint(clientX, clientY);
    return found && [found.offsetNode, found.offset];
  }
  const range = document.caretRangeFromPoint(clientX, clientY);
  return range && [range.startContainer, range.startOffset];
}

/** Return a passage with its context, without the blanks at its ends; null if only blanks were selected. */
function passageAt(article, [from, to]) {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(article[start])) start += 1;
  while (start < end && /\s/.test(article[end - 1])) end -= 1;
  if (start === end) return null;
  const before = Array.from(article.slice(Math.max(0, start - 2 * CONTEXT), start));
  const after = Array.from(article.slice(end, end + 2 * CONTEXT));
  return {
    exact: article.slice(start, end),
    prefix: before.slice(-CONTEXT).join(""),
    suffix: after.slice(0, CONTEXT).join(""),
    start,
  };
}

/** Return a passage as the server takes it. */
export const sent = ({ exact, prefix, suffix }) => ({ exact, prefix, suffix });

/** Return the passages of code-point spans, as if they had been selected. */
export function passagesOf(article, spans) {
  const letters = Array.from(article);
  const units = (offset) => letters.slice(0, offset).join("").length;
  return spans.map(([start, end]) => passageAt(article, [units(start), units(end)])).filter(Boolean);
}

/** Return the code-point offset of a UTF-16 offset, to put passages in the order of the text. */
export const codePoints = (article, offset) => Array.from(article.slice(0, offset)).length;
