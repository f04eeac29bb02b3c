// Named questions and SPARQL, answered in the browser by Oxigraph: engine and data are loaded when first asked.
"use strict";
(() => {
  const SHOWN = 1000;
  const form = document.querySelector("[data-query]");
  const root = document.body.dataset.root;
  const base = form.dataset.base;
  const menu = document.getElementById("question");
  const editor = document.getElementById("sparql");
  const status = document.getElementById("status");
  const answer = document.getElementById("answer");
  const csv = document.getElementById("csv");
  const suffix = /\.(en|nl)\.html$/.exec(location.pathname)?.[0] || ".html";
  let store = null;
  let asked = "";

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

  const ask = (text, format) => store.query(text, { base_iri: base, use_default_graph_as_union: true, ...(format ? { results_format: format } : {}) });

  const cell = (value) => {
    const made = document.createElement("td");
    if (!value) return made;
    if (value.type === "uri") {
      const short = value.value.startsWith(base) ? value.value.slice(base.length) : value.value;
      if (/^https?:\/\//i.test(value.value)) {
        const link = document.createElement("a");
        link.href = value.value.startsWith(base) && !/[?#]|^graph\//.test(short) ? `${root}${short || "index"}${suffix}` : value.value;
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

  const counted = (count) => {
    const words = !count ? status.dataset.none : count === 1 ? status.dataset.row : count > SHOWN ? status.dataset.shown : status.dataset.rows;
    return words.replace("{shown}", SHOWN).replace("{count}", count);
  };

  const show = (text) => {
    const found = ask(text);
    csv.hidden = true;
    if (typeof found === "boolean") {
      status.textContent = found ? status.dataset.yes : status.dataset.no;
      return answer.replaceChildren();
    }
    if (found.length && !(found[0] instanceof Map)) {
      const made = document.createElement("pre");
      made.textContent = found.slice(0, SHOWN).map((quad) => quad.toString()).join(" .\n");
      status.textContent = counted(found.length);
      return answer.replaceChildren(made);
    }
    const results = JSON.parse(ask(text, "json"));
    status.textContent = counted(results.results.bindings.length);
    csv.hidden = !results.results.bindings.length;
    asked = text;
    return answer.replaceChildren(...(results.results.bindings.length ? [table(results)] : []));
  };

  const run = async () => {
    answer.setAttribute("aria-busy", "true");
    try {
      await open();
      status.textContent = status.dataset.running;
      await new Promise((resolve) => setTimeout(resolve));
      show(editor.value);
    } catch (error) {
      answer.replaceChildren();
      csv.hidden = true;
      status.textContent = `${status.dataset.wrong} ${error.message || error}`;
    }
    answer.hidden = !answer.hasChildNodes();
    answer.removeAttribute("aria-busy");
  };

  menu.addEventListener("change", () => {
    const chosen = menu.selectedOptions[0];
    if (chosen.dataset.query) editor.value = chosen.dataset.query;
    try { history.replaceState(null, "", chosen.value ? `#${chosen.value}` : "#"); } catch { /* not from a disk */ }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  csv.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([ask(asked, "csv")], { type: "text/csv" }));
    link.download = `${menu.value || "answer"}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  const named = [...menu.options].find((option) => option.value && option.value === location.hash.slice(1));
  if (named) menu.value = named.value;
  const first = menu.selectedOptions[0].dataset.query ? menu.selectedOptions[0] : menu.options[1];
  if (first) {
    menu.value = first.value;
    editor.value = first.dataset.query;
  }
})();
