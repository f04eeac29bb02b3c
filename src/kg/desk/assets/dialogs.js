// Questions that need an answer before work goes on: conflicts, removal, a day among several, a new occasion.

import { button, dialog, fieldName, folded, h, language, say } from "./page.js";

let made = 0;

/**
 * Ask about each field that was changed here and elsewhere: mine, theirs, or both or as it was.
 *
 * Returns the edits that carry out what was chosen; none for what the file has already.
 */
export async function settleConflicts(conflicts, shown) {
  const edits = [];
  for (const { path, mine, theirs, was } of conflicts) {
    const field = path[0] === "claims" ? path[2] : path.at(-1);
    const third = bothOf(mine, theirs);
    const last = third ?? was ?? null;
    const row = (key, value) => [h("dt", {}, say(key)), h("dd", { dir: "auto" }, shown(field, value))];
    const content = h("div", {}, h("p", {}, say("conflict-means")),
      h("dl", { class: "versions" }, row("conflict-mine", mine), row("conflict-theirs", theirs), row(third ? "conflict-both" : "conflict-was", last)));
    const choices = [
      ["mine", say("keep-mine"), true], ["theirs", say("keep-theirs"), true], ["third", say(third ? "keep-both" : "keep-was"), true],
    ];
    // Escape decides nothing: it is asked again, so that nothing that was typed is lost.
    let chosen = "";
    while (!chosen) chosen = await dialog(say("conflict", { where: placeOf(path) }), content, choices);
    const value = { mine, third: last }[chosen];
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(theirs)) edits.push({ path, value, was: theirs });
  }
  return edits;
}

/** Return where a value is, as a person names it: `c12: In full (nl)`. */
function placeOf([top, id, field, ...further]) {
  if (top !== "claims" || !field) return [top, id, field, ...further].filter(Boolean).join(" › ");
  return `${id}: ${fieldName(field)}${further.length ? ` (${further.join(", ")})` : ""}`;
}

/** Return two lists as one, in which nothing is twice; null if one of them is no list. */
function bothOf(mine, theirs) {
  if (!Array.isArray(mine) || !Array.isArray(theirs)) return null;
  const written = new Set(mine.map((each) => JSON.stringify(each)));
  return [...mine, ...theirs.filter((each) => !written.has(JSON.stringify(each)))];
}

/** Let a person choose one of some values; null if none. The first is chosen already, unless nothing speaks for it. */
export async function chooseFrom(title, values, described, none, { choose = say("choose"), isChosen = true } = {}) {
  made += 1;
  const name = `choice-${made}`;
  const options = values.map((each, place) => {
    const [label, detail] = described(each);
    const input = h("input", { type: "radio", name, value: place, id: `${name}-${place}`, checked: isChosen && !place, required: true });
    return h("div", { class: "option" }, input, h("label", { for: input.id }, label, detail ? h("span", { class: "aside" }, detail) : null));
  });
  const list = h("div", { role: "radiogroup", "aria-labelledby": "dialog-title" }, options);
  const answer = await dialog(title, list, [["choose", choose, true], ["", none]]);
  const chosen = list.querySelector("input:checked");
  return answer === "choose" && chosen ? values[Number(chosen.value)] : null;
}

/** Ask who annotated, with the annotators of corpus.yaml; `""` for nobody, null if the article is not done after all. */
export async function askAnnotator(annotators) {
  const title = say("who-annotated");
  if (annotators.length) {
    const chosen = await chooseFrom(title, annotators, (each) => [each.label], say("cancel"), { choose: say("mark-done"), isChosen: annotators.length === 1 });
    return chosen && chosen.value;
  }
  const answer = await dialog(title, h("p", {}, say("no-annotators")), [["unsigned", say("done-unsigned")], ["", say("cancel")]]);
  return answer === "unsigned" ? "" : null;
}

/** Ask for a text; `""` if none was given. */
export async function askText(title, label) {
  made += 1;
  const area = h("textarea", { id: `ask-${made}`, rows: 3, dir: "auto", required: true, autofocus: true });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); area.form.requestSubmit(area.form.querySelector("[value=ok]")); }
  });
  const answer = await dialog(title, h("div", {}, h("label", { for: area.id }, label), area), [["ok", say("save"), true], ["", say("cancel")]]);
  return answer === "ok" ? area.value.trim() : "";
}

/** Ask how a claim is to go: removed, or withdrawn with a reason if others may have seen it; null if it stays. */
export async function askRemoval(id, state) {
  made += 1;
  const why = h("textarea", { id: `why-${made}`, rows: 2, dir: "auto" });
  const content = h("div", {}, h("p", {}, say("remove-means")), h("label", { for: why.id }, say("withdraw-why")), why);
  const choices = [["withdraw", say("withdraw"), state.status === "done"], ["remove", say("remove-now"), state.status !== "done"], ["", say("cancel")]];
  const answer = await dialog(say("remove-title", { id }), content, choices);
  if (answer === "remove") return {};
  if (answer !== "withdraw") return null;
  const reason = why.value.trim() || say("withdraw-default");
  // A reason without a language is in that of the corpus.
  const written = language === state.choices.languages[0] ? reason : { [language]: reason };
  return { on: new Date().toLocaleDateString("sv"), why: written };
}

/** The form of a new occasion: its name, its kind, its medium, and when it was. */
export function occasionForm(desk, text, { make, stop }) {
  made += 1;
  const field = (name, control) => [h("label", { for: control.id }, say(`occasion-${name}`)), control];
  const input = (name, value = "") => h("input", { id: `occasion-${name}-${made}`, value, dir: "auto" });
  const [name, type, date, words, why] = [input("name", text), input("type"), input("date"), input("words"), input("why")];
  date.placeholder = say("date-examples");
  const outlet = h("select", { id: `occasion-outlet-${made}` }, h("option", { value: "" }, "–"),
    desk.state.entities.filter((each) => /Organization|Newsroom/.test(each.type)).map((each) => h("option", { value: each.id }, each.name)));
  const submit = () => make(newId(name.value || type.value, [...desk.state.occasions, ...desk.state.entities], "occasion"), {
    ...(type.value.trim() ? { type: type.value.trim() } : {}),
    ...(name.value.trim() ? { name: name.value.trim() } : {}),
    ...(outlet.value ? { outlet: outlet.value } : {}),
    ...dated(date.value.trim(), words.value.trim(), why.value.trim()),
  });
  const form = h("div", { class: "entity" }, field("name", name), field("type", type), field("outlet", outlet), field("date", date), field("words", words), field("why", why),
    h("div", { class: "actions" }, button(say("create"), submit), button(say("cancel"), stop, { class: "quiet" })));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") { event.preventDefault(); submit(); }
    if (event.key === "Escape") { event.stopPropagation(); stop(); }
  });
  return form;
}

/** Ask what the article is; returns the fields that were changed, null for one that is to go. */
export async function articleDetails(article, state) {
  made += 1;
  const plain = (value) => (typeof value === "object" && value ? value.edtf : value) || "";
  const input = (name) => h("input", { id: `article-${name}-${made}`, value: plain(article[name]), dir: "auto" });
  const publisher = h("select", { id: `article-publisher-${made}` }, h("option", { value: "" }, "–"),
    state.entities.filter((each) => /Organization/.test(each.type)).map((each) => h("option", { value: each.id, selected: each.id === article.publisher }, each.name)));
  const controls = { headline: input("headline"), language: input("language"), published: input("published"), publisher, url: input("url") };
  controls.language.placeholder = state.language;
  controls.published.placeholder = say("date-examples");
  const content = h("div", { class: "sheet" }, Object.entries(controls).map(([name, control]) => [h("label", { for: control.id }, say(`article-${name}`)), control]));
  const answer = await dialog(say("article-details"), content, [["save", say("save"), true], ["", say("cancel")]]);
  if (answer !== "save") return {};
  const given = Object.entries(controls).map(([name, control]) => [name, control.value.trim()]);
  return Object.fromEntries(given.filter(([name, text]) => text !== plain(article[name])).map(([name, text]) => [name, text || null]));
}

function dated(edtf, words, why) {
  if (!edtf) return {};
  return { date: words || why ? { edtf, ...(words ? { words } : {}), ...(why ? { why } : {}) } : edtf };
}

/** Return an id made of a text that nothing else has. */
export function newId(text, taken, otherwise) {
  const base = folded(text).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || otherwise;
  const ids = new Set(taken.map((each) => each.id));
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!ids.has(id)) return id;
  }
}
