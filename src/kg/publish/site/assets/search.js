// Search in the browser: shards of words and portions of results are loaded as scripts, so that it works from a disk.
"use strict";
(() => {
  const SHOWN = 50;
  const root = document.body.dataset.root;
  const language = document.documentElement.lang;
  const input = document.getElementById("q");
  const status = document.getElementById("status");
  const list = document.getElementById("found");
  const loads = new Map();
  const arrived = new Map();

  window.kgSearch = (name, content) => arrived.set(name, content);

  const load = (name) => {
    if (!loads.has(name)) {
      loads.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `${root}search/${name}.js`;
        script.onload = () => resolve(arrived.get(name));
        script.onerror = () => reject(new Error(name));
        document.head.append(script);
      }));
    }
    return loads.get(name);
  };

  // As `folded` in search_index.py does it.
  const folded = (text) =>
    (text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) || []).filter((word) => [...word].length > 1);

  const shardOf = (word) => [...word].slice(0, 2).map((letter) => letter.codePointAt(0).toString(16)).join("-");

  // The entries with words that begin so, each with the fields they are in; null where one of these words is too
  // common to tell anything. A whole word counts more than the beginning of one.
  const entriesOf = async (word, about) => {
    const shard = shardOf(word);
    if (!about.shards.includes(shard)) return new Map();
    const words = await load(shard);
    const names = Object.keys(words).filter((each) => each.startsWith(word));
    if (names.some((name) => words[name] === 0)) return null;
    const found = new Map();
    for (const name of names) {
      let entry = 0;
      for (const step of words[name]) {
        entry += step >> 4;
        found.set(entry, Math.max(found.get(entry) || 0, 2 * (step & 15) + (name === word)));
      }
    }
    return found;
  };

  // The entries with all words of a text, the best first: who speaks counts more than what is said, and that more than
  // topics, acts and dates. Null where all of the words are too common.
  const find = async (text) => {
    const about = await load("index");
    const sets = await Promise.all(folded(text).map((word) => entriesOf(word, about)));
    const telling = sets.filter((set) => set !== null).sort((a, b) => a.size - b.size);
    if (!telling.length) return null;
    const score = (entry) => telling.reduce((sum, set) => sum + set.get(entry), 0);
    const found = [...telling[0].keys()].filter((entry) => telling.every((set) => set.has(entry)));
    return found.map((entry) => [score(entry), entry]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, entry]) => entry);
  };

  const element = (name, className, tongue, ...content) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (tongue && tongue !== language) { made.lang = tongue; made.dir = "auto"; }
    made.append(...content);
    return made;
  };

  // A text, with the words marked that begin with what was typed.
  const marked = (text, typed) =>
    text.split(/([\p{L}\p{N}\p{M}]+)/u).map((part, number) => {
      const word = number % 2 ? folded(part)[0] : undefined;
      return word && typed.some((each) => word.startsWith(each)) ? element("mark", "hit", "", part) : part;
    });

  const result = ([path, form, names, act, said, tongue, words, when, article, quoted], typed) => {
    const link = element("a", "", "", element(quoted ? "q" : "span", words ? "claimed" : "words", tongue, ...marked(said || "…", typed)));
    link.href = window.kgAddress(path);
    const item = element("article", `claim form-${form}`, "");
    if (form) {
      const who = element("p", "who", "", ...marked(names, typed));
      if (act) who.append(" ", element("span", "act", "", "· ", ...marked(act, typed)));
      item.append(who);
    }
    item.append(element("p", "what", "", link));
    if (words) item.append(element("p", "verbatim", "", element("span", "label", "", list.dataset.words), " ", element("span", "words", "", ...marked(words, typed))));
    const facts = form ? [list.dataset[form], when, article && `${list.dataset.in} ${article}`] : [list.dataset.article, names, when];
    item.append(element("p", "meta", "", ...facts.filter(Boolean).map((each) => element("span", "", "", each))));
    return element("li", "", "", item);
  };

  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    const text = input.value;
    if (!folded(text).length) {
      list.replaceChildren();
      list.removeAttribute("aria-busy");
      status.textContent = text.trim() ? status.dataset.short : "";
      return;
    }
    status.textContent = status.dataset.busy;
    list.setAttribute("aria-busy", "true");
    const telling = await find(text);
    const found = telling || [];
    const about = await load("index");
    const shown = found.slice(0, SHOWN);
    const portions = [...new Set(shown.map((entry) => Math.floor(entry / about.portion)))];
    const loaded = new Map(await Promise.all(portions.map(async (each) => [each, await load(`${language}-${each}`)])));
    if (mine !== asked) return;
    list.removeAttribute("aria-busy");
    const rows = shown.map((entry) => loaded.get(Math.floor(entry / about.portion))[entry % about.portion]);
    list.replaceChildren(...rows.map((row) => result(row, folded(text))));
    const words = !telling ? status.dataset.common : found.length > SHOWN ? status.dataset.more : found.length === 1 ? status.dataset.one : found.length ? status.dataset.found : status.dataset.none;
    status.textContent = words.replace("{shown}", shown.length).replace("{count}", found.length);
  };

  const remember = () => {
    const address = `?q=${encodeURIComponent(input.value)}`;
    try { history.replaceState(null, "", address); } catch { /* not from a disk */ }
  };

  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { remember(); show(); }, 120);
  });
  document.querySelector("[data-search]").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    remember();
    show();
  });
  input.value = new URLSearchParams(location.search).get("q") || "";
  show();
})();
