// Answers as people read them: names instead of addresses, dates in words, as a table or as bars.
"use strict";
(() => {
  // A text of more characters gets a wide column, on a narrow window too.
  const LONG = 60;
  const SHOWN = 1000;
  const BARS = 50;
  const NAMED_AT_ONCE = 500;
  const XSD = "http://www.w3.org/2001/XMLSchema#";
  const NUMBER = new RegExp(`^${XSD}(integer|decimal|double|float|long|int|short|byte|nonNegativeInteger|positiveInteger|unsigned(Long|Int|Short|Byte))$`);
  const DATE = new RegExp(`^(${XSD}(date|dateTime|gYearMonth|gYear)|http://id.loc.gov/datatypes/edtf/.*)$`);
  // What tells the name of a thing; a FILTER is quicker here than VALUES.
  const NAMING = "name headline position appearance publisher datePublished startDate description".split(" ");
  const NAMES = (iris) => `SELECT ?thing ?property ?value {
    VALUES ?thing { ${iris.map((iri) => `<${iri}>`).join(" ")} }
    ?thing ?property ?value
    FILTER(?property IN (rdf:type, kg:outlet, ${NAMING.map((name) => `schema:${name}`).join(", ")}))
  }`;

  // `page` is what the page says of itself: its base, language, words, phrases and labels of terms. A table or a chart
  // takes the names of things, or null to show addresses and values as they are, and the heads of its columns.
  window.kgAnswers = (page, answer) => {
    const { base, language, words, phrases, labels, prefixes } = page;
    const months = words.months.split(" ");
    const written = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
    const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, () => value), words[key]);

    const dayInWords = (date) => {
      const [, year, month, day] = /^(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?/.exec(date) || [];
      if (!year) return date;
      return [day && Number(day), month && months[Number(month) - 1], year].filter(Boolean).join(" ");
    };

    // A date of EDTF, if it is one of the usual kinds: a day, month or year, perhaps doubted, or the bounds of a time.
    const dateInWords = (written) => {
      const bare = written.replace(/[?~%]/g, "");
      if (/^\d{4}(-\d\d){0,2}(T.*)?$/.test(bare)) {
        const isAbout = /[~%]/.test(written);
        const doubt = /[?%]/.test(written) ? (isAbout ? "date-probably-about" : "date-probably") : isAbout && "date-about";
        return doubt ? say(doubt, { day: dayInWords(bare) }) : dayInWords(bare);
      }
      const [, open, first, mark, last] = /^(\[?)([\d-]*|\.\.)(\.\.|\/)([\d-]*|\.\.)\]?$/.exec(bare) || [];
      if (mark === undefined) return written;
      const [since, until] = [first, last].map((each) => (each === ".." ? "" : dayInWords(each)));
      if (since && until) return say(open ? "date-between" : "date-from-to", { first: since, last: until });
      return since ? say("date-since", { first: since }) : until ? say("date-until", { last: until }) : words["date-unknown"];
    };

    const brief = (iri) => iri.startsWith(base) ? iri.slice(base.length) : iri;

    // The best of some texts for the reader: in the page's language, else in none, else the alphabetically first.
    const best = (texts) => {
      const far = (text) => ((text["xml:lang"] || language).split("-")[0] !== language ? 2 : text["xml:lang"] ? 0 : 1);
      return texts.sort((one, other) => far(one) - far(other) || (one.value < other.value ? -1 : 1))[0];
    };

    // What names an article, or where an occasion was: a publisher and a day.
    const placed = (known, key, values) => {
      const [outlet] = [...known("publisher"), ...known("outlet")].flatMap((each) => known("name", each.value));
      const [day] = [...known("datePublished"), ...known("startDate")];
      return { value: say(key(outlet), { publisher: outlet?.value, outlet: outlet?.value, day: day ? dayInWords(day.value) : "", ...values }).replace(/, $/, "") };
    };
    const articleName = (known) => best(known("headline")) || placed(known, (outlet) => (outlet ? "article-of" : "article-untitled"));

    // The name of a thing by what the store says of it, as pages name it; nothing for what has none.
    const nameOf = (path, known) => {
      const name = best(known("name"));
      const [outlet] = known("outlet").flatMap((each) => known("name", each.value));
      if (name) return outlet ? { ...name, value: `${name.value}, ${outlet.value}` } : name;
      const kinds = known("type").map((each) => each.value);
      if (kinds.some((each) => each.endsWith("#Newsroom"))) return { value: words.newsroom };
      if (kinds.some((each) => each.endsWith("#UnnamedSource"))) return best(known("description")) || { value: words.unnamed };
      if (path.startsWith("article/") && !path.includes("#")) return articleName(known);
      const [position] = known("position");
      const [article] = known("appearance");
      if (position && article) {
        return { value: say("article-claim-number", { number: position.value }), article: articleName((property, of = article.value) => known(property, of)).value };
      }
      if (!path.startsWith("occasion/") || path.includes("#")) return null;
      return placed(known, (at) => (at ? "occasion-in" : "occasion-of"), { name: path.split("/").pop().replace(/-/g, " ") });
    };

    // The names of all things in the rows that are shown. `ask` answers a query with results.
    const named = async (results, ask) => {
      const facts = new Map();
      const learn = async (values) => {
        const own = values.filter((each) => each.type === "uri" && each.value.startsWith(base) && /^[^\s<>"{}|\\^`]+$/.test(each.value));
        const iris = [...new Set(own.map((each) => each.value))].filter((iri) => !facts.has(iri));
        for (const iri of iris) facts.set(iri, {});
        for (let start = 0; start < iris.length; start += NAMED_AT_ONCE) {
          const rows = (await ask(NAMES(iris.slice(start, start + NAMED_AT_ONCE)))).results.bindings;
          for (const { thing, property, value } of rows) (facts.get(thing.value)[property.value.split(/[/#]/).pop()] ??= []).push(value);
        }
        return iris;
      };
      const also = (iris, ...properties) => learn(iris.flatMap((iri) => properties.flatMap((each) => facts.get(iri)[each] || [])));
      const shown = await learn(results.results.bindings.slice(0, SHOWN).flatMap((row) => Object.values(row)));
      const around = await also(shown, "appearance", "publisher", "outlet");
      await also(around, "publisher");
      const names = new Map();
      for (const iri of shown) {
        const name = nameOf(brief(iri), (property, of = iri) => facts.get(of)?.[property] || []);
        if (name) names.set(iri, name);
      }
      // Claims are numbered in each article: where there are several, the article belongs to the name.
      const articles = new Set([...names.values()].map((each) => each.article).filter(Boolean));
      for (const [iri, { value, article }] of articles.size > 1 ? names : []) {
        if (article) names.set(iri, { value: `${value}, ${article}` });
      }
      return names;
    };

    const prefixed = (iri) => {
      const [name, start] = Object.entries(prefixes).find(([, each]) => iri.startsWith(each)) || [];
      return name && /^[\w-]+$/.test(iri.slice(start.length)) ? `${name}:${iri.slice(start.length)}` : brief(iri);
    };

    // What a cell shows: its text, and the language of that if it is not the page's.
    const shown = (value, column, names) => {
      if (value.type === "uri") {
        if (!names) return { text: brief(value.value) };
        const name = names.get(value.value);
        return name ? { text: name.value, tongue: name["xml:lang"] } : { text: labels[value.value]?.[0] ?? prefixed(value.value) };
      }
      if (names && DATE.test(value.datatype)) return { text: dateInWords(value.value) };
      const known = names && !value["xml:lang"] && (phrases[value.value] || (column === "language" && words[`language-${value.value}`]));
      return { text: known || value.value, tongue: value["xml:lang"] };
    };

    const cell = (value, column, names) => {
      const made = document.createElement("td");
      if (!value) return made;
      const { text, tongue } = shown(value, column, names);
      let inner = made;
      if (text.length > LONG) made.className = "long";
      if (value.type === "uri" && /^https?:\/\//i.test(value.value)) {
        const path = brief(value.value);
        const term = labels[value.value];
        inner = document.createElement("a");
        inner.href = term ? window.kgAddress(`ontology#${term[1]}`)
          : value.value.startsWith(base) && !/\?|^graph\//.test(path) ? window.kgAddress(path) : value.value;
        if (text !== path) inner.title = path;
        made.append(inner);
      }
      inner.textContent = text;
      if (tongue && tongue !== language) {
        inner.lang = tongue;
        inner.dir = "auto";
      }
      return made;
    };

    // A question's own columns that are empty in every row are left out.
    const table = (results, { names, heads }) => {
      const rows = results.results.bindings;
      const vars = results.head.vars.filter((name) => !heads[name] || rows.some((row) => row[name]));
      const made = document.createElement("table");
      const row = made.createTHead().insertRow();
      for (const name of vars) {
        const column = document.createElement("th");
        column.scope = "col";
        column.textContent = heads[name] || name;
        row.append(column);
      }
      const body = made.createTBody();
      for (const each of rows.slice(0, SHOWN)) {
        body.insertRow().append(...vars.map((name) => cell(each[name], name, names)));
      }
      return made;
    };

    const isCount = (value) => NUMBER.test(value?.datatype) && Number(value.value) >= 0 && Number.isFinite(Number(value.value));

    // The columns of a chart: one or two that name a bar, and the first of those that count; null where there are none.
    const charted = ({ head: { vars }, results: { bindings } }) => {
      const counts = vars.filter((name) => bindings.every((row) => isCount(row[name])));
      const titles = vars.filter((name) => !counts.includes(name));
      return bindings.length > 1 && counts.length && [1, 2].includes(titles.length) ? { titles, count: counts[0] } : null;
    };

    const drawing = (name, attributes, text = "") => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const each of Object.entries(attributes)) made.setAttribute(...each);
      made.textContent = text;
      return made;
    };

    const chart = (results, { titles, count }, { names, heads }) => {
      const all = results.results.bindings.length;
      const rows = results.results.bindings.slice(0, BARS);
      const most = Math.max(...rows.map((row) => Number(row[count].value))) || 1;
      // Names are beside their bars, or above them if the window is narrow.
      const width = Math.max(280, Math.min(720, answer.clientWidth));
      const [left, step, letters] = width < 540 ? [0, 44, Math.floor(width / 7.5)] : [260, 26, 31];
      const room = width - left - 56;
      const title = say("query-chart-title", { count: heads[count] || count, labels: titles.map((name) => heads[name] || name).join(", ") });
      const made = drawing("svg", { class: "answered", role: "img", viewBox: `0 0 ${width} ${rows.length * step}`, width, "aria-label": `${title}. ${words["query-chart-same"]}` });
      rows.forEach((row, index) => {
        const name = titles.filter((each) => row[each]).map((each) => shown(row[each], each, names).text).join(" · ") || "–";
        const long = room * Number(row[count].value) / most;
        const [y, top] = [index * step, left ? 5 : 21];
        const short = [...name].length > letters ? `${[...name].slice(0, letters - 1).join("")}…` : name;
        const bar = drawing("g", {});
        bar.append(
          drawing("title", {}, `${name}: ${row[count].value}`),
          drawing("text", left ? { class: "name", x: left - 10, y: y + 17 } : { x: 0, y: y + 14 }, short),
          drawing("rect", { class: "bar", x: left, y: y + top, width: long.toFixed(1), height: 16, rx: 2 }),
          drawing("text", { x: (left + long + 8).toFixed(1), y: y + top + 12 }, written.format(row[count].value)),
        );
        made.append(bar);
      });
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      caption.textContent = all > BARS ? `${title}. ${say("query-chart-first", { shown: BARS, count: all })}` : `${title}.`;
      figure.className = "chart";
      figure.append(made, caption);
      return figure;
    };

    const plain = (text) => {
      const made = document.createElement("pre");
      made.textContent = text;
      return made;
    };

    return { SHOWN, chart, charted, named, plain, say, table };
  };
})();
