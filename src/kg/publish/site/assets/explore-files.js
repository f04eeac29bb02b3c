// Explore saves what was found as CSV, JSON or Turtle.
"use strict";
// `explore` has the index, what is chosen and found, and the words of the page; it is read anew for each file.
window.kgExploreFiles = (explore) => {
  const MOST_FILES = 200;
  const exported = document.getElementById("exported");
  const element = window.kgElement;
  const { words, state, number, filled, counted, valuesOf, daysOf } = explore;

  const saved = (content, media, suffix) => {
    const anchor = element("a");
    anchor.href = URL.createObjectURL(new Blob([content], { type: media }));
    anchor.download = `claims.${suffix}`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 60000);
  };

  const iri = (value) => (value.includes("://") ? value : `${explore.index.base}${value}`);
  const named = (facet, claim) => valuesOf(facet, claim).map((place) => explore.index.facets[facet].names[place]);
  // Unnamed sources and newsrooms have no IRI here: `unnamed` stands for many.
  const iris = (facet, claim) => valuesOf(facet, claim).map((place) => explore.index.facets[facet].values[place]).map((value) => (value.includes("/") ? iri(value) : ""));
  const keys = (facet, claim) => valuesOf(facet, claim).map((place) => explore.index.facets[facet].values[place]).filter((value) => value !== "none");

  const records = async () => {
    const rows = await window.kgRows(state.found.map((claim) => explore.index.entries[claim]), explore.index.portion);
    return state.found.map((claim, place) => {
      const [, , , , said, tongue, verbatim, when, title] = rows[place];
      const [earliest, latest, probable] = daysOf(claim);
      return {
        iri: iri(explore.index.claims[claim]), speaker: named("speaker", claim), speaker_iri: iris("speaker", claim),
        act: keys("act", claim), claim: said, language: tongue, words: verbatim || said, form: keys("form", claim),
        date: when, earliest, latest, probable, certainty: keys("certainty", claim),
        to: named("to", claim), to_iri: iris("to", claim), about: named("about", claim), about_iri: iris("about", claim),
        inferred: keys("reading", claim), article: title, article_iri: iri(explore.index.articles[explore.index.places[claim]]),
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
    const paths = [...new Set(state.found.map((claim) => (large ? explore.index.articles[explore.index.places[claim]] : explore.index.claims[claim])))];
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

  return { offer, clear: () => { exported.textContent = ""; } };
};
