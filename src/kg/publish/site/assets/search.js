// Search in the browser: shards of words are loaded as scripts, so that it works from a disk.
"use strict";
(() => {
  const SHOWN = 10;
  const input = document.getElementById("q");
  const status = document.getElementById("status");
  const list = document.getElementById("found");
  const more = document.getElementById("more");
  const element = window.kgElement;
  const load = (name) => window.kgLoad(`search/${name}`);

  // The words of a text, as `folded` in search_index.py has them.
  const wordsOf = (text) => (window.kgFolded(text).match(/[\p{L}\p{N}]+/gu) || []).filter((word) => [...word].length > 1);

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
    const sets = await Promise.all(wordsOf(text).map((word) => entriesOf(word, about)));
    const telling = sets.filter((set) => set !== null).sort((a, b) => a.size - b.size);
    if (!telling.length) return null;
    const score = (entry) => telling.reduce((sum, set) => sum + set.get(entry), 0);
    const found = [...telling[0].keys()].filter((entry) => telling.every((set) => set.has(entry)));
    return found.map((entry) => [score(entry), entry]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, entry]) => entry);
  };

  // A text, with the words marked that begin with what was typed.
  const marked = (text, typed) =>
    text.split(/([\p{L}\p{N}\p{M}]+)/u).map((part, number) => {
      const word = number % 2 ? wordsOf(part)[0] : undefined;
      return word && typed.some((each) => word.startsWith(each)) ? element("mark", "hit", "", part) : part;
    });

  let asked = 0;
  let found = [];
  let typed = [];

  // Show the next results: each may be in another portion, so few are loaded at a time. Returns the first of them.
  const extend = async (mine) => {
    const about = await load("index");
    const start = list.children.length;
    const rows = await window.kgRows(found.slice(start, start + SHOWN), about.portion);
    if (mine !== asked) return null;
    list.append(...rows.map((row) => window.kgResult(list, row, (each) => marked(each, typed))));
    const shown = list.children.length;
    more.hidden = shown === found.length;
    const words = shown < found.length ? status.dataset.more : found.length === 1 ? status.dataset.one : found.length ? status.dataset.found : status.dataset.none;
    status.textContent = words.replace("{shown}", shown).replace("{count}", found.length);
    return list.children[start];
  };

  const show = async () => {
    const mine = ++asked;
    const text = input.value;
    more.hidden = true;
    if (!wordsOf(text).length) {
      list.replaceChildren();
      list.removeAttribute("aria-busy");
      status.textContent = text.trim() ? status.dataset.short : "";
      return;
    }
    status.textContent = status.dataset.busy;
    list.setAttribute("aria-busy", "true");
    const telling = await find(text);
    if (mine !== asked) return;
    found = telling || [];
    typed = wordsOf(text);
    list.replaceChildren();
    await extend(mine);
    if (mine !== asked) return;
    list.removeAttribute("aria-busy");
    if (!telling) status.textContent = status.dataset.common;
  };

  const remember = () => {
    const address = `?q=${encodeURIComponent(input.value)}`;
    try { history.replaceState(null, "", address); } catch { /* not from a disk */ }
  };

  more.addEventListener("click", async () => {
    const first = await extend(asked);
    if (first) first.querySelector("a").focus();
  });

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
