// The controls of a claim's fields. Each is made anew from the value in the file whenever that changes, and calls
// `save(value)` when a person has decided; `null` removes the field.

import { button, folded, h, language, say } from "./page.js";

const listed = (value) => (value === undefined || value === null || value === "" ? [] : [value].flat());
/** Return one value as it is and several as a list, as the files have them; with `list` also one as a list. */
const compact = (values, list = false) => (values.length ? (values.length === 1 && !list ? values[0] : values) : null);
/** Return the words of a passage as files have them: a text, or a text with a context. */
export const wordsOf = (value) => (typeof value === "object" && value ? value.words || "" : String(value));

/** Milliseconds without a key, after which kg is asked about what is typed. */
export const PAUSE = 300;
let made = 0;

/** A list box that opens below an input while one types (ARIA combobox); `offer(typed)` returns or promises options. */
export function combobox({ id, label, offer, picked, typed, typing, placeholder }) {
  made += 1;
  const list = h("ul", { role: "listbox", id: `list-${made}`, class: "options", hidden: true, tabindex: "-1", "aria-label": label });
  const input = h("input", {
    id, type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
    autocomplete: "off", spellcheck: "false", placeholder, dir: "auto", "aria-label": label,
  });
  let options = [];
  let active = -1;
  let asked = 0;
  let opening = Promise.resolve();
  let timer = 0;

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    active = number;
    [...list.children].forEach((each, place) => each.setAttribute("aria-selected", String(place === number)));
    const chosen = list.children[number];
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  async function open({ first = true } = {}) {
    asked += 1;
    const mine = asked;
    const found = await offer(input.value.trim());
    if (mine !== asked || document.activeElement !== input) return;
    options = found;
    list.replaceChildren(...options.map((option, place) => h(
      "li",
      {
        role: "option", id: `${list.id}-${place}`, "aria-selected": "false",
        // Before the input loses focus, which would close the list.
        onmousedown: (event) => { event.preventDefault(); pick(place); },
      },
      h("span", { class: "name", dir: "auto" }, option.label),
      option.detail ? h("span", { class: "aside", dir: "auto" }, option.detail) : null,
    )));
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(Boolean(options.length)));
    mark(first && input.value.trim() && options.length ? 0 : -1);
  }

  function pick(place) {
    const option = options[place];
    close();
    input.value = "";
    picked(option);
  }

  function choose() {
    const text = input.value.trim();
    if (!list.hidden && active >= 0) {
      pick(active);
    } else if (text && typed) {
      close();
      input.value = "";
      typed(text);
    }
  }

  for (const name of ["input", "focus"]) input.addEventListener(name, () => { opening = open(); });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (typing) timer = setTimeout(() => typing(input.value.trim()), PAUSE);
  });
  input.addEventListener("click", () => { if (list.hidden) opening = open(); });
  input.addEventListener("blur", () => {
    close();
    const text = input.value.trim();
    if (text && typed) typed(text);
  });
  input.addEventListener("keydown", (event) => {
    const last = options.length - 1;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open({ first: false });
      else mark(event.key === "ArrowDown" ? (active >= last ? 0 : active + 1) : (active <= 0 ? last : active - 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      // The options of what was typed last may be on their way.
      opening.then(choose);
    } else if (event.key === "Escape" && input.value) {
      event.stopPropagation();
      input.value = "";
      close();
    }
  });
  return { element: h("div", { class: "combobox" }, input, list), input };
}

/** Return the options whose label, value or other names contain what was typed; names that begin with it first. */
export function matching(options, text) {
  const sought = folded(text);
  const rank = ({ label, value, also = [] }) => {
    if (folded(label).startsWith(sought)) return -1;
    const names = [label, ...also, String(value ?? "")].map(folded);
    if (names.some((each) => each.startsWith(sought))) return 0;
    if (names.some((each) => each.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(sought)))) return 1;
    return names.some((each) => each.includes(sought)) ? 2 : 3;
  };
  if (!sought) return options.slice(0, 50);
  return options.map((each) => [rank(each), each]).filter(([place]) => place < 3)
    .sort(([a], [b]) => a - b).map(([, each]) => each).slice(0, 50);
}

/**
 * Chosen values with a combobox for more: entities, acts, occasions, words.
 *
 * `named(value)` returns the label of a value, `offer(text)` options; `free` takes what was typed as a value, and
 * `create(text)` returns a small form for a new one. `change(value)` returns what changes the thing that is chosen,
 * if that can be done here. With `list`, one value is a list, too.
 */
export function chooser({ id, label, value, several, list, offer, named, save, free, typing, create, change, placeholder }) {
  const values = listed(value);
  const form = h("div", { class: "creating" });
  const add = (chosen) => {
    const same = values.some((each) => JSON.stringify(each) === JSON.stringify(chosen));
    save(several ? compact(same ? values : [...values, chosen], list) : chosen);
  };
  const box = combobox({
    id, label, placeholder: values.length ? "+" : placeholder,
    offer: async (text) => {
      const found = await offer(text);
      // Whoever types a name most often means somebody who is there already.
      if (text) found.sort((a, b) => Number(a.text !== undefined) - Number(b.text !== undefined));
      const isNew = text && create && !found.some((each) => folded(each.text ?? each.label) === folded(text));
      return isNew ? [...found, { label: say("new-entity", { name: text }), text }] : found;
    },
    picked: (option) => {
      if (option.text === undefined) { add(option.value); return; }
      form.replaceChildren(create(option.text, { done: add, stop: () => { form.replaceChildren(); box.input.focus(); } }));
      form.querySelector("[data-is-there], input, select").focus();
    },
    typed: free ? (text) => add(free(text)) : undefined,
    typing: free && typing ? (text) => typing(text ? compact(several ? [...values, free(text)] : [free(text)], list) : value) : undefined,
  });
  const chips = values.map((each) => chip(named(each), () => save(compact(values.filter((other) => other !== each), list)), "",
    change?.(each) && { id: `${id}-change-${each}`, onclick: change(each) }));
  return h("div", { class: "chooser" }, chips, box.element, form);
}

/** Return a value that can be taken out, and changed with the button that has these properties. */
export const chip = (name, remove, detail = "", change = null) => h(
  "span", { class: "chip", title: detail || null },
  h("span", { dir: "auto" }, name),
  change ? h("button", { type: "button", class: "change", "aria-label": say("change-thing", { name }), title: say("change-thing", { name }), ...change }, "✎") : null,
  remove ? h("button", { type: "button", class: "remove", "aria-label": say("remove", { name }), onclick: remove }, "×") : null,
);

/** Return the options whose name has what was typed at the beginning of a word, or is whole words of it. */
function alike(options, name) {
  const words = (text) => ` ${folded(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean).join(" ")}`;
  const sought = words(name);
  return options.filter(({ label, also = [] }) => [label, ...also].map(words)
    .some((each) => each.trim() && (each.includes(sought) || `${sought} `.includes(`${each} `))));
}

/** The most languages that have a field in the form of a new entity. */
const MOST_LANGUAGES = 4;

/**
 * The form of a new entity: its name and its type; entities of a similar name are offered instead.
 *
 * If the corpus names things in several `languages`, the name may be given in each.
 */
export function entityForm(name, types, suggested, { languages, entities, use, make, stop }) {
  made += 1;
  const named = h("input", { id: `name-${made}`, value: name, required: true, dir: "auto" });
  const others = languages.slice(1, MOST_LANGUAGES).map((tongue) => [tongue, h("input", { id: `name-${made}-${tongue}`, lang: tongue, dir: "auto" })]);
  const type = h("select", { id: `type-${made}` }, types.map((each) =>
    h("option", { value: each.value, selected: each.value === suggested }, each.label)));
  const submit = () => {
    const first = named.value.trim();
    const translated = others.map(([tongue, input]) => [tongue, input.value.trim()]).filter(([, text]) => text && type.value !== "source");
    if (first) make(translated.length ? { [languages[0]]: first, ...Object.fromEntries(translated) } : first, type.value);
    else named.focus();
  };
  const keys = (event) => {
    if (event.key === "Enter") { event.preventDefault(); submit(); }
    if (event.key === "Escape") { event.stopPropagation(); stop(); }
  };
  for (const each of [named, type, ...others.map(([, input]) => input)]) each.addEventListener("keydown", keys);
  const similar = alike(entities, name).slice(0, 3).map((each) =>
    button(say("did-you-mean", { name: each.label }), () => use(each.value), { "data-is-there": each.value, title: each.detail }));
  for (const each of similar) each.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); stop(); } });
  return h("div", { class: "entity" },
    similar.length ? h("div", { class: "actions" }, similar) : null,
    h("label", { for: named.id }, say("entity-name"), others.length ? ` (${languageName(languages[0])})` : ""), named,
    others.flatMap(([tongue, input]) => [h("label", { for: input.id }, `${say("entity-name")} (${languageName(tongue)})`), input]),
    h("label", { for: type.id }, say("entity-type")), type,
    h("div", { class: "actions" }, button(say("create"), submit), button(say("cancel"), stop, { class: "quiet" })));
}

/**
 * A text that is saved when one leaves it. `typing(text)` is called while one types, after a pause; `save(text, was)`
 * promises whether it is written.
 *
 * What is typed and not yet saved, or could not be, is kept in `kept`, a Map that lives longer than the control.
 */
export function textField({ id, key, label, value, lang, rows = 2, save, typing, kept, done }) {
  const unsaved = kept.get(key);
  const area = h("textarea", { id, rows, lang, dir: "auto", "aria-label": label }, unsaved ? unsaved.text : value);
  let timer = 0;
  area.addEventListener("input", () => {
    if (!kept.has(key)) kept.set(key, { was: value });
    kept.get(key).text = area.value;
    clearTimeout(timer);
    timer = setTimeout(() => typing(area.value.trim()), PAUSE);
  });
  const leave = async () => {
    clearTimeout(timer);
    const typed = kept.get(key);
    if (!typed || typed.saving === typed.text) return;
    const { text, was } = typed;
    typed.saving = text;
    const isWritten = text.trim() === value || await save(text.trim(), was);
    typed.saving = null;
    if (!isWritten) return;
    typed.was = text.trim();
    if (kept.get(key) === typed && typed.text === text) kept.delete(key);
  };
  // A text that could not be saved is no change any more, and is tried again whenever one leaves it.
  for (const name of ["change", "blur"]) area.addEventListener(name, leave);
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); area.blur(); done?.(); }
    if (event.key === "Escape" && kept.has(key)) {
      event.stopPropagation();
      kept.delete(key);
      clearTimeout(timer);
      area.value = value;
      typing(value);
    }
  });
  return area;
}

/** A text in one or more languages: `value` is a text or {language: text}; `save(value, language, was)`. */
export function localText({ id, key, label, value, languages, save, typing, kept, done }) {
  const texts = typeof value === "object" && value ? value : value ? { [languages[0]]: value } : {};
  const shown = [...new Set([...Object.keys(texts), ...languages])];
  const row = (tongue, place) => h(
    "div", { class: "tongue" },
    h("span", { class: "tag", "aria-hidden": "true" }, tongue),
    textField({
      id: place ? `${id}-${tongue}` : id,
      key: `${key}.${tongue}`,
      label: `${label} (${languageName(tongue)})`,
      value: texts[tongue] || "",
      lang: tongue,
      kept,
      done,
      typing: (text) => typing({ ...texts, [tongue]: text }),
      save: (text, was) => save(changedText(texts, tongue, text), { tongue, text, was }),
    }),
  );
  const more = h("input", { class: "tag-input", "aria-label": say("further-language", { field: label }), placeholder: say("language-tag"), size: 8 });
  more.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); more.blur(); more.previousElementSibling?.querySelector("textarea").focus(); }
  });
  more.addEventListener("change", () => {
    const tongue = more.value.trim();
    if (!isTag(tongue) || shown.includes(tongue)) return;
    shown.push(tongue);
    more.before(row(tongue, shown.length));
    more.value = "";
  });
  return h("div", { class: "texts" }, shown.map(row), more);
}

function isTag(text) {
  try { return Boolean(text) && Intl.getCanonicalLocales(text).length === 1; } catch { return false; }
}

function changedText(texts, tongue, text) {
  const changed = { ...texts, [tongue]: text };
  if (!text) delete changed[tongue];
  return Object.keys(changed).length ? changed : null;
}

export function languageName(tag) {
  try { return new Intl.DisplayNames([language], { type: "language" }).of(tag) || tag; } catch { return tag; }
}

/**
 * A date: an EDTF text, or {edtf, words, why}; `dates(text)` promises the days that words may mean.
 *
 * `words` were picked in the article for a date that is still to be typed.
 */
export function dateField({ id, key, label, value, words: picked, dates, save, typing, kept, done }) {
  const date = typeof value === "object" && value ? value : value ? { edtf: String(value) } : null;
  const isEdtf = (text) => /^[[{]?(\.\.)?\/?[-Y]?[\dX]{2}|^corrected$/.test(text);
  const box = combobox({
    id, label, placeholder: date ? "…" : say("date-placeholder"),
    offer: async (text) => {
      if (!text) return [];
      const found = (await dates(text)).map((each) => ({
        value: each.value, label: each.label, detail: [each.value.edtf, each.why].filter(Boolean).join(" · "),
      }));
      const written = isEdtf(text) && !found.some((each) => each.value.edtf === text);
      return written ? [{ value: { edtf: text }, label: text, detail: say("date-as-typed") }, ...found] : found;
    },
    picked: ({ value: chosen }) => save(merged(date, { words: picked, ...chosen })),
    typed: (text) => { if (isEdtf(text)) save(merged(date, { words: picked, edtf: text })); },
    typing: (text) => typing(isEdtf(text) ? merged(date, { words: picked, edtf: text }) : value),
  });
  const waiting = picked ? h("span", { class: "chip proposed" }, h("q", { dir: "auto" }, wordsOf(picked))) : null;
  if (!date) return h("div", { class: "chooser" }, waiting, box.element);
  const words = date.words ? h("q", { dir: "auto" }, wordsOf(date.words)) : null;
  const why = h("div", { class: "why" },
    h("label", { for: `${id}-why` }, say("date-why")),
    textField({
      id: `${id}-why`, key: `${key}.why`, label: say("date-why"), value: date.why || "", rows: 1, kept, done,
      typing: (text) => typing(plainDate({ ...date, why: text })),
      save: (text) => save(plainDate({ ...date, why: text })),
    }));
  const more = button(say("date-why-add"), () => { why.hidden = false; more.remove(); why.querySelector("textarea").focus(); }, { class: "quiet" });
  // Words of the article say enough; a date without them has to say how it is known.
  why.hidden = Boolean(date.words && !date.why && !kept.has(`${key}.why`));
  const chosen = h("span", { class: "chip" }, h("span", {}, date.edtf, words ? " · " : "", words),
    h("button", { type: "button", class: "remove", "aria-label": say("remove", { name: date.edtf }), onclick: () => save(null) }, "×"));
  return h("div", { class: "chooser" }, chosen, waiting, box.element, why.hidden ? more : null, why);
}

const plainDate = ({ edtf, words, why }) =>
  (words || why ? { edtf, ...(words ? { words } : {}), ...(why ? { why } : {}) } : edtf);

/** Return a chosen date with the words of the one before, if it has none of its own. */
function merged(before, chosen) {
  return plainDate({ edtf: chosen.edtf, words: chosen.words || before?.words, why: chosen.words ? "" : before?.why });
}
