// Explore: facets with counts over all claims, in the browser. What is chosen is in the address after `#`, so that it can
// be shared, and that the browser's Back undoes each choice.
"use strict";
(() => {
  const PAGE = 25;
  const FEW = 8;
  const MOST_VALUES = 200;
  const MOST_MARKS = 60;
  const MOST_BARS = 60;
  const MOST_NODES = 12;
  const MOST_ROWS = 50;
  const MOST_FILES = 200;
  const VIEWS = ["list", "timeline", "network"];
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 720;
  const language = document.documentElement.lang;
  const box = document.getElementById("explore");
  const words = box.dataset;
  const status = document.getElementById("status");
  const exported = document.getElementById("exported");
  const drawn = document.getElementById("drawn");
  const list = document.getElementById("found");
  const pager = document.getElementById("pager");
  const groups = new Map([...document.querySelectorAll("[data-facet]")].map((each) => [each.dataset.facet, each]));
  const element = window.kgElement;
  const number = new Intl.NumberFormat(language);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const counted = (count) => (count === 1 ? words.one : filled(words.many, { count: number.format(count) }));

  const svg = (name, attributes, ...content) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };

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

  const folded = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

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
    const typed = folded(find.value);
    const possible = values.map((_, place) => place).filter((place) => counts[place] || chosen.includes(values[place]));
    const all = sorted(facet, possible, chosen, counts);
    const matching = typed ? all.filter((place) => folded(names[place]).includes(typed)) : all;
    const shown = matching.slice(0, typed || "all" in group.dataset ? MOST_VALUES : Math.max(FEW, chosen.length));
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
    more.hidden = Boolean(typed) || all.length <= Math.max(FEW, chosen.length);
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

  // An entry, and what of it is the annotator's reading.
  const result = (row, claim) => {
    const item = window.kgResult(list, row);
    const { names, values } = index.facets.reading;
    const read = valuesOf("reading", claim).filter((place) => values[place] !== "none").map((place) => names[place]);
    if (read.length) item.querySelector(".meta").append(element("span", "", "", `${words.reading}: ${read.join(", ")}`));
    return item;
  };

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
    list.replaceChildren(...rows.map((row, place) => result(row, shown[place])));
    list.removeAttribute("aria-busy");
    const [previous, next] = pager.querySelectorAll("a");
    pager.hidden = pages === 1;
    pager.querySelector("span").textContent = filled(words.page, { number: number.format(page), total: number.format(pages) });
    for (const [link, to] of [[previous, page - 1], [next, page + 1]]) {
      link.hidden = to < 1 || to > pages;
      link.href = href({ page: to });
    }
  };

  // ---- Tables and drawings; each row and mark leads to its claims

  const table = (heads, rows) => {
    const head = heads.map((each, place) => {
      const cell = element("th", place === heads.length - 1 ? "number" : "", "", each);
      cell.scope = "col";
      return cell;
    });
    const body = rows.map((cells) => element("tr", "", "", ...cells.map((cell, place) => {
      const made = element("td", place === cells.length - 1 ? "number" : "", "", cell);
      made.dir = "auto";
      return made;
    })));
    const scroll = element("div", "scroll", "", element("table", "", "", element("thead", "", "", element("tr", "", "", ...head)), element("tbody", "", "", ...body)));
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", words.table);
    return scroll;
  };

  const link = (change, text) => {
    const made = element("a", "", "", text);
    made.href = href(change);
    return made;
  };

  const drawing = (title, height, ...content) => {
    const made = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "group", "aria-label": title }, ...content);
    const scroll = element("div", "scroll", "", made);
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", title);
    return scroll;
  };

  const titled = (text) => svg("title", {}, text);

  // ---- The timeline: bars of months or years, and each claim if there are few

  const periods = (length) => {
    const { values } = index.facets.date;
    const tally = new Map();
    for (const claim of state.found) {
      for (const place of valuesOf("date", claim)) {
        if (values[place] !== "unknown" && values[place].length === length) tally.set(values[place], (tally.get(values[place]) || 0) + 1);
      }
    }
    return tally;
  };

  const steps = (first, last) => {
    if (first.length === 4) return Array.from({ length: last - first + 1 }, (_, place) => String(Number(first) + place).padStart(4, "0"));
    const months = (value) => Number(value.slice(0, 4)) * 12 + Number(value.slice(5)) - 1;
    return Array.from({ length: months(last) - months(first) + 1 }, (_, place) => {
      const month = months(first) + place;
      return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}`;
    });
  };

  const bars = (tally, all) => {
    const step = WIDTH / Math.max(all.length, 12);
    const most = Math.max(...tally.values());
    return all.flatMap((period, place) => {
      const count = tally.get(period) || 0;
      const made = [];
      if (count) {
        const anchor = svg("a", { href: href({ chosen: new Map(state.chosen).set("date", [period]) }), tabindex: "-1" }, titled(`${period}: ${counted(count)}`));
        anchor.append(svg("rect", { class: "bar", x: place * step + step * 0.1, y: 126 - (120 * count) / most, width: step * 0.8, height: (120 * count) / most, rx: 2 }));
        made.push(anchor);
      }
      if (place % Math.ceil(all.length / 10) === 0) made.push(svg("text", { class: "tick", x: place * step, y: 146 }, period));
      return made;
    });
  };

  const dayNumber = (day) => Date.parse(`${day}T00:00:00Z`) / 86400000;

  // Lines between the possible days, with a dot at the probable one, below each other where they overlap.
  const marks = (claims) => {
    const dated = claims.map((claim) => [claim, ...daysOf(claim)]).filter(([, first, last]) => first && last);
    dated.sort((a, b) => dayNumber(a[1]) - dayNumber(b[1]) || a[0] - b[0]);
    const first = Math.min(...dated.map((each) => dayNumber(each[1])));
    const scale = (WIDTH - 20) / Math.max(1, Math.max(...dated.map((each) => dayNumber(each[2]))) - first);
    const rows = [];
    const made = dated.map(([claim, from, to, probable]) => {
      const [x1, x2] = [from, to].map((day) => (dayNumber(day) - first) * scale + 10);
      const free = rows.findIndex((end) => end < x1 - 4);
      const row = free < 0 ? rows.length : free;
      rows[row] = Math.max(x2, x1 + 8);
      const y = 12 + 14 * row;
      const facets = index.facets;
      const name = ["speaker", "act"].map((facet) => valuesOf(facet, claim).map((value) => facets[facet].names[value]).join(", ")).filter(Boolean).join(": ");
      const form = facets.form.values[valuesOf("form", claim)[0]];
      const anchor = svg("a", { class: `mark form-${form}`, href: window.kgAddress(index.claims[claim]), tabindex: "-1" }, titled(`${probable || (from === to ? from : `${from} – ${to}`)}, ${name}`));
      anchor.append(svg("line", { x1, x2: Math.max(x2, x1 + 2), y1: y, y2: y }));
      if (probable.length === 10) anchor.append(svg("circle", { cx: (dayNumber(probable) - first) * scale + 10, cy: y, r: 4.5 }));
      return anchor;
    });
    const days = [dated[0][1], dated.reduce((last, each) => (each[2] > last ? each[2] : last), "")];
    const height = 12 + 14 * rows.length + 26;
    const ends = [svg("text", { class: "tick", x: 10, y: height - 6 }, days[0]), svg("text", { class: "tick", x: WIDTH - 78, y: height - 6 }, days[1])];
    return drawing(words.marks, height, ...made, ...ends);
  };

  const showTimeline = () => {
    let tally = periods(7);
    let all = tally.size ? steps([...tally.keys()].reduce((a, b) => (a < b ? a : b)), [...tally.keys()].reduce((a, b) => (a > b ? a : b))) : [];
    const years = periods(4);
    if (all.length > MOST_BARS || (tally.size < 2 && years.size > tally.size)) {
      tally = years;
      const known = [...years.keys()].sort();
      all = steps(known[0], known.at(-1)).slice(-MOST_BARS);
    }
    const parts = [];
    const drawnClaims = all.reduce((sum, period) => sum + (tally.get(period) || 0), 0);
    if (all.length) parts.push(drawing(words.bars, 156, svg("line", { class: "axis", x1: 0, x2: WIDTH, y1: 126.5, y2: 126.5 }), ...bars(tally, all)));
    const dated = state.found.filter((claim) => daysOf(claim)[0] && daysOf(claim)[1]);
    const few = dated.length > 1 && dated.length <= MOST_MARKS;
    if (few) parts.push(marks(dated));
    const left = state.found.length - drawnClaims;
    const caption = [left && filled(words.undated, { count: number.format(left) }), few && words.marked, few && dated.length < state.found.length && filled(words.unmarked, { count: number.format(state.found.length - dated.length) })];
    parts.push(element("p", "hint", "", caption.filter(Boolean).join(" ")));
    const rows = [...all].reverse().filter((period) => tally.get(period)).map((period) => {
      const { names, places } = index.facets.date;
      return [names[places.get(period)], link({ chosen: new Map(state.chosen).set("date", [period]) }, number.format(tally.get(period)))];
    });
    if (rows.length) parts.push(table([words.period, words.claims], rows));
    drawn.replaceChildren(...parts);
  };

  // ---- The network: who said what about whom

  const pairs = () => {
    const found = new Map();
    for (const claim of state.found) {
      for (const speaker of valuesOf("speaker", claim)) {
        for (const about of valuesOf("about", claim)) {
          const key = `${speaker} ${about}`;
          if (!found.has(key)) found.set(key, { speaker, about, count: 0, acts: new Map() });
          const pair = found.get(key);
          pair.count += 1;
          for (const act of valuesOf("act", claim)) pair.acts.set(act, (pair.acts.get(act) || 0) + 1);
        }
      }
    }
    return [...found.values()].sort((a, b) => b.count - a.count || a.speaker - b.speaker || a.about - b.about);
  };

  const busiest = (all, end) => {
    const weight = new Map();
    for (const pair of all) weight.set(pair[end], (weight.get(pair[end]) || 0) + pair.count);
    return [...weight].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST_NODES).map(([place]) => place);
  };

  const chosenPair = ({ speaker, about }) => new Map(state.chosen).set("speaker", [index.facets.speaker.values[speaker]]).set("about", [index.facets.about.values[about]]);

  const actsOf = ({ acts }) => [...acts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([act, count]) => `${index.facets.act.names[act]} ${number.format(count)}`).join(", ");

  const web = (all, speakers, abouts) => {
    const shortened = (text) => (text.length > 30 ? `${text.slice(0, 29)}…` : text);
    const height = 34 * Math.max(speakers.length, abouts.length);
    const y = (places, place) => ((places.indexOf(place) + 0.5) * height) / places.length;
    const most = all[0].count;
    const edges = all.filter((pair) => speakers.includes(pair.speaker) && abouts.includes(pair.about)).map((pair) => {
      const [from, to] = [y(speakers, pair.speaker), y(abouts, pair.about)];
      const text = `${index.facets.speaker.names[pair.speaker]} → ${index.facets.about.names[pair.about]}: ${counted(pair.count)}${pair.acts.size ? ` (${actsOf(pair)})` : ""}`;
      return svg("a", { class: "edge", href: href({ chosen: chosenPair(pair) }), tabindex: "-1" }, titled(text), svg("path", { class: "way", d: `M236 ${from} C360 ${from} 360 ${to} 484 ${to}`, "stroke-width": 1.5 + (6 * pair.count) / most }));
    });
    const labels = [["speaker", speakers, 228, "end"], ["about", abouts, 492, "start"]].flatMap(([facet, places, x, anchor]) =>
      places.map((place) => svg("text", { class: "name", x, y: y(places, place) + 5, "text-anchor": anchor }, shortened(index.facets[facet].names[place]))));
    return drawing(words.web, height, ...edges, ...labels);
  };

  const showNetwork = () => {
    const all = pairs();
    if (!all.length) {
      drawn.replaceChildren(element("p", "", "", words.unlinked));
      return;
    }
    const [speakers, abouts] = [busiest(all, "speaker"), busiest(all, "about")];
    const rows = all.slice(0, MOST_ROWS).map((pair) => [index.facets.speaker.names[pair.speaker], index.facets.about.names[pair.about], actsOf(pair), link({ chosen: chosenPair(pair) }, number.format(pair.count))]);
    const cut = all.length > MOST_ROWS ? filled(words.cut, { shown: number.format(MOST_ROWS), total: number.format(all.length) }) : "";
    drawn.replaceChildren(web(all, speakers, abouts), element("p", "hint", "", [words.webbed, cut].filter(Boolean).join(" ")), table([words.speakers, words.abouts, words.acts, words.claims], rows));
  };

  // ---- Files of what was found

  const saved = (content, media, suffix) => {
    const anchor = element("a");
    anchor.href = URL.createObjectURL(new Blob([content], { type: media }));
    anchor.download = `claims.${suffix}`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 60000);
  };

  const iri = (value) => (value.includes("://") ? value : `${index.base}${value}`);
  const named = (facet, claim) => valuesOf(facet, claim).map((place) => index.facets[facet].names[place]);
  // Unnamed sources and newsrooms have no IRI here: `unnamed` stands for many.
  const iris = (facet, claim) => valuesOf(facet, claim).map((place) => index.facets[facet].values[place]).map((value) => (value.includes("/") ? iri(value) : ""));
  const keys = (facet, claim) => valuesOf(facet, claim).map((place) => index.facets[facet].values[place]).filter((value) => value !== "none");

  const records = async () => {
    const rows = await window.kgRows(state.found.map((claim) => index.entries[claim]), index.portion);
    return state.found.map((claim, place) => {
      const [, , , , said, tongue, verbatim, when, title] = rows[place];
      const [earliest, latest, probable] = daysOf(claim);
      return {
        iri: iri(index.claims[claim]), speaker: named("speaker", claim), speaker_iri: iris("speaker", claim),
        act: keys("act", claim), claim: said, language: tongue, words: verbatim || said, form: keys("form", claim),
        date: when, earliest, latest, probable, certainty: keys("certainty", claim),
        to: named("to", claim), to_iri: iris("to", claim), about: named("about", claim), about_iri: iris("about", claim),
        inferred: keys("reading", claim), article: title, article_iri: iri(index.articles[index.places[claim]]),
        outlet: named("outlet", claim), outlet_iri: iris("outlet", claim),
      };
    });
  };

  // As `cell` in csv_files.py: for spreadsheets that run formulas, `'` is put before the sign of one.
  const FORMULA = /^[\s'"\p{Cf}\p{Cc}]*[-=+@＝＋－＠]/u;
  const BLANK = /^[^\S\t\r\n]*[\t\r\n]/;
  const defused = (text) => (BLANK.test(text) ? "'" : "") + text.split(/([;|\t\r\n])/).map((part, place) => (place % 2 === 0 && FORMULA.test(part) ? `'${part}` : part)).join("");
  const cell = (value) => {
    const text = defused(Array.isArray(value) ? value.filter(Boolean).join("; ") : value);
    return /[",;|\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };

  const turtle = async () => {
    const large = "large" in document.body.dataset;
    const paths = [...new Set(state.found.map((claim) => (large ? index.articles[index.places[claim]] : index.claims[claim])))];
    if (paths.length > MOST_FILES) throw new RangeError(filled(words.many_files, { most: number.format(MOST_FILES) }));
    const texts = [];
    for (let place = 0; place < paths.length; place += 6) {
      texts.push(...await Promise.all(paths.slice(place, place + 6).map(async (path) => {
        const response = await fetch(`${document.body.dataset.root}${path}.ttl`);
        if (!response.ok) throw new Error(path);
        return response.text();
      })));
    }
    return texts.join("\n");
  };

  const EXPORTS = {
    csv: async () => {
      const all = await records();
      const heads = Object.keys(all[0] || {});
      return ["text/csv", `\ufeff${[heads, ...all.map((each) => heads.map((head) => each[head]))].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("")}`];
    },
    json: async () => ["application/json", `${JSON.stringify(await records(), null, 1)}\n`],
    ttl: async () => ["text/turtle", await turtle()],
  };

  const offer = async (suffix) => {
    exported.textContent = words.busy;
    try {
      const [media, content] = await EXPORTS[suffix]();
      saved(content, media, suffix);
      exported.textContent = filled(words.saved, { count: counted(state.found.length) });
    } catch (error) {
      exported.textContent = error instanceof RangeError ? error.message : words.failed;
    }
  };

  // ---- The page

  const show = () => {
    Object.assign(state, asked());
    Object.assign(state, select(state.chosen));
    for (const facet of groups.keys()) showFacet(facet);
    showChosen();
    const isAll = state.found.length === index.claims.length;
    status.textContent = isAll ? counted(state.found.length) : filled(words.of, { count: counted(state.found.length), total: number.format(index.claims.length) });
    document.getElementById("shown").textContent = filled(words.show, { count: counted(state.found.length) });
    exported.textContent = "";
    for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === state.view);
    for (const button of document.querySelectorAll("[data-export]")) button.disabled = !state.found.length;
    // The other language, with the same choice.
    for (const other of document.querySelectorAll("[data-language]")) other.hash = written(state);
    const isList = state.view === "list";
    list.hidden = !isList;
    pager.hidden = true;
    if (!isList) turn += 1;
    drawn.replaceChildren();
    if (isList) return showList();
    return state.view === "timeline" ? showTimeline() : showNetwork();
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
    for (const button of document.querySelectorAll("[data-export]")) button.addEventListener("click", () => offer(button.dataset.export));
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
