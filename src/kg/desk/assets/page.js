// Elements, strings in the reader's language, and what screen readers are told. Text becomes text nodes only: nothing
// that an article, a file or the server says is ever read as HTML.

const STRINGS = JSON.parse(document.getElementById("strings").textContent);
const KEPT = "kg-desk-language";

const remembered = () => {
  try { return localStorage.getItem(KEPT); } catch { return null; }
};
const wanted = [remembered(), ...navigator.languages].map((each) => (each || "").slice(0, 2).toLowerCase());
export const language = wanted.find((each) => each in STRINGS) || "en";
document.documentElement.lang = language;

/** The labels of the fields that the corpus itself declares, by name. */
const ownLabels = new Map();

export function nameOwnFields(fields) {
  for (const { name, label } of fields) ownLabels.set(name, label);
}

/** Return what the page calls a field. */
export const fieldName = (field) => ownLabels.get(field) ?? say(`field-${field}`);

/** Return a string of the page with its values filled in. */
export function say(key, values = {}) {
  const written = STRINGS[language][key];
  if (written === undefined) throw new Error(`no string ${key}`);
  return written.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * Return a message of kg with the fields in it called as the page calls them, and as the file does.
 *
 * With `go`, the name of a field is a button that calls it.
 */
export function worded(text, go) {
  // Whoever leaves a field saves it, and the message would be another one before the click has arrived.
  const stay = (event) => event.preventDefault();
  const labelOf = (name) => ownLabels.get(name) ?? STRINGS[language][`field-${name}`];
  return (text || "").split(/`([\w-]+)`/).map((part, place, all) => {
    // A label needs no article: “must have a `gist`”.
    if (place % 2 === 0) return labelOf(all[place + 1]) ? part.replace(/(?<=^|\s)(?:an?|een) $/, "") : part;
    const label = labelOf(part);
    if (!label) return h("code", {}, part);
    return h("span", {}, go ? button(label, () => go(part), { class: "field-name", lang: language, onmousedown: stay }) : h("b", { lang: language }, label),
      folded(label) === part ? null : [" (", h("code", {}, part), ")"]);
  });
}

/** Return the string for a number: `key-one` for 1, else `key`. */
export const count = (key, number) => say(number === 1 ? `${key}-one` : key, { number });

/** The languages of the page that it is not in now, with their own names for the page. */
export const otherLanguages = () =>
  Object.keys(STRINGS).filter((each) => each !== language).map((each) => [each, STRINGS[each]["language-name"]]);

export function speak(other) {
  try { localStorage.setItem(KEPT, other); } catch { /* storage is refused: the browser's language stays */ }
  location.reload();
}

/** Return an element; properties that begin with `on` are listeners, absent and false ones are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return fill(element, ...children);
}

/** Give an element other children; absent ones are left out. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(2).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

/** Return the key that does what is beside it; screen readers have the list of keys. */
export const key = (name) => h("kbd", { "aria-hidden": "true" }, name);

export const button = (text, onclick, properties = {}) => h("button", { type: "button", onclick, ...properties }, text);

/** Return the language switch. */
export const languageSwitch = () => otherLanguages().map(([code, name]) =>
  h("button", { type: "button", class: "quiet", lang: code, onclick: () => speak(code) }, name));

let silence = 0;
const spoken = h("p", { class: "said", role: "status" });
const alarm = h("div", { class: "alarm", role: "alert" });

/** Say something that needs no answer; screen readers read it out. */
export function tell(text) {
  spoken.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { spoken.textContent = ""; }, 4000);
}

let concerned = "";

/**
 * Show an error until it is closed: what is wrong, why, and what to do.
 *
 * `about` names what has to be put right, such as a field of a claim, for `putRight`.
 */
export function complain({ title, detail, fix, language: tongue }, about = "") {
  concerned = about;
  alarm.replaceChildren(
    h("div", { lang: tongue }, h("strong", {}, worded(title)), detail ? h("p", {}, worded(detail)) : null, fix ? h("p", {}, worded(fix)) : null),
    button(say("close"), calm),
  );
}

export const calm = () => alarm.replaceChildren();

export const complains = () => alarm.hasChildNodes();

/** Close an error about one of these things, or about nothing in particular. */
export function putRight(...about) {
  if (!concerned || about.includes(concerned)) calm();
}

/** Close an error about what somebody has left for something else. */
export function goOn() { if (concerned !== SERVER) calm(); }

/** What an error is about while nothing answers: it stays until something does. */
export const SERVER = "server";

export const messages = () => [spoken, alarm];

/** Show a dialog until one of its buttons is pressed, and return that button's value; `""` after Escape. */
export function dialog(title, content, choices, { wide = false } = {}) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    // What comes before the first field, or all there is, is read out when the dialog opens.
    const read = content.querySelector("input, select, textarea") ? content.querySelector("p") : content;
    if (read) read.id ||= "dialog-says";
    const box = h(
      "dialog",
      { "aria-labelledby": "dialog-title", "aria-describedby": read?.id, class: wide ? "wide" : null },
      h("form", { method: "dialog" },
        h("h2", { id: "dialog-title" }, title),
        content,
        h("div", { class: "actions" }, choices.map(([value, text, primary]) =>
          h("button", { value, class: primary ? null : "quiet", formnovalidate: value === "" }, text)))),
    );
    box.addEventListener("close", () => {
      box.remove();
      if (before?.isConnected) before.focus();
      resolve(box.returnValue);
    });
    document.body.append(box);
    box.showModal();
    // The focus may have scrolled the title out of sight.
    box.scrollTop = 0;
  });
}

/** Return a text without case and diacritics, for comparing what is typed with names. */
export const folded = window.kgFolded;
