// The timeline and the network of Explore, each with a table of the same. Each row and mark leads to its claims.
"use strict";
// `explore` has the index, what is chosen and found, and the words of the page; it is read anew for each drawing.
window.kgExploreDrawings = (explore) => {
  const MOST_MARKS = 60;
  const MOST_BARS = 60;
  const MOST_NODES = 12;
  const MOST_ROWS = 50;
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 720;
  const drawn = document.getElementById("drawn");
  const element = window.kgElement;
  const { words, state, number, filled, counted, href, valuesOf, daysOf } = explore;

  const svg = (name, attributes, ...content) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };

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
    window.kgSideways(scroll);
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
    window.kgSideways(scroll);
    return scroll;
  };

  const titled = (text) => svg("title", {}, text);

  // ---- The timeline: bars of months or years, and each claim if there are few

  const periods = (length) => {
    const { values } = explore.index.facets.date;
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
      const facets = explore.index.facets;
      const name = ["speaker", "act"].map((facet) => valuesOf(facet, claim).map((value) => facets[facet].names[value]).join(", ")).filter(Boolean).join(": ");
      const form = facets.form.values[valuesOf("form", claim)[0]];
      const anchor = svg("a", { class: `mark form-${form}`, href: window.kgAddress(explore.index.claims[claim]), tabindex: "-1" }, titled(`${probable || (from === to ? from : `${from} – ${to}`)}, ${name}`));
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
      const { names, places } = explore.index.facets.date;
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

  const chosenPair = ({ speaker, about }) => new Map(state.chosen).set("speaker", [explore.index.facets.speaker.values[speaker]]).set("about", [explore.index.facets.about.values[about]]);

  const actsOf = ({ acts }) => [...acts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([act, count]) => `${explore.index.facets.act.names[act]} ${number.format(count)}`).join(", ");

  const web = (all, speakers, abouts) => {
    const shortened = (text) => (text.length > 30 ? `${text.slice(0, 29)}…` : text);
    const height = 34 * Math.max(speakers.length, abouts.length);
    const y = (places, place) => ((places.indexOf(place) + 0.5) * height) / places.length;
    const most = all[0].count;
    const edges = all.filter((pair) => speakers.includes(pair.speaker) && abouts.includes(pair.about)).map((pair) => {
      const [from, to] = [y(speakers, pair.speaker), y(abouts, pair.about)];
      const text = `${explore.index.facets.speaker.names[pair.speaker]} → ${explore.index.facets.about.names[pair.about]}: ${counted(pair.count)}${pair.acts.size ? ` (${actsOf(pair)})` : ""}`;
      return svg("a", { class: "edge", href: href({ chosen: chosenPair(pair) }), tabindex: "-1" }, titled(text), svg("path", { class: "way", d: `M236 ${from} C360 ${from} 360 ${to} 484 ${to}`, "stroke-width": 1.5 + (6 * pair.count) / most }));
    });
    const labels = [["speaker", speakers, 228, "end"], ["about", abouts, 492, "start"]].flatMap(([facet, places, x, anchor]) =>
      places.map((place) => svg("text", { class: "name", x, y: y(places, place) + 5, "text-anchor": anchor }, shortened(explore.index.facets[facet].names[place]))));
    return drawing(words.web, height, ...edges, ...labels);
  };

  const showNetwork = () => {
    const all = pairs();
    if (!all.length) {
      drawn.replaceChildren(element("p", "", "", words.unlinked));
      return;
    }
    const [speakers, abouts] = [busiest(all, "speaker"), busiest(all, "about")];
    const rows = all.slice(0, MOST_ROWS).map((pair) => [explore.index.facets.speaker.names[pair.speaker], explore.index.facets.about.names[pair.about], actsOf(pair), link({ chosen: chosenPair(pair) }, number.format(pair.count))]);
    const cut = all.length > MOST_ROWS ? filled(words.cut, { shown: number.format(MOST_ROWS), total: number.format(all.length) }) : "";
    drawn.replaceChildren(web(all, speakers, abouts), element("p", "hint", "", [words.webbed, cut].filter(Boolean).join(" ")), table([words.speakers, words.abouts, words.acts, words.claims], rows));
  };

  return { showTimeline, showNetwork, clear: () => drawn.replaceChildren() };
};
