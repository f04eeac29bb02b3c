// The form of a question and its values, the editor of one's own query, their address, and the answer below.
"use strict";
(() => {
  const page = JSON.parse(document.getElementById("query-data").textContent);
  const { base, words } = page;
  const form = document.getElementById("ask");
  const writing = document.getElementById("write");
  const own = document.getElementById("own");
  const menu = document.getElementById("question");
  const about = document.getElementById("about");
  const fields = document.getElementById("fields");
  const area = document.getElementById("sparql");
  const status = document.getElementById("status");
  const progress = document.getElementById("progress");
  const stop = document.getElementById("stop");
  const views = document.getElementById("views");
  const answer = document.getElementById("answer");
  const kept = [...document.querySelectorAll("[data-format]")];
  const questions = new Map(page.questions.map((each) => [each.name, each]));
  const { Stopped, MEDIA } = window.kgEngine;
  const { SHOWN, ...answers } = window.kgAnswers(page, answer);
  let editor = null;
  let drawn = null;
  let keep = null;

  const tell = (key, done) => {
    status.textContent = words[key];
    progress.hidden = key === "query-running";
    if (done === undefined) progress.removeAttribute("value");
    else progress.value = done;
  };
  const engine = window.kgEngine.of({ ...page, tell });

  // The names of things that may be typed, loaded when the first is.
  let names = null;
  const known = () => {
    names ??= new Promise((resolve, reject) => {
      window.kgNames = resolve;
      window.kgScript(page.names).catch((error) => {
        names = null;
        reject(error);
      });
    });
    return names;
  };
  const folded = (text) => window.kgFolded(text).trim();
  const FOLDERS = { entity: ["entity"], event: ["entity", "occasion"], article: ["article"] };
  const fitting = async (type) => (await known()).filter(([path]) => FOLDERS[type].includes(path.split("/")[0]));

  const suggest = async (input, list, type) => {
    const typed = folded(input.value);
    const rows = (await fitting(type)).filter(([, name, ...others]) => [name, ...others].some((each) => folded(each).includes(typed)));
    list.replaceChildren(...rows.slice(0, 20).map(([, name]) => Object.assign(document.createElement("option"), { value: name })));
  };

  // The path below the base of what was typed: a name or its beginning, an id, or the address of a page.
  const pathOf = async (typed, type) => {
    const address = typed.replace(/[?#].*$/, "").replace(/(\.[a-z]{2})?\.html$/, "");
    if (/^[a-z]+:/.test(typed)) {
      const place = /(?:^|\/)((?:entity|occasion|article|claim)\/.+)$/.exec(address);
      const section = /^article\/(.+)$/.exec(place?.[1] || "") && type === "claim" && /#(?:at-)?([^.#]+)$/.exec(typed);
      if (section) return `claim/${place[1].slice("article/".length)}/${section[1]}`;
      return place ? place[1] : typed;
    }
    if (type === "claim") return `claim/${typed.replace(/^claim\//, "")}`;
    const rows = await fitting(type);
    const wanted = folded(typed);
    const among = [
      ([path]) => path === typed || path.slice(path.indexOf("/") + 1) === typed,
      ([, name]) => folded(name) === wanted,
      ([, ...all]) => all.some((name) => folded(name) === wanted),
      ([, ...all]) => all.some((name) => folded(name).startsWith(wanted)),
      ([, ...all]) => all.some((name) => folded(name).includes(wanted)),
    ];
    for (const fits of among) {
      const found = rows.filter(fits);
      if (found.length === 1) return found[0][0];
      if (found.length) throw new Error(answers.say("query-several", { typed, names: found.slice(0, 5).map(([, name]) => name).join("; ") }));
    }
    throw new Error(answers.say("query-unknown", { typed }));
  };

  // A day, month or year, also as day-month-year.
  const dayOf = (typed) => {
    const turned = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/.exec(typed);
    const day = turned ? [turned[3], turned[2].padStart(2, "0"), turned[1].padStart(2, "0")].join("-") : typed;
    const [, year, month, date] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(day) || [];
    const last = year && new Date(Date.UTC(Number(year), Number(month || 1), 0)).getUTCDate();
    if (!year || Number(month) > 12 || Number(month) < 1 || Number(date) > last || Number(date) < 1) throw new Error(words["query-no-day"]);
    return day;
  };

  // What is written into the address for what was typed.
  const valueOf = async ({ type }, typed) => {
    if (["entity", "event", "article", "claim"].includes(type)) return pathOf(typed, type);
    return type.endsWith("-day") ? dayOf(typed) : typed;
  };

  const termOf = ({ type }, value) => {
    if (!value) return "UNDEF";
    if (type === "text") return JSON.stringify(value);
    if (type.endsWith("-day")) {
      const isFirst = type === "first-day";
      const [year, month = isFirst ? "01" : "12", day] = value.split("-");
      const last = String(new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate());
      return `"${year}-${month}-${day || (isFirst ? "01" : last)}"^^xsd:date`;
    }
    const start = /^[a-z]+:/.test(value) ? "" : { act: page.acts, form: page.forms }[type] ?? base;
    return `<${start}${value.replace(/[\s<>"{}|\\^`]/g, encodeURIComponent)}>`;
  };

  const chosen = () => questions.get(menu.value);
  const queryOf = ({ before, after, fields: all }, values) => (all.length ? `${before}(${all.map((each) => termOf(each, values[each.name])).join(" ")})${after}` : before);

  const write = (text) => {
    area.value = text;
    editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  };

  const complainOf = (input, message) => {
    const place = document.getElementById(`${input.id}-wrong`);
    place.textContent = message;
    place.hidden = !message;
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };

  // The values of the fields, by name; null if some are not what they should be, and then a word at each of those.
  const values = async ({ quiet = false } = {}) => {
    const found = {};
    let wrong = null;
    for (const each of chosen().fields) {
      const input = document.getElementById(`field-${each.name}`);
      const typed = input.value.trim();
      let message = !typed && !each.optional ? words["query-needed"] : "";
      if (typed) {
        try {
          found[each.name] = input.dataset.shown === typed ? input.dataset.value : await valueOf(each, typed);
        } catch (error) {
          message = error.message;
        }
      }
      if (!quiet) complainOf(input, message);
      if (message) wrong ??= input;
    }
    if (!quiet) wrong?.focus();
    return wrong ? null : found;
  };

  const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });

  // The field of a parameter: a choice, a day, a word, or a name with suggestions.
  const makeField = (each, value) => {
    const made = document.createElement("div");
    const label = Object.assign(document.createElement("label"), { htmlFor: `field-${each.name}`, lang: each.language });
    const { choices } = each;
    const input = document.createElement(choices ? "select" : "input");
    const wrong = Object.assign(document.createElement("p"), { className: "wrong", id: `field-${each.name}-wrong`, hidden: true });
    label.textContent = each.optional && !choices ? answers.say("query-optional", { label: each.label }) : each.label;
    input.id = `field-${each.name}`;
    input.setAttribute("aria-describedby", wrong.id);
    if (!each.optional) input.setAttribute("aria-required", "true");
    if (choices) input.append(...choices.map(([key, name]) => option(key, name)));
    const text = value === each.value ? each.text : value;
    input.value = text;
    if (value) Object.assign(input.dataset, { shown: text, value });
    made.append(label, input, wrong);
    if (each.type in FOLDERS) {
      const list = Object.assign(document.createElement("datalist"), { id: `names-${each.name}` });
      input.setAttribute("list", list.id);
      input.autocomplete = "off";
      input.placeholder = words["query-name-hint"];
      for (const event of ["focus", "input"]) {
        input.addEventListener(event, () => suggest(input, list, each.type).catch((error) => complainOf(input, error.message)));
      }
      if (value && value !== each.value) {
        known().then((rows) => {
          const named = rows.find(([path]) => path === value);
          if (named && input.value === value) input.value = input.dataset.shown = named[1];
        }).catch((error) => complainOf(input, error.message));
      }
      made.append(list);
    } else if (!choices) {
      input.placeholder = words[each.type === "claim" ? "query-claim-hint" : each.type === "text" ? "query-word-hint" : "query-day-hint"];
    }
    // While one types, not when one leaves the field: the button would move away from under the pointer that presses it.
    input.addEventListener("input", () => complainOf(input, ""));
    input.addEventListener("change", () => {
      if (own.open) renew().catch((error) => complainOf(input, error.message));
    });
    return made;
  };

  // Show a question with values, its own examples if none are given.
  const choose = (name, given = null) => {
    menu.value = name;
    const { remarks, fields: all, language } = chosen();
    about.textContent = remarks;
    about.lang = language;
    about.hidden = !remarks;
    fields.replaceChildren(...all.map((each) => makeField(each, (given ? given[each.name] : each.value) || "")));
  };

  // The query of the question goes into the editor, unless somebody wrote there.
  let put = "";
  const renew = async () => {
    if (area.value !== put) return;
    const found = await values({ quiet: true });
    if (!found) return;
    put = queryOf(chosen(), found);
    write(put);
  };

  // The address: `#ask=said-by&speaker=entity/macron`, or `#sparql=…` for one's own query.
  const remember = (entries) => {
    const fragment = `#${new URLSearchParams(entries)}`;
    if (fragment !== location.hash) history.pushState(null, "", fragment);
  };

  const nothing = () => {
    for (const each of [...kept, views]) each.hidden = true;
    answer.replaceChildren();
    answer.hidden = true;
  };

  const view = (name) => {
    for (const each of views.children) each.setAttribute("aria-pressed", String(each.dataset.view === name));
    answer.hidden = false;
    answer.replaceChildren(drawn(name));
  };

  const counted = (count) => {
    if (count > engine.most) return answers.say("query-most", { shown: Math.min(SHOWN, count), most: engine.most });
    return answers.say(!count ? "query-none" : count === 1 ? "query-rows-one" : count > SHOWN ? "query-shown" : "query-rows", { shown: SHOWN, count });
  };

  // Offer views of an answer, of which there is more than one, and files of it.
  const offer = (shown, formats) => {
    for (const each of views.children) each.hidden = !shown.includes(each.dataset.view);
    for (const each of kept) each.hidden = !formats.includes(each.dataset.format);
    views.hidden = shown.length < 2;
    view(shown[0]);
  };

  const showTriples = (found, text) => {
    const triples = window.kgTriples.distinct(found).slice(0, engine.most);
    const results = window.kgTriples.rows(triples, words["query-triple"].split(" "));
    status.textContent = counted(triples.length);
    keep = () => window.kgTriples.turtle(triples, text);
    drawn = (name) => name === "table" ? answers.table(results, { names: null, heads: {} })
      : answers.plain(window.kgTriples.turtle(triples.slice(0, SHOWN), text));
    offer(["table", "turtle"], ["ttl"]);
  };

  // `parts` are those of the data that the query needs, all if not given; `heads` are those of the columns.
  const show = async (text, { parts, heads }) => {
    const found = await engine.answer(text, parts);
    if (found.triples?.length) {
      showTriples(found.triples, text);
      return;
    }
    const count = found.results?.results.bindings.length || 0;
    const message = "yes" in found ? words[found.yes ? "query-yes" : "query-no"] : counted(count);
    if (count) {
      const names = await answers.named(found.results, async (query) => (await engine.answer(query, ["claims"])).results);
      found.results.results.bindings.splice(engine.most);
      const bars = answers.charted(found.results);
      keep = (format) => engine.file(text, format, parts);
      drawn = (name) => name === "chart" ? answers.chart(found.results, bars, { names, heads }) : answers.table(found.results, { names, heads });
      offer(bars ? ["table", "chart"] : ["table"], ["csv", "json"]);
    }
    status.textContent = message;
  };

  // Where a query stops being SPARQL, and the prefix that it does not declare, if that is why; null for other messages.
  const placeOf = (text, message) => {
    const place = /(?:error at |^query:)(\d+):(\d+): (.*)/s.exec(message);
    if (!place) return null;
    const number = Number(place[1]);
    const line = text.split("\n")[number - 1] || "";
    const column = Math.max(1, Number(place[2]) - (number === 1 ? engine.offset(text) : 0));
    if (page.endpoint) return { line, number, column, prefix: /the prefix `([^`]*)`/.exec(place[3])?.[1] };
    const unknown = place[3].includes("Prefix not found") && /[^\s(){},;.^/|]*:[^\s(){},;]*$/.exec(line.slice(0, column - 1));
    return { line, number, column: unknown ? unknown.index + 1 : column, prefix: unknown ? `${String(unknown).split(":")[0]}:` : "" };
  };

  // Why there is no answer: a sentence, and the line with a caret below.
  const complain = (text, message) => {
    const place = placeOf(text, message);
    if (!place) {
      const said = document.createElement("span");
      if (!Object.values(words).includes(message) && !message.startsWith(words["query-long"].split("{")[0])) said.lang = "en";
      said.textContent = message;
      status.replaceChildren(`${words["query-wrong"]} `, said);
      return;
    }
    const { line, number, column, prefix } = place;
    const said = answers.say(prefix ? "query-prefix" : "query-syntax", { line: number, column, prefix });
    status.textContent = `${words["query-wrong"]} ${said}`;
    answer.replaceChildren(answers.plain(`${line}\n${line.slice(0, column - 1).replace(/[^\t]/g, " ")}^`));
    answer.hidden = false;
  };

  let turn = 0;
  const run = async (text, context) => {
    turn += 1;
    const mine = turn;
    nothing();
    stop.hidden = false;
    answer.setAttribute("aria-busy", "true");
    try {
      await show(text, context);
    } catch (error) {
      if (mine !== turn) return;
      if (error instanceof Stopped) status.textContent = words["query-stopped"];
      else complain(text, error.message || String(error));
    }
    if (mine !== turn) return;
    stop.hidden = progress.hidden = true;
    answer.removeAttribute("aria-busy");
  };

  const askQuestion = async () => {
    const question = chosen();
    const found = await values();
    if (!found) {
      status.textContent = words["query-look"];
      return;
    }
    remember([["ask", question.name], ...Object.entries(found)]);
    const text = queryOf(question, found);
    if (own.open && area.value === put) {
      put = text;
      write(text);
    }
    await run(text, { parts: question.parts, heads: page.columns });
  };

  const askOwn = async () => {
    remember([["sparql", area.value]]);
    await run(area.value, { heads: {} });
  };

  // The editor is loaded when somebody wants to write; without it the text area does.
  let opened = false;
  const open = () => {
    own.open = true;
    if (opened) return;
    opened = true;
    const label = writing.querySelector("[for=sparql]");
    window.kgScript("assets/editor.js").then(() => {
      editor = window.kgEditor(area, { "aria-labelledby": label.id, "aria-describedby": area.getAttribute("aria-describedby") }, () => writing.requestSubmit());
      label.addEventListener("click", () => editor.focus());
    }).catch(() => { /* without the editor, the text area does */ });
  };

  // Show what the address says, and ask it if it says so; a name alone chooses a question.
  const follow = async () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    const name = asked.get("ask") || location.hash.slice(1);
    if (asked.has("sparql")) {
      open();
      put = "";
      write(asked.get("sparql"));
      await askOwn();
    } else if (questions.has(name)) {
      choose(name, asked.has("ask") ? Object.fromEntries(asked) : null);
      await renew();
      if (asked.has("ask")) await askQuestion();
    } else if (!location.hash) {
      nothing();
      status.textContent = "";
    }
  };

  menu.addEventListener("change", async () => {
    choose(menu.value);
    if (own.open) await renew();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    askQuestion();
  });
  writing.addEventListener("submit", (event) => {
    event.preventDefault();
    askOwn();
  });
  own.addEventListener("toggle", async () => {
    if (!own.open) return;
    open();
    await renew();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) writing.requestSubmit();
  });
  stop.addEventListener("click", () => {
    engine.stop();
    menu.focus();
  });
  window.addEventListener("popstate", follow);
  for (const each of views.children) each.addEventListener("click", () => view(each.dataset.view));
  for (const each of kept) {
    each.addEventListener("click", async () => {
      const { format } = each.dataset;
      const link = document.createElement("a");
      const before = status.textContent;
      const file = await Promise.resolve(keep(format)).catch((error) => complain("", error.message));
      if (file === undefined) return;
      status.textContent = before;
      link.href = URL.createObjectURL(new Blob([file], { type: MEDIA[format] }));
      link.download = `${own.open ? "answer" : menu.value}.${format}`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }
  // The other language shows the same question.
  for (const link of document.querySelectorAll("[data-language]")) {
    link.addEventListener("click", () => { link.hash = location.hash; });
  }
  choose(menu.value);
  if (location.hash) follow();
  // Before, the browser itself would have sent the form, and shown the page again without an answer.
  for (const each of document.querySelectorAll("form.query button:disabled")) each.disabled = false;
})();
