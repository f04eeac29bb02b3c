// One key for each thing that is done often. Keys are silent while somebody types in a field.

import { FIELDS } from "./editor.js";
import { calm, complains, dialog, h, say } from "./page.js";

const ACTIONS = [
  [["j", "ArrowDown"], "next", (desk) => desk.move(1)],
  [["k", "ArrowUp"], "previous", (desk) => desk.move(-1)],
  [["l"], "left", (desk) => desk.nextLeft()],
  [["e"], "article", (desk) => desk.article.focus()],
  [["u"], "undo", (desk) => desk.undo()],
  [["x"], "remove", (desk) => { const here = desk.subjects.find((each) => each.key === desk.current); if (here) desk.remove(desk.editor?.subject || here); }],
  [["v"], "reviewing", (desk) => desk.review.toggle()],
  [["?"], "help", (desk) => desk.help()],
];
const REVIEWING = [
  [["y"], "right", (desk) => desk.review.right()],
  [["n"], "wrong", (desk) => desk.review.wrong()],
];

/** While a claim of readings is open. */
const DECIDING = [
  [["y"], "accept-reading", (desk) => desk.decide(desk.editor.subject)],
  [["1", "2", "3", "4", "5", "6", "7", "8", "9"], "choose", (desk, key) => desk.chooseNumber(Number(key))],
];

const typesIn = (element) => element.matches?.("input, textarea, select") || Boolean(element.closest?.("dialog"));

export function listen(desk) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (complains()) calm();
      else desk.escape();
      return;
    }
    if (typesIn(event.target) || event.altKey || desk.isWaiting) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "z" && !event.shiftKey) { event.preventDefault(); desk.undo(); }
      return;
    }
    const inText = event.target === desk.article.element;
    if (inText && event.key.startsWith("Arrow")) return;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const mode = desk.editor?.subject.choice ? DECIDING : desk.review.on ? REVIEWING : [];
    const actions = [...mode, ...ACTIONS];
    const action = actions.find(([keys]) => keys.includes(pressed));
    const field = FIELDS.find(([, key]) => key && key === pressed);
    if (!action && !field) return;
    event.preventDefault();
    if (action) action[2](desk, pressed);
    else desk.field(field[0]);
  });
}

/** Show every key there is. */
export function showHelp() {
  const row = (keys, text) => h("tr", {}, h("th", { scope: "row" }, keys.map((key) => [h("kbd", {}, NAMES[key] || key), " "])), h("td", {}, text));
  const table = (title, rows) => h("table", {}, h("caption", {}, title), h("tbody", {}, rows));
  const selecting = ["select", "shift-select", "article-enter"].map((each) => row(say(`help-${each}-keys`).split(" "), say(`help-${each}`)));
  const content = h("div", { class: "help", tabindex: "0" },
    table(say("help-selecting"), selecting),
    table(say("help-fields"), FIELDS.filter(([, key]) => key).map(([field, key]) => row([key], say(`field-${field}`)))),
    table(say("help-moving"), [
      ...ACTIONS.map(([keys, name]) => row(keys, say(`help-${name}`))),
      row(["Enter"], say("help-enter")), row(["Backspace"], say("help-refuse")), row(["Escape"], say("help-escape")),
    ]),
    table(say("help-deciding"), [row(["1", "9"], say("help-choose")), row(["y"], say("help-accept-reading")), row(["x"], say("help-refuse-reading"))]),
    table(say("help-review"), REVIEWING.map(([keys, name]) => row(keys, say(`help-${name}`)))));
  return dialog(say("help"), content, [["", say("close"), true]], { wide: true });
}

const NAMES = { ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" };
