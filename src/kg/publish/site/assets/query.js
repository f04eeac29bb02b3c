// Named questions and SPARQL, answered by the server of this page or, on a site without one, in the browser by Oxigraph:
// its engine and data are loaded when first asked.
"use strict";
(() => {
  const SHOWN = 1000;
  const BARS = 50;
  const FOUND = "application/sparql-results+json, application/n-triples";
  const MEDIA = { csv: "text/csv", json: "application/sparql-results+json", ttl: "text/turtle" };
  const NUMBER = /^http:\/\/www\.w3\.org\/2001\/XMLSchema#(integer|decimal|double|float|long|int|short|byte|nonNegativeInteger|positiveInteger|unsigned(Long|Int|Short|Byte))$/;
  const form = document.querySelector("[data-query]");
  const root = document.body.dataset.root;
  const base = form.dataset.base;
  const prefixes = JSON.parse(form.dataset.prefixes);
  const fields = document.getElementById("fields");
  const menu = document.getElementById("question");
  const area = document.getElementById("sparql");
  const status = document.getElementById("status");
  const answer = document.getElementById("answer");
  const kept = [...form.querySelectorAll("[data-format]")];
  const views = document.getElementById("views");
  const written = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
  let store = null;
  let drawn = null;
  let keep = null;
  let editor = null;

  const script = (name) => new Promise((resolve, reject) => {
    const made = document.createElement("script");
    made.src = root + name;
    made.onload = resolve;
    made.onerror = () => reject(new Error(`${name} could not be loaded`));
    document.head.append(made);
  });

  const open = async () => {
    if (store) return store;
    status.textContent = status.dataset.loading;
    let graphs = "";
    window.kgGraph = (lines) => { graphs = lines.join(""); };
    await Promise.all([script("assets/oxigraph.js"), script("search/graph.js")]);
    const oxigraph = await window.kgOxigraph;
    const made = new oxigraph.Store();
    made.load(graphs, { format: "application/trig", no_transaction: true });
    store = made;
    return store;
  };

  // Usual prefixes need not be declared. They go before the first line, so that lines keep their numbers.
  const prologue = (text) => Object.entries(prefixes)
    .filter(([name]) => text.includes(`${name}:`) && !new RegExp(`prefix\\s+${name}:`, "i").test(text))
    .map(([name, iri]) => `PREFIX ${name}: <${iri}> `).join("");

  const asked = (text, format) => store.query(prologue(text) + text, { base_iri: base, use_default_graph_as_union: true, ...(format ? { results_format: format } : {}) });

  // An answer is `{ yes }`, `{ results }` as SPARQL's JSON has them, or `{ triples }`; `file` gives it in a format.
  const here = {
    answer: async (text) => {
      await open();
      status.textContent = status.dataset.running;
      await new Promise((resolve) => setTimeout(resolve));
      const found = asked(text);
      if (typeof found === "boolean") return { yes: found };
      if (found.length && !(found[0] instanceof Map)) return { triples: found };
      return { results: found.length ? JSON.parse(asked(text, "json")) : { head: { vars: [] }, results: { bindings: [] } } };
    },
    file: async (text, format) => asked(text, format),
  };

  let asking = null;
  const sent = async (text, accept, signal) => {
    const request = { method: "POST", body: new URLSearchParams({ query: text }), headers: { Accept: accept }, signal };
    const response = await fetch(form.dataset.endpoint, request).catch((error) => {
      throw error.name === "AbortError" ? error : new Error(status.dataset.unreachable);
    });
    if (!response.ok) throw new Error((await response.text()).trim());
    return response;
  };
  const server = {
    answer: async (text) => {
      // The server stops a query that nobody waits for any more.
      asking?.abort();
      asking = new AbortController();
      status.textContent = status.dataset.running;
      const response = await sent(text, FOUND, asking.signal);
      if (response.headers.get("Content-Type").startsWith("application/n-triples")) {
        return { triples: window.kgTriples.parsed(await response.text()) };
      }
      const results = await response.json();
      return "boolean" in results ? { yes: results.boolean } : { results };
    },
    file: async (text, format) => (await sent(text, MEDIA[format])).text(),
  };
  const engine = form.dataset.endpoint ? server : here;

  const brief = (value) => value.type === "uri" && value.value.startsWith(base) ? value.value.slice(base.length) : value.value;

  // The end of an IRI of an entity or of somebody else's: little room is beside a bar, and its title has the whole.
  const last = (name) => name.replace(/^(entity\/|https?:\S*[/#])(?=[^/#\s]+$)/, "");

  const cell = (value) => {
    const made = document.createElement("td");
    if (!value) return made;
    if (value.type === "uri") {
      const short = brief(value);
      if (/^https?:\/\//i.test(value.value)) {
        const link = document.createElement("a");
        link.href = value.value.startsWith(base) && !/\?|^graph\//.test(short) ? window.kgAddress(short) : value.value;
        link.textContent = short;
        made.append(link);
        return made;
      }
    }
    made.textContent = value.value;
    if (value["xml:lang"]) made.lang = value["xml:lang"];
    return made;
  };

  const table = (results) => {
    const names = results.head.vars;
    const made = document.createElement("table");
    const head = made.createTHead().insertRow();
    for (const name of names) {
      const column = document.createElement("th");
      column.scope = "col";
      column.textContent = name;
      head.append(column);
    }
    const body = made.createTBody();
    for (const row of results.results.bindings.slice(0, SHOWN)) {
      body.insertRow().append(...names.map((name) => cell(row[name])));
    }
    return made;
  };

  const isCount = (value) => NUMBER.test(value?.datatype) && Number(value.value) >= 0 && Number.isFinite(Number(value.value));

  // The columns of a chart: one or two that name a bar, and the first of those that count; null where there are none.
  const columns = ({ head: { vars }, results: { bindings } }) => {
    const counts = vars.filter((name) => bindings.every((row) => isCount(row[name])));
    const labels = vars.filter((name) => !counts.includes(name));
    return bindings.length > 1 && counts.length && [1, 2].includes(labels.length) ? { labels, count: counts[0] } : null;
  };

  const drawing = (name, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const each of Object.entries(attributes)) made.setAttribute(...each);
    made.textContent = text;
    return made;
  };

  const chart = (results, { labels, count }) => {
    const all = results.results.bindings.length;
    const rows = results.results.bindings.slice(0, BARS);
    const most = Math.max(...rows.map((row) => Number(row[count].value))) || 1;
    // Names stand beside their bars, or above them where the window is narrow.
    const width = Math.max(280, Math.min(720, answer.clientWidth));
    const [left, step, letters] = width < 540 ? [0, 40, Math.floor(width / 7.5)] : [260, 26, 31];
    const room = width - left - 56;
    const title = views.dataset.title.replace("{count}", count).replace("{labels}", labels.join(", "));
    const made = drawing("svg", { class: "answered", role: "img", viewBox: `0 0 ${width} ${rows.length * step}`, width, "aria-label": `${title}. ${views.dataset.same}` });
    rows.forEach((row, index) => {
      const names = labels.filter((each) => row[each]).map((each) => brief(row[each]));
      const [name, label] = [names.join(" · ") || "–", names.map(last).join(" · ") || "–"];
      const long = room * Number(row[count].value) / most;
      const [y, top] = [index * step, left ? 5 : 19];
      const short = [...label].length > letters ? `${[...label].slice(0, letters - 1).join("")}…` : label;
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
    caption.textContent = all > BARS ? `${title}. ${views.dataset.first.replace("{shown}", BARS).replace("{count}", all)}` : `${title}.`;
    figure.className = "chart";
    figure.append(made, caption);
    return figure;
  };

  const view = (name) => {
    for (const each of views.children) each.setAttribute("aria-pressed", String(each.dataset.view === name));
    answer.replaceChildren(drawn(name));
  };

  const nothing = () => {
    for (const each of [...kept, views]) each.hidden = true;
    answer.replaceChildren();
  };

  const counted = (count) => {
    const words = !count ? status.dataset.none : count === 1 ? status.dataset.row : count > SHOWN ? status.dataset.shown : status.dataset.rows;
    return words.replace("{shown}", SHOWN).replace("{count}", count);
  };

  // Offer views of an answer, of which there is more than one, and files of it.
  const offer = (names, formats) => {
    for (const each of views.children) each.hidden = !names.includes(each.dataset.view);
    for (const each of kept) each.hidden = !formats.includes(each.dataset.format);
    views.hidden = names.length < 2;
    view(names[0]);
  };

  const showTriples = (found, text) => {
    const triples = window.kgTriples.distinct(found);
    status.textContent = counted(triples.length);
    const results = window.kgTriples.rows(triples, views.dataset.triple.split(" "));
    keep = () => window.kgTriples.turtle(triples, text);
    drawn = (name) => {
      if (name === "table") return table(results);
      const made = document.createElement("pre");
      made.textContent = window.kgTriples.turtle(triples.slice(0, SHOWN), text);
      return made;
    };
    offer(["table", "turtle"], ["ttl"]);
  };

  const show = async (text) => {
    const found = await engine.answer(text);
    nothing();
    if (found.triples?.length) {
      showTriples(found.triples, text);
      return;
    }
    const count = (found.results?.results.bindings || []).length;
    status.textContent = "yes" in found ? (found.yes ? status.dataset.yes : status.dataset.no) : counted(count);
    if (!count) return;
    keep = (format) => engine.file(text, format);
    const charted = columns(found.results);
    drawn = (name) => name === "chart" ? chart(found.results, charted) : table(found.results);
    offer(charted ? ["table", "chart"] : ["table"], ["csv", "json"]);
  };

  // Where a query stops being SPARQL, and the prefix that it does not declare, if that is why; null for other messages.
  const placeOf = (text, message) => {
    const place = /(?:error at |^query:)(\d+):(\d+): (.*)/s.exec(message);
    if (!place) return null;
    const number = Number(place[1]);
    const line = text.split("\n")[number - 1] || "";
    const isHere = engine === here;
    const column = Math.max(1, Number(place[2]) - (isHere && number === 1 ? prologue(text).length : 0));
    if (!isHere) return { line, number, column, prefix: /the prefix `([^`]*)`/.exec(place[3])?.[1] };
    const unknown = place[3].includes("Prefix not found") && /[^\s(){},;.^/|]*:[^\s(){},;]*$/.exec(line.slice(0, column - 1));
    return { line, number, column: unknown ? unknown.index + 1 : column, prefix: unknown ? `${String(unknown).split(":")[0]}:` : "" };
  };

  // Why there is no answer: a sentence, and the line with a caret below.
  const complain = (text, message) => {
    const place = placeOf(text, message);
    if (!place) {
      const words = document.createElement("span");
      if (message !== status.dataset.unreachable) words.lang = "en";
      words.textContent = message;
      status.replaceChildren(`${status.dataset.wrong} `, words);
      return;
    }
    const { line, number, column, prefix } = place;
    const said = (prefix ? status.dataset.prefix : status.dataset.syntax).replace("{line}", number).replace("{column}", column).replace("{prefix}", () => prefix);
    status.textContent = `${status.dataset.wrong} ${said}`;
    const shown = document.createElement("pre");
    shown.textContent = `${line}\n${line.slice(0, column - 1).replace(/[^\t]/g, " ")}^`;
    answer.replaceChildren(shown);
  };

  const run = async () => {
    answer.setAttribute("aria-busy", "true");
    try {
      await show(area.value);
    } catch (error) {
      if (error.name === "AbortError") return;
      nothing();
      complain(area.value, error.message || String(error));
    }
    answer.hidden = !answer.hasChildNodes();
    answer.removeAttribute("aria-busy");
  };

  const write = (text) => {
    area.value = text;
    editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  };

  // The term of what is typed into a field, as `kg query` takes it.
  const term = (typed, type) => {
    const folders = { entity: "entity/", event: typed.includes("/") ? "occasion/" : "entity/", article: "article/", claim: "claim/" };
    if (!typed) return "UNDEF";
    if (type === "text") return JSON.stringify(typed);
    if (type.endsWith("-day")) {
      const [year, month = type === "first-day" ? "01" : "12", day] = typed.split("-");
      const last = String(new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate());
      return `"${year}-${month}-${day || (type === "first-day" ? "01" : last)}"^^xsd:date`;
    }
    const start = /^[a-z]+:\/\//.test(typed) ? "" : type === "act" ? "https://w3id.org/kg-claims/acts#" : base + folders[type];
    return `<${start}${typed.replace(/[\s<>"{}|\\^`]/g, encodeURIComponent)}>`;
  };

  // A field for each parameter of a question: what is typed there goes into the query's row of values.
  const makeFields = (option) => {
    const known = JSON.parse(option.dataset.fields || "[]");
    const terms = known.map((each) => each.term);
    fields.replaceChildren(...known.map((each, index) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      label.textContent = each.label;
      input.value = each.value;
      input.required = !each.optional;
      input.setAttribute("list", each.type === "act" ? "acts" : each.type === "entity" ? "entities" : "");
      if (each.type.endsWith("-day")) input.pattern = "\\d{4}(-\\d\\d){0,2}";
      input.addEventListener("change", () => {
        if (!input.checkValidity()) return;
        const before = `(${terms.join(" ")})`;
        terms[index] = term(input.value.trim(), each.type);
        write(area.value.replace(before, () => `(${terms.join(" ")})`));
      });
      label.append(input);
      return label;
    }));
  };

  menu.addEventListener("change", () => {
    const chosen = menu.selectedOptions[0];
    if (chosen.dataset.query) write(chosen.dataset.query);
    makeFields(chosen);
    try { history.replaceState(null, "", chosen.value ? `#${chosen.value}` : "#"); } catch { /* not from a disk */ }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  for (const each of views.children) each.addEventListener("click", () => view(each.dataset.view));
  for (const each of kept) {
    each.addEventListener("click", async () => {
      const { format } = each.dataset;
      const link = document.createElement("a");
      const file = await Promise.resolve(keep(format)).catch((error) => complain(area.value, error.message));
      if (file === undefined) return;
      link.href = URL.createObjectURL(new Blob([file], { type: MEDIA[format] }));
      link.download = `${menu.value || "answer"}.${format}`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }
  const named = [...menu.options].find((option) => option.value && option.value === location.hash.slice(1));
  if (named) menu.value = named.value;
  const first = menu.selectedOptions[0].dataset.query ? menu.selectedOptions[0] : menu.options[1];
  if (first) {
    menu.value = first.value;
    area.value = first.dataset.query;
    makeFields(first);
  }
  // Without the editor the text area does.
  if (window.kgEditor) {
    const label = form.querySelector("[for=sparql]");
    editor = window.kgEditor(area, { "aria-labelledby": label.id, "aria-describedby": area.getAttribute("aria-describedby") }, () => form.requestSubmit());
    label.addEventListener("click", () => editor.focus());
  }
  // Before, the browser itself would have sent the form, and shown the page again without an answer.
  form.querySelector("button:disabled").disabled = false;
})();
