// Search in the browser: shards of words and portions of claims are loaded as scripts, so that it works from a disk.
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

  // As `folded` in search.py does it.
  const folded = (text) =>
    (text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) || []).filter((word) => [...word].length > 1);

  const shardOf = (word) => [...word].slice(0, 2).map((letter) => letter.codePointAt(0).toString(16)).join("-");

  const decoded = (steps) => {
    let at = 0;
    return steps.map((step) => (at += step));
  };

  // The claims of all words that begin so; null where one of them is too common to tell anything.
  const claimsOf = async (word, about) => {
    const shard = shardOf(word);
    if (!about.shards.includes(shard)) return new Set();
    const words = await load(shard);
    const names = Object.keys(words).filter((each) => each.startsWith(word));
    if (names.some((name) => words[name] === 0)) return null;
    return new Set(names.flatMap((name) => decoded(words[name])));
  };

  // The claims with all words of a text; null where all of these are too common.
  const find = async (text) => {
    const about = await load("index");
    const sets = await Promise.all(folded(text).map((word) => claimsOf(word, about)));
    const telling = sets.filter((set) => set !== null).sort((a, b) => a.size - b.size);
    if (!telling.length) return null;
    return [...telling[0]].filter((claim) => telling.every((set) => set.has(claim))).sort((a, b) => a - b);
  };

  const element = (name, className, text, tongue) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    if (tongue && tongue !== language) made.lang = tongue;
    return made;
  };

  const result = ([path, form, names, act, said, tongue, words, when, quoted]) => {
    const item = element("li");
    const claim = element("article", `claim form-${form}`);
    const who = element("p", "who", `${names} `);
    if (act) who.append(element("span", "act", `· ${act}`));
    const what = element("p", "what");
    const link = element("a");
    link.href = window.kgAddress(path);
    link.append(element(quoted ? "q" : "span", words ? "claimed" : "words", said || "…", tongue));
    what.append(link);
    claim.append(who, what);
    if (words) {
      const verbatim = element("p", "verbatim");
      verbatim.append(element("span", "label", list.dataset.words), " ", element("span", "words", words));
      claim.append(verbatim);
    }
    claim.append(element("p", "meta", when));
    item.append(claim);
    return item;
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
    const portions = [...new Set(shown.map((claim) => Math.floor(claim / about.portion)))];
    const loaded = new Map(await Promise.all(portions.map(async (each) => [each, await load(`${language}-${each}`)])));
    if (mine !== asked) return;
    list.removeAttribute("aria-busy");
    list.replaceChildren(...shown.map((claim) => result(loaded.get(Math.floor(claim / about.portion))[claim % about.portion])));
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
