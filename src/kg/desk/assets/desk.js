// Where the page starts: the list of articles, or one of them.

import { Desk } from "./annotate.js";
import { listen } from "./keys.js";
import { articlePath, ask, explain } from "./server.js";
import { h, languageSwitch, messages, say } from "./page.js";

const PLACE = /^\/article\/(.+)$/.exec(location.pathname);

async function article(id) {
  const desk = new Desk(id, await ask(articlePath(id)));
  document.body.replaceChildren(desk.top, desk.main, ...messages());
  document.body.className = "annotating";
  listen(desk);
}

async function overview() {
  const { articles } = await ask("articles");
  const heads = ["title", "status", "claims-count", "left-count", "findings-count"];
  const rows = articles.map((each) => h("tr", {},
    h("th", { scope: "row", dir: "auto" }, h("a", { href: `/article/${each.id.split("/").map(encodeURIComponent).join("/")}`, lang: each.language }, each.title || each.id)),
    h("td", {}, h("span", { class: `badge ${each.status}` }, say(`status-${each.status}`))),
    [each.claims, each.status === "none" ? "–" : each.left, each.findings].map((number) => h("td", { class: "number" }, String(number)))));
  document.title = "kg annotate";
  document.body.replaceChildren(
    h("header", { class: "desk-top" }, h("h1", {}, "kg annotate"), h("div", { class: "tools" }, languageSwitch())),
    h("main", { class: "overview", id: "content" },
      articles.length
        ? h("div", { class: "scroll" }, h("table", {}, h("caption", {}, say("articles")), h("thead", {}, h("tr", {}, heads.map((each, place) => h("th", { scope: "col", class: place > 1 ? "number" : null }, say(`column-${each}`))))), h("tbody", {}, rows)))
        : h("p", {}, say("no-articles"))),
    ...messages(),
  );
}

try {
  await (PLACE ? article(PLACE[1].split("/").map(decodeURIComponent).join("/")) : overview());
} catch (error) {
  document.body.replaceChildren(...messages());
  explain(error);
}
