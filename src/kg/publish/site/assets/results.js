// What the pages Search and Explore share: portions of claims, loaded as scripts so that they also load from a disk, and
// claims as entries of a list.
"use strict";
(() => {
  const language = document.documentElement.lang;
  const loads = new Map();
  const arrived = new Map();

  window.kgSearch = (name, content) => arrived.set(`search/${name}`, content);
  window.kgExplore = (name, content) => arrived.set(`explore/${name}`, content);

  // The content of a script such as `search/nl-0`.
  window.kgLoad = (name) => {
    if (!loads.has(name)) {
      loads.set(name, window.kgScript(`${name}.js`).then(() => arrived.get(name)));
    }
    return loads.get(name);
  };

  // The rows of entries of the search index, which are articles and claims.
  window.kgRows = async (entries, portion) => {
    const numbers = [...new Set(entries.map((entry) => Math.floor(entry / portion)))];
    const loaded = new Map(await Promise.all(numbers.map(async (each) => [each, await window.kgLoad(`search/${language}-${each}`)])));
    return entries.map((entry) => loaded.get(Math.floor(entry / portion))[entry % portion]);
  };

  window.kgElement = (name, className, tongue, ...content) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (tongue && tongue !== language) { made.lang = tongue; made.dir = "auto"; }
    made.append(...content);
    return made;
  };

  // A row as an entry of a list, whose data has the words for it; `marked` returns the nodes of a text.
  window.kgResult = (list, [path, form, names, act, said, tongue, words, when, article, quoted, read], marked = (text) => [text]) => {
    const element = window.kgElement;
    const link = element("a", "", "", element(quoted ? "q" : "span", words ? "claimed" : "words", tongue, ...marked(said || "…")));
    link.href = window.kgAddress(path);
    const item = element("article", `claim form-${form}`, "");
    if (form) {
      const who = element("p", "who", "", ...marked(names));
      if (act) who.append(" ", element("span", "act", "", "· ", ...marked(act)));
      item.append(who);
    }
    item.append(element("p", "what", "", link));
    if (words) item.append(element("p", "verbatim", "", element("span", "label", "", list.dataset.words), " ", element("span", "words", "", ...marked(words))));
    const facts = form ? [list.dataset[form], when, article && `${list.dataset.in} ${article}`, read && `${list.dataset.reading}: ${read}`] : [list.dataset.article, names, when];
    item.append(element("p", "meta", "", ...facts.filter(Boolean).map((each) => element("span", "", "", each))));
    return element("li", "", "", item);
  };
})();
