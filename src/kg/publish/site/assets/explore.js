// Explore: facets with counts over all claims, in the browser. What is chosen is in the address after `#`, so that it can
// be shared, and that the browser's Back undoes each choice.
"use strict";
(() => {
  const PAGE = 25;
  const FEW = 8;
  const MOST_VALUES = 200;
  const VIEWS = ["list", "timeline", "network"];
  const language = document.documentElement.lang;
  const box = document.getElementById("explore");
  const words = box.dataset;
  const status = document.getElementById("status");
  const list = document.getElementById("found");
  const pager = document.getElementById("pager");
  const groups = new Map([...document.querySelectorAll("[data-facet]")].map((each) => [each.dataset.facet, each]));
  const element = window.kgElement;
  const number = new Intl.NumberFormat(language);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const counted = (count) => (count === 1 ? words.one : filled(words.many, { count: number.format(count) }));

  // ---- The index

  let index = null;

  const read = ({ base, portion, articles, facets, days }, names) => {
    const claims = [];
    const entries = [];
    const places = [];
    let entry = 0;
    articles.forEach(([article, ids], place) => {
      entry += 1;
      for (const id of ids ? ids.split(" ") : []) {
        claims.push(id.includes("/") ? id : `claim/${article.slice(article.indexOf("/") + 1)}/${id}`);
        entries.push(entry);
        places.push(place);
        entry += 1;
      }
    });
    for (const [facet, each] of Object.entries(facets)) {
      each.rows = Uint32Array.from(each.rows);
      each.names = names[facet];
      each.places = new Map(each.values.map((value, place) => [value, place]));
    }
    return { base, portion, claims, entries, places, articles: articles.map(([article]) => article), facets, days };
  };

  // ---- The address: what is chosen of each facet, the view and the page

  const asked = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    const chosen = new Map([...groups.keys()].map((facet) => [facet, [...new Set(given.getAll(facet))]]));
    const view = VIEWS.includes(given.get("view")) ? given.get("view") : "list";
    return { chosen, view, page: Math.max(1, Number.parseInt(given.get("page"), 10) || 1) };
  };

  const written = ({ chosen, view, page }) => {
    const parts = [];
    for (const [facet, values] of chosen) for (const value of values) parts.push(`${facet}=${encodeURIComponent(value).replaceAll("%2F", "/")}`);
    // Without any choice too: an address that ends in `#` is the top of the page.
    if (view !== "list" || !parts.length) parts.push(`view=${view}`);
    if (page > 1) parts.push(`page=${page}`);
    return `#${parts.join("&")}`;
  };

  // A choice with or without a value. A month is chosen instead of its year, and a year instead of its months.
  const changed = (chosen, facet, value) => {
    const values = chosen.get(facet);
    const related = (each) => facet === "date" && each !== value && (each.startsWith(value) || value.startsWith(each));
    const next = values.includes(value) ? values.filter((each) => each !== value) : [...values.filter((each) => !related(each)), value];
    return new Map(chosen).set(facet, next);
  };

  const state = { chosen: new Map(), view: "list", page: 1, found: [], counts: new Map() };
  const go = (change) => { location.hash = written({ ...state, page: 1, ...change }); };
  const href = (change) => written({ ...state, page: 1, view: "list", ...change });

  // ---- Filtering: one pass over all claims. The counts of a facet are those with all other facets applied.

  const select = (chosen) => {
    const facets = [...groups.keys()].map((facet) => index.facets[facet]);
    const tallies = facets.map(({ sets }) => new Uint32Array(sets.length));
    const wanted = [];
    [...chosen].forEach(([facet, values], place) => {
      if (!values.length) return;
      const { sets, places } = index.facets[facet];
      const numbers = new Set(values.map((value) => places.get(value)));
      wanted.push([place, sets.map((set) => set.some((each) => numbers.has(each)))]);
    });
    const found = [];
    for (let claim = 0; claim < index.claims.length; claim += 1) {
      let missed = -1;
      let misses = 0;
      for (const [place, fits] of wanted) {
        if (fits[facets[place].rows[claim]]) continue;
        missed = place;
        misses += 1;
        if (misses > 1) break;
      }
      if (misses === 0) {
        found.push(claim);
        for (let place = 0; place < facets.length; place += 1) tallies[place][facets[place].rows[claim]] += 1;
      } else if (misses === 1) tallies[missed][facets[missed].rows[claim]] += 1;
    }
    const counts = new Map();
    [...groups.keys()].forEach((facet, place) => {
      const { values, sets } = index.facets[facet];
      const ofValues = new Uint32Array(values.length);
      sets.forEach((set, each) => { for (const value of set) ofValues[value] += tallies[place][each]; });
      counts.set(facet, ofValues);
    });
    return { found, counts };
  };

  const valuesOf = (facet, claim) => index.facets[facet].sets[index.facets[facet].rows[claim]];
  const daysOf = (claim) => index.days.sets[index.days.rows[claim]];

  // ---- Facets

  const isMonth = (value) => /^-?\d+-\d\d$/.test(value);
  const boxes = new Map();
  const checkbox = (facet, place) => {
    const key = `${facet} ${place}`;
    if (!boxes.has(key)) {
      const input = element("input");
      input.type = "checkbox";
      const { names, values } = index.facets[facet];
      input.addEventListener("change", () => go({ chosen: changed(state.chosen, facet, values[place]) }));
      const name = element("span", "", "", names[place]);
      name.dir = "auto";
      boxes.set(key, element("li", facet === "date" && isMonth(values[place]) ? "month" : "", "", element("label", "", "", input, name, element("span", "number"))));
    }
    return boxes.get(key);
  };

  // The months of a year are shown once it is chosen, or where it is the only one.
  const shownDates = (places, chosen) => {
    const { values } = index.facets.date;
    const years = new Set(chosen.map((value) => value.slice(0, 4)));
    const all = places.filter((place) => !isMonth(values[place]));
    if (all.length === 1) years.add(values[all[0]]);
    return places.filter((place) => !isMonth(values[place]) || years.has(values[place].slice(0, 4)));
  };

  const sorted = (facet, places, chosen, counts) => {
    const { values } = index.facets[facet];
    if (facet !== "date") {
      return places.sort((a, b) => chosen.includes(values[b]) - chosen.includes(values[a]) || counts[b] - counts[a] || a - b);
    }
    // The newest year first, each before its months.
    const key = (value) => (value === "unknown" ? "" : isMonth(value) ? value : `${value}-99`);
    return shownDates(places, chosen).sort((a, b) => (key(values[a]) < key(values[b]) ? 1 : -1));
  };

  const showFacet = (facet) => {
    const group = groups.get(facet);
    const [find, rows, more] = ["input[type=search]", "ul", "button"].map((each) => group.querySelector(`fieldset > ${each}`));
    const { values, names } = index.facets[facet];
    const counts = state.counts.get(facet);
    const chosen = state.chosen.get(facet);
    const typed = window.kgFolded(find.value);
    const possible = values.map((_, place) => place).filter((place) => counts[place] || chosen.includes(values[place]));
    const all = sorted(facet, possible, chosen, counts);
    const matching = typed ? all.filter((place) => window.kgFolded(names[place]).includes(typed)) : all;
    const isShort = all.length <= Math.max(2 * FEW, chosen.length);
    const shown = matching.slice(0, typed || isShort || "all" in group.dataset ? MOST_VALUES : Math.max(FEW, chosen.length));
    const items = shown.map((place) => {
      const item = checkbox(facet, place);
      item.querySelector("input").checked = chosen.includes(values[place]);
      item.querySelector(".number").textContent = number.format(counts[place]);
      return item;
    });
    const before = document.activeElement;
    if (items.length !== rows.children.length || items.some((item, place) => rows.children[place] !== item)) {
      rows.replaceChildren(...items);
      if (before !== document.activeElement && before.isConnected) before.focus({ preventScroll: true });
    }
    find.hidden = all.length <= FEW && !find.value;
    more.hidden = Boolean(typed) || isShort;
    more.textContent = "all" in group.dataset ? words.fewer : filled(words.all, { count: number.format(all.length) });
    group.hidden = !values.length;
  };

  const showChosen = () => {
    const target = document.getElementById("chosen");
    const buttons = [];
    for (const [facet, values] of state.chosen) {
      for (const value of values) {
        const { places, names } = index.facets[facet];
        // An older address may have a value that no claim has any more.
        const name = `${groups.get(facet).querySelector("summary").textContent}: ${names[places.get(value)] ?? value}`;
        const button = element("button", "", "", name, element("span", "", "", " ×"));
        button.type = "button";
        button.dir = "auto";
        button.setAttribute("aria-label", filled(words.remove, { what: name }));
        button.addEventListener("click", () => { go({ chosen: changed(state.chosen, facet, value) }); status.focus({ preventScroll: true }); });
        buttons.push(element("li", "", "", button));
      }
    }
    if (buttons.length > 1) {
      const clear = element("button", "", "", words.clear);
      clear.type = "button";
      clear.addEventListener("click", () => { go({ chosen: new Map([...state.chosen.keys()].map((facet) => [facet, []])) }); status.focus({ preventScroll: true }); });
      buttons.push(element("li", "", "", clear));
    }
    target.replaceChildren(...buttons);
    target.hidden = !buttons.length;
  };

  // ---- The list

  let turn = 0;
  const showList = async () => {
    turn += 1;
    const mine = turn;
    const pages = Math.max(1, Math.ceil(state.found.length / PAGE));
    const page = Math.min(state.page, pages);
    const shown = state.found.slice((page - 1) * PAGE, page * PAGE);
    list.setAttribute("aria-busy", "true");
    const rows = await window.kgRows(shown.map((claim) => index.entries[claim]), index.portion);
    if (mine !== turn) return;
    list.replaceChildren(...rows.map((row) => window.kgResult(list, row)));
    list.removeAttribute("aria-busy");
    const [previous, next] = pager.querySelectorAll("a");
    pager.hidden = pages === 1;
    pager.querySelector("span").textContent = filled(words.page, { number: number.format(page), total: number.format(pages) });
    for (const [link, to] of [[previous, page - 1], [next, page + 1]]) {
      link.hidden = to < 1 || to > pages;
      link.href = href({ page: to });
    }
  };

  // The feed of what is chosen, if there is one: a file for one speaker, topic or outlet, more on a server.
  const showFeed = () => {
    const line = document.getElementById("follow");
    const followed = words.followed.split(" ");
    const picks = [...state.chosen].flatMap(([facet, values]) => values.map((value) => [facet, value]));
    const isKnown = ([facet, value]) => followed.includes(facet) && (["act", "form"].includes(facet) || value.startsWith("entity/"));
    const isServed = followed.includes("act");
    line.hidden = !picks.length || !picks.every(isKnown) || (picks.length > 1 && !isServed);
    if (line.hidden) return;
    const [[facet, value]] = picks;
    const single = `feed/${facet}/${value.replace("entity/", "")}.atom`;
    const selection = picks.map(([name, each]) => `${name}=${encodeURIComponent(each).replaceAll("%2F", "/")}`).join("&");
    line.querySelector("a").href = document.body.dataset.root + (isServed ? `feed.atom?${selection}` : single);
  };

  // ---- The page

  const explore = { words, state, number, filled, counted, href, valuesOf, daysOf, get index() { return index; } };
  const drawings = window.kgExploreDrawings(explore);
  const files = window.kgExploreFiles(explore);

  const show = () => {
    Object.assign(state, asked());
    Object.assign(state, select(state.chosen));
    for (const facet of groups.keys()) showFacet(facet);
    showChosen();
    showFeed();
    const isAll = state.found.length === index.claims.length;
    status.textContent = isAll ? counted(state.found.length) : filled(words.of, { count: counted(state.found.length), total: number.format(index.claims.length) });
    document.getElementById("shown").textContent = filled(words.show, { count: counted(state.found.length) });
    files.clear();
    for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === state.view);
    for (const button of document.querySelectorAll("[data-export]")) button.disabled = !state.found.length;
    // The other language, with the same choice.
    for (const other of document.querySelectorAll("[data-language]")) other.hash = written(state);
    const isList = state.view === "list";
    list.hidden = !isList;
    pager.hidden = true;
    if (!isList) turn += 1;
    drawings.clear();
    if (isList) return showList();
    return state.view === "timeline" ? drawings.showTimeline() : drawings.showNetwork();
  };

  const start = async () => {
    const [claims, names] = await Promise.all([window.kgLoad("explore/claims"), window.kgLoad(`explore/names-${language}`)]);
    index = read(claims, names);
    for (const [facet, group] of groups) {
      group.querySelector("input[type=search]").addEventListener("input", () => showFacet(facet));
      group.querySelector("fieldset > button").addEventListener("click", () => {
        if ("all" in group.dataset) delete group.dataset.all; else group.dataset.all = "";
        showFacet(facet);
      });
    }
    for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => go({ view: button.dataset.view }));
    for (const button of document.querySelectorAll("[data-export]")) button.addEventListener("click", () => files.offer(button.dataset.export));
    // From a disk there is nothing to fetch Turtle from.
    document.querySelector("[data-export=ttl]").hidden = location.protocol === "file:";
    for (const anchor of pager.querySelectorAll("a")) anchor.addEventListener("click", () => status.focus());
    document.getElementById("shown").addEventListener("click", () => {
      document.getElementById("filters").open = false;
      status.focus();
    });
    document.getElementById("filters").open = matchMedia("(min-width: 52rem)").matches;
    box.hidden = false;
    // `#content` is where the link to skip the navigation leads: nothing is chosen by it.
    addEventListener("hashchange", () => { if (location.hash !== "#content") show(); });
    await show();
  };
  start().catch(() => box.before(element("p", "", "", words.failed)));
})();
