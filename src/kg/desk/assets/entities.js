// Entities and occasions that exist already, changed in a dialog: what is typed there is checked, and written when it
// is saved, only what is another.

import { newId } from "./dialogs.js";
import { findingLines } from "./editor.js";
import { PAUSE, languageName, wordsOf } from "./fields.js";
import { button, dialog, fill, h, say } from "./page.js";

let made = 0;

const ORGANIZATION = /Organization|Newsroom|Country|Group/;
const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isSame = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** Return the smallest edits that make one value into another. */
export function changes(path, was, now) {
  if (isSame(was, now)) return [];
  if (isMapping(was) && isMapping(now) && Object.keys(now).length) {
    return [...new Set([...Object.keys(was), ...Object.keys(now)])].flatMap((key) => changes([...path, key], was[key], now[key]));
  }
  return [{ path, value: now ?? null, was: was ?? null }];
}

/**
 * Return a labelled control: its elements, and its value, null for none.
 *
 * What nobody touched keeps the value that it was made of, which the element may show otherwise, without line ends.
 */
function control(name, element, value, read = () => element.value.trim() || null) {
  made += 1;
  element.id = `thing-${made}`;
  const before = element.value;
  return { elements: [h("label", { for: element.id }, name), element], read: () => (element.value === before ? value ?? null : read()) };
}

const line = (name, value, more = {}) => control(name, h("input", { value: value ?? "", dir: "auto", ...more }), value);

/** A choice; what a file has and cannot be chosen here can stay. */
function choiceOf(name, value, options) {
  const all = !value || options.some((each) => each.value === value) ? options : [...options, { value, label: value }];
  return control(name, h("select", {}, all.map((each) =>
    h("option", { value: each.value, selected: each.value === value }, each.label))), value);
}

/** A text in each language of the corpus, and those that it has already. */
function local(name, value, languages) {
  const texts = isMapping(value) ? value : value ? { [languages[0]]: value } : {};
  const tongues = [...new Set([...languages, ...Object.keys(texts)])];
  const lines = tongues.map((tongue) => [tongue, line(tongues.length > 1 ? `${name} (${languageName(tongue)})` : name, texts[tongue], { lang: tongue })]);
  return {
    elements: lines.flatMap(([, each]) => each.elements),
    read: () => {
      const given = Object.fromEntries(lines.map(([tongue, each]) => [tongue, each.read()]).filter(([, text]) => text));
      const [only] = Object.keys(given);
      if (!only) return null;
      return Object.keys(given).length === 1 && only === languages[0] && !isMapping(value) ? given[only] : given;
    },
  };
}

/** A list of texts, one in each line. */
function list(name, value) {
  const given = [value ?? []].flat();
  const area = h("textarea", { rows: Math.max(given.length, 1), dir: "auto" }, given.join("\n"));
  return control(`${name} (${say("one-a-line")})`, area, value, () => {
    const texts = area.value.split("\n").map((each) => each.trim()).filter(Boolean);
    return texts.length ? texts : null;
  });
}

/** Return the value of several controls, over what else `was` has. */
function together(controls, was) {
  const given = { ...was };
  for (const [field, { read }] of Object.entries(controls)) {
    const value = read();
    if (value === null) delete given[field];
    else given[field] = value;
  }
  return given;
}

/** Controls below each other with what kg says about them. */
class Sheet {
  constructor(top, was) {
    this.top = top;
    this.was = was;
    this.controls = {};
    this.boxes = [];
    /** The ids that are made for what is new, by the symbols that stand for it. */
    this.ids = new Map();
    this.element = h("div", { class: "sheet" });
  }

  /** Add the controls of fields; findings at `path` are shown below each. */
  add(controls, element = this.element, path = []) {
    for (const [field, { elements }] of Object.entries(controls)) {
      const inputs = elements.filter((each) => each.matches("input, select, textarea"));
      const box = this.box([...path, field], inputs);
      for (const each of inputs) each.setAttribute("aria-describedby", box.id);
      element.append(...elements, box);
    }
  }

  /** Return the place for findings at a path, which are about these inputs. */
  box(path, inputs = []) {
    made += 1;
    const box = h("div", { class: "messages", id: `thing-says-${made}`, "aria-live": "polite" });
    this.boxes.push({ path, box, inputs });
    return box;
  }

  read() { return together(this.controls, this.was); }

  edits() { return changes(this.top, this.was, this.read()); }

  /** Show each finding at its field, at the nearest if that has no box. */
  show(findings) {
    const nearest = ({ path }) => this.boxes.filter((each) => each.path.every((step, place) => (this.ids.get(step) ?? step) === path[place]))
      .sort((one, other) => other.path.length - one.path.length)[0];
    const found = findings.map((each) => [nearest(each), each]);
    for (const place of this.boxes) {
      const here = found.filter(([at]) => at === place).map(([, each]) => each);
      fill(place.box, findingLines(here));
      const isWrong = here.some((each) => each.severity === "violation");
      for (const each of place.inputs) each.setAttribute("aria-invalid", String(isWrong));
    }
  }
}

/** Show a sheet until it is saved or given up; `check(edits)` promises findings, `save(edits)` whether it is written. */
async function askFor(title, sheet, { findings, check, save }) {
  sheet.element.prepend(sheet.box([]));
  sheet.show(findings);
  let timer = 0;
  let asked = 0;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asked += 1;
      const mine = asked;
      const edits = sheet.edits();
      const found = edits.length ? await check(edits) : findings;
      if (found && mine === asked) sheet.show(found);
    }, PAUSE);
  };
  sheet.changed = changed;
  for (const name of ["input", "change"]) sheet.element.addEventListener(name, changed);
  for (;;) {
    if (await dialog(title, sheet.element, [["save", say("save"), true], ["", say("cancel")]]) !== "save") break;
    const edits = sheet.edits();
    if (!edits.length || await save(edits)) break;
    changed();
  }
  clearTimeout(timer);
}

/** Let a person change an entity: its names, type, addresses elsewhere, and roles. */
export async function changeEntity({ id, fields, findings }, state, asked) {
  const sheet = new Sheet(["entities", id], fields);
  const { languages, type } = state.choices;
  sheet.controls = {
    name: local(say("entity-name"), fields.name, languages),
    type: choiceOf(say("entity-type"), fields.type, type),
    also: list(say("entity-also"), fields.also),
    same_as: list(say("entity-same_as"), fields.same_as),
    description: local(say("entity-description"), fields.description, languages),
  };
  sheet.add(sheet.controls);
  if (fields.type === "Person" || fields.roles) addRoles(sheet, fields.roles || {}, state);
  await askFor(say("change-thing", { name: nameOf(id, state.entities) }), sheet, { findings, ...asked });
}

/** A group of controls for each role, and a button for a new one, whose title gives it its id. */
function addRoles(sheet, roles, state) {
  const open = new Map();
  const place = h("div", { class: "held" }, sheet.box(["roles"]));
  const add = (id, role = {}) => {
    const controls = {
      title: local(say("role-title"), role.title, state.choices.languages),
      organization: choiceOf(say("role-organization"), role.organization, organizations(state)),
      from: line(say("role-from"), role.from),
      to: line(say("role-to"), role.to),
    };
    const group = h("fieldset", { class: "sheet" }, h("legend", {}, textIn(role.title) || say("role-new")));
    group.append(sheet.box(["roles", id]));
    sheet.add(controls, group, ["roles", id]);
    group.append(button(say("role-remove"), () => { open.delete(id); group.remove(); more.focus(); sheet.changed(); }, { class: "quiet" }));
    open.set(id, () => together(controls, role));
    more.before(group);
    return group;
  };
  const more = button(say("role-add"), () => add(Symbol("new")).querySelector("input").focus(), { class: "quiet" });
  place.append(more);
  for (const [id, role] of Object.entries(roles)) add(id, role);
  sheet.element.append(place);
  sheet.controls.roles = {
    read: () => {
      const given = {};
      for (const [id, read] of open) {
        const role = read();
        const taken = [...Object.keys(roles), ...Object.keys(given)].map((each) => ({ id: each }));
        if (typeof id === "symbol") sheet.ids.set(id, newId(textIn(role.title), taken, "role"));
        if (Object.keys(role).length) given[sheet.ids.get(id) ?? id] = role;
      }
      return Object.keys(given).length ? given : null;
    },
  };
}

const textIn = (text) => (isMapping(text) ? Object.values(text)[0] : text) || "";

const organizations = (state) => [{ value: "", label: "–" }, ...state.entities.filter((each) => ORGANIZATION.test(each.type))
  .map(({ id, name }) => ({ value: id, label: name }))];

/** Let a person change an occasion: its name, kind, medium and date. */
export async function changeOccasion({ id, fields }, state, findings, asked) {
  const sheet = new Sheet(["occasions", id], fields);
  sheet.controls = {
    // A name without a language is in that of the article.
    name: local(say("entity-name"), fields.name, [...new Set([state.language, ...state.choices.languages])]),
    type: line(say("occasion-type"), fields.type),
    outlet: choiceOf(say("occasion-outlet"), fields.outlet, organizations(state)),
    date: dateOf(fields.date),
  };
  sheet.add(sheet.controls);
  await askFor(say("change-thing", { name: nameOf(id, state.occasions) }), sheet, { findings, ...asked });
}

const nameOf = (id, things) => things.find((each) => each.id === id)?.name || id;

/** A date with the words that say it and how it is known; words with a context stay as they are until they are changed. */
function dateOf(value) {
  const date = isMapping(value) ? value : { edtf: value ?? "" };
  const written = wordsOf(date.words ?? "");
  const [edtf, words, why] = [line(say("occasion-date"), date.edtf), line(say("occasion-words"), written), line(say("occasion-why"), date.why)];
  return {
    elements: [edtf, words, why].flatMap((each) => each.elements),
    read: () => {
      const given = {
        edtf: edtf.read(), words: words.read() === (written || null) ? date.words ?? null : words.read(), why: why.read(),
      };
      const kept = Object.fromEntries(Object.entries(given).filter(([, each]) => each));
      return isSame(kept, date) ? value : kept.words || kept.why ? kept : kept.edtf ?? null;
    },
  };
}
