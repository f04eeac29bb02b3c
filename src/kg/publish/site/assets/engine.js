// Answers SPARQL: the server of the page does or, on a site without one, Oxigraph in a worker, which can be stopped.
// The engine and the data are loaded when first asked, of the data only the parts that a question needs.
"use strict";
(() => {
  const SECONDS = 30;
  const ROWS = 10000;
  const BATCH = 40;
  const PARTS = ["claims", "places"];
  const FOUND = "application/sparql-results+json, application/n-triples";
  const MEDIA = { csv: "text/csv", json: "application/sparql-results+json", ttl: "text/turtle" };
  const root = document.body.dataset.root;

  class Stopped extends Error {}

  // IRIs, strings and comments: what is in them only looks like keywords and braces.
  const TEXTS = /<[^<>"{}|^`\\\s]*>|"""(?:[^"\\]|\\[^]|"(?!""))*"""|'''(?:[^'\\]|\\[^]|'(?!''))*'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|#[^\n\r]*/g;

  // A query without those and without what is in braces; each letter keeps its place.
  const outside = (text) => {
    let depth = 0;
    return text.replace(TEXTS, (found) => " ".repeat(found.length)).split("").map((letter) => {
      if (letter === "}") depth -= 1;
      const shown = depth > 0 ? " " : letter;
      if (letter === "{") depth += 1;
      return shown;
    }).join("");
  };
  const keyword = (words) => new RegExp(`(?<![?$:\\w-])(?:${words})(?![\\w:-])`, "i");
  const LIMIT = new RegExp(`${keyword("LIMIT").source}\\s+(\\d+)`, "i");

  const formOf = (text) => (keyword("SELECT|ASK|CONSTRUCT|DESCRIBE").exec(outside(text)) || ["SELECT"])[0].toUpperCase();

  // The query with a limit of rows, unless it has a lower one itself.
  const limited = (text, rows) => {
    const shown = outside(text);
    const limit = LIMIT.exec(shown);
    if (limit && Number(limit[1]) <= rows) return text;
    if (limit) return `${text.slice(0, limit.index)}LIMIT ${rows}${text.slice(limit.index + limit[0].length)}`;
    const values = keyword("VALUES").exec(shown);
    const end = values ? values.index : text.length;
    return `${text.slice(0, end)}\nLIMIT ${rows}\n${text.slice(end)}`;
  };

  // What the worker does; it is made of the source of this function, since a page from a disk may load no worker.
  const work = () => {
    let store = null;
    const tasks = {
      open: async ({ compiled }) => {
        const { Store } = await self.kgOxigraph(compiled);
        store = new Store();
      },
      load: ({ text }) => store.load(text, { format: "application/trig", no_transaction: true }),
      ask: ({ text, options }) => store.query(text, { use_default_graph_as_union: true, ...options }),
    };
    self.onmessage = async ({ data }) => {
      try {
        self.postMessage({ id: data.id, found: await tasks[data.task](data) });
      } catch (error) {
        self.postMessage({ id: data.id, message: error.message || String(error), broken: error instanceof WebAssembly.RuntimeError });
      }
    };
  };

  // A worker whose tasks are promises, which are rejected if it is terminated.
  const startWorker = () => {
    const address = URL.createObjectURL(new Blob([`self.kgOxigraph = ${window.kgOxigraph};\n(${work})();`], { type: "text/javascript" }));
    const worker = new Worker(address);
    const waiting = new Map();
    let count = 0;
    const terminate = (error) => {
      worker.terminate();
      URL.revokeObjectURL(address);
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    worker.onerror = (event) => terminate(new Error(event.message));
    worker.onmessage = ({ data }) => {
      const { resolve, reject } = waiting.get(data.id);
      waiting.delete(data.id);
      if ("message" in data) reject(Object.assign(new Error(data.message), { broken: data.broken }));
      else resolve(data.found);
    };
    const run = (task, details) => new Promise((resolve, reject) => {
      count += 1;
      waiting.set(count, { resolve, reject });
      worker.postMessage({ id: count, task, ...details });
    });
    return { terminate, run };
  };

  // `tell` is called with the key of what is done now and, where it is known, how much of it is done, up to 1.
  const inBrowser = ({ base, prefixes, words, tell }) => {
    const arrived = {};
    const fetched = {};
    let worker = null;
    let loaded = new Set();
    let running = false;
    let turn = 0;
    let prepared = Promise.resolve();
    window.kgGraph = (part, texts) => { arrived[part] = texts; };

    // What was loaded once is kept; what failed is tried again.
    const once = (name, load) => {
      fetched[name] ??= load().catch((error) => {
        delete fetched[name];
        throw error;
      });
      return fetched[name];
    };
    const engine = () => once("engine", () => window.kgScript("assets/oxigraph.js").then(() => window.kgOxigraphModule()));
    const data = (part) => once(part, () => window.kgScript(`search/${part}.js`).then(() => arrived[part]));

    const terminate = (error) => {
      worker?.terminate(error);
      worker = null;
      loaded = new Set();
      running = false;
    };

    const prepare = async (parts) => {
      const missing = parts.filter((part) => !loaded.has(part));
      if (worker && !missing.length) return;
      tell("query-loading");
      const [compiled, ...texts] = await Promise.all([engine(), ...missing.map(data)]);
      if (!worker) {
        worker = startWorker();
        await worker.run("open", { compiled });
      }
      const total = texts.reduce((sum, [, ...graphs]) => sum + graphs.length, 0);
      let done = 0;
      for (const [index, [head, ...graphs]] of texts.entries()) {
        for (let start = 0; start < graphs.length; start += BATCH) {
          tell("query-reading", done / total);
          await worker.run("load", { text: head + graphs.slice(start, start + BATCH).join("") });
          done += Math.min(BATCH, graphs.length - start);
        }
        loaded.add(missing[index]);
      }
    };

    // Usual prefixes need not be declared. They go before the first line, so that lines keep their numbers.
    const prologue = (text) => Object.entries(prefixes)
      .filter(([name]) => text.includes(`${name}:`) && !new RegExp(`prefix\\s+${name}:`, "i").test(text))
      .map(([name, iri]) => `PREFIX ${name}: <${iri}> `).join("");

    const asked = async (text, format, parts = PARTS) => {
      turn += 1;
      const mine = turn;
      if (running) terminate(new Stopped());
      prepared = prepared.catch(() => null).then(() => prepare(parts));
      await prepared;
      if (mine !== turn) throw new Stopped();
      running = true;
      tell("query-running");
      const late = setTimeout(() => terminate(new Error(words["query-long"].replace("{seconds}", SECONDS))), SECONDS * 1000);
      try {
        return await worker.run("ask", { text: prologue(text) + text, options: { base_iri: base, ...format } });
      } catch (error) {
        if (!error.broken) throw error;
        terminate(error);
        throw new Error(words["query-memory"]);
      } finally {
        clearTimeout(late);
        if (mine === turn) running = false;
      }
    };

    // The places in messages are those of the query as it was written, without its limit of rows.
    const askedLimited = (text, rows, format, parts) => asked(limited(text, rows), { results_format: format }, parts).catch((error) => {
      if (!/^error at /.test(error.message)) throw error;
      return asked(text, { results_format: format }, parts);
    });

    return {
      most: ROWS,
      offset: (text) => prologue(text).length,
      stop: () => {
        turn += 1;
        terminate(new Stopped());
      },
      answer: async (text, parts) => {
        const form = formOf(text);
        if (form === "ASK") return { yes: await asked(text, {}, parts) };
        if (form !== "SELECT") return { triples: window.kgTriples.parsed(await askedLimited(text, ROWS + 1, "nt", parts)) };
        return { results: JSON.parse(await askedLimited(text, ROWS + 1, "json", parts)) };
      },
      file: (text, format, parts) => askedLimited(text, ROWS, format, parts),
    };
  };

  const onServer = ({ endpoint, words, tell }) => {
    let asking = null;
    const sent = async (text, accept) => {
      // The server stops a query that nobody waits for any more.
      asking?.abort(new Stopped());
      asking = new AbortController();
      tell("query-running");
      const request = { method: "POST", body: new URLSearchParams({ query: text }), headers: { Accept: accept }, signal: asking.signal };
      const response = await fetch(root + endpoint, request).catch((error) => {
        throw error instanceof Stopped ? error : new Error(words["query-unreachable"]);
      });
      if (!response.ok) throw new Error((await response.text()).trim());
      return response;
    };
    return {
      most: Infinity,
      offset: () => 0,
      stop: () => asking?.abort(new Stopped()),
      answer: async (text) => {
        const response = await sent(text, FOUND);
        if (response.headers.get("Content-Type").startsWith("application/n-triples")) {
          return { triples: window.kgTriples.parsed(await response.text()) };
        }
        const results = await response.json();
        return "boolean" in results ? { yes: results.boolean } : { results };
      },
      file: async (text, format) => (await sent(text, MEDIA[format])).text(),
    };
  };

  window.kgEngine = { MEDIA, Stopped, of: (options) => (options.endpoint ? onServer : inBrowser)(options) };
})();
