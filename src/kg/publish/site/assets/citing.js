// How a claim is cited that is a section of its article, made when a reader opens the section; as in citations.py.
"use strict";
(() => {
  const list = document.querySelector("[data-container]");
  if (!list) return;
  const { container, publisher, kind, undated, embed, copying, copied } = list.dataset;
  const TEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
  const escaped = (text) => text.replace(/[&%$#_{}\\~^]/g, (each) => TEX[each] || `\\${each}`);

  const apa = ({ by, title, day, iri }) =>
    `${by ? `${by} ` : ""}(${day.slice(0, 4) || undated}). ${title} [${kind}]. ${container}. ${iri}`;

  const bibtex = ({ by, title, day, iri }) => {
    const fields = {
      author: by && `{${escaped(by)}}`, title: `{${escaped(title)}}`, year: day.slice(0, 4), howpublished: escaped(container), url: iri,
    };
    const lines = Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `,\n  ${name} = {${value}}`);
    return `@misc{${iri.split("://")[1].replace(/[^A-Za-z0-9]+/g, "-")}${lines.join("")}\n}`;
  };

  const csl = ({ by, title, day, iri }) => JSON.stringify([{
    id: iri,
    type: "entry",
    author: by ? [{ literal: by }] : [],
    title,
    "container-title": container,
    ...(day ? { issued: { "date-parts": [day.split("-").map(Number)] } } : {}),
    URL: iri,
  }], null, 2);

  const element = (tag, properties, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  const shown = (id, name, content, open) => {
    const button = element("button", { type: "button", hidden: true }, copying);
    Object.assign(button.dataset, { copy: id, done: copied });
    window.kgCopying(button);
    return element("details", { className: "copied", open }, element("summary", {}, name), element("pre", { id, tabIndex: 0 }, content), button);
  };

  // The event of an element that opens does not rise to those around it.
  list.addEventListener("toggle", ({ target }) => {
    if (!target.matches(".whole") || target.querySelector(".copied")) return;
    const { by = publisher, title, day = "" } = target.dataset;
    const cited = { by, title, day, iri: target.querySelector(".iri").textContent };
    const { id } = target.closest("li");
    const frame = target.querySelector(".frame");
    frame.replaceWith(
      shown(`cite-apa-${id}`, "APA", apa(cited), true), shown(`cite-bibtex-${id}`, "BibTeX", bibtex(cited)),
      shown(`cite-csl-${id}`, "CSL-JSON", csl(cited)), shown(`embed-code-${id}`, embed, frame.querySelector("code").textContent),
    );
  }, true);
})();
