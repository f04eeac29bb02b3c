// Where the page starts: the list of articles, or one of them.

import { Desk } from "./annotate.js";
import { findingLines, placeInFile } from "./editor.js";
import { listen } from "./keys.js";
import { articlePath, ask, explain } from "./server.js";
import { h, languageSwitch, messages, say } from "./page.js";

/** The most errors in the definition of the corpus that are shown above the list. */
const MOST_FINDINGS = 20;
const PLACE = /^\/article\/(.+)$/.exec(location.pathname);

async function article(id) {
  const desk = new Desk(id, await ask(articlePath(id)));
  document.body.replaceChildren(desk.top, desk.main, ...messages());
  document.body.className = "annotating";
  listen(desk);
}

async function overview() {
  const { articles, reading, findings } = await ask("articles");
  const wrong = findings.filter((each) => each.severity === "violation").slice(0, MOST_FINDINGS);
  const heads = ["title", "status", "claims-count", "left-count", "proposals-count", "findings-count"];
  const unread = new Map(articles.map(({ id }) => [id, h("td", { class: "number" }, "…")]));
  const rows = articles.map((each) => h("tr", {},
    h("th", { scope: "row", dir: "auto" }, h("a", { href: `/article/${each.id.split("/").map(encodeURIComponent).join("/")}`, lang: each.language }, each.title || each.id)),
    h("td", {}, h("span", { class: `badge ${each.status}` }, say(`status-${each.status}`))),
    [each.claims, each.status === "none" ? "–" : each.left].map((number) => h("td", { class: "number" }, String(number))),
    unread.get(each.id), h("td", { class: "number" }, String(each.findings))));
  document.title = "kg annotate";
  document.body.replaceChildren(
    h("header", { class: "desk-top" }, h("h1", {}, "kg annotate"), reading ? h("span", { class: "badge reader" }, say("own-reading", { name: reading })) : null, h("div", { class: "tools" }, languageSwitch())),
    h("main", { class: "overview", id: "content" },
      h("div", { class: "general" }, findingLines(wrong, null, placeInFile)),
      articles.length
        ? h("div", { class: "scroll" }, h("table", {}, h("caption", {}, say("articles")), h("thead", {}, h("tr", {}, heads.map((each, place) => h("th", { scope: "col", class: place > 1 ? "number" : null }, say(`column-${each}`))))), h("tbody", {}, rows)))
        : h("p", {}, say("no-articles"))),
    ...messages(),
  );
  await countProposals(unread);
}

/** Fill in how many proposals nobody has read; kg reads each article for that, a few at a time. */
async function countProposals(cells) {
  for (let after = ""; ;) {
    const { counts, next } = await ask(`proposals?after=${encodeURIComponent(after)}`);
    for (const [id, number] of Object.entries(counts)) cells.get(id)?.replaceChildren(String(number));
    if (!next) break;
    after = next;
  }
  for (const cell of cells.values()) { if (cell.textContent === "…") cell.replaceChildren("–"); }
}

try {
  await (PLACE ? article(PLACE[1].split("/").map(decodeURIComponent).join("/")) : overview());
} catch (error) {
  document.body.replaceChildren(...messages());
  explain(error);
}
