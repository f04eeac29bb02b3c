// The address for the path of an IRI: its page, or in a large site its section of an article. A text and its passages
// have no page of their own: their address is that of the article. The path of somebody else's IRI may begin with a
// scheme or a slash: `./` keeps it a path.
"use strict";
(() => {
  const { large } = document.body.dataset;
  const root = document.body.dataset.root || "./";
  const tongue = document.documentElement.lang;
  const suffix = location.pathname.endsWith(`.${tongue}.html`) ? `.${tongue}.html` : ".html";
  window.kgAddress = (path) => {
    const [, place, fragment] = /^([^#]*)(.*)$/.exec(path);
    const text = /^text\/(.+)\/\d+$/.exec(place);
    if (text) return `${root}article/${text[1]}${suffix}`;
    const part = large === undefined ? null : /^(claim|occasion|source)\/(.+)\/([^/]+)$/.exec(place);
    if (!part) return `${root}${place || "index"}${suffix}${fragment}`;
    return `${root}article/${part[2]}${suffix}#${part[1] === "claim" ? "" : `${part[1]}.`}${part[3]}`;
  };
})();

// A text without case and diacritics, for comparing what is typed with names; as in search_index.py.
window.kgFolded = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

// Load a script below the root, such as `assets/editor.js`; data are scripts too, so that they also load from a disk.
window.kgScript = (name) => new Promise((resolve, reject) => {
  const made = document.createElement("script");
  made.src = document.body.dataset.root + name;
  made.onload = resolve;
  made.onerror = () => {
    made.remove();
    reject(new Error(`${name} could not be loaded`));
  };
  document.head.append(made);
});

// An address that a host does not know: an IRI whose page ends in .html, or that is a section of an article.
(() => {
  const missing = document.querySelector("[data-missing]");
  if (!missing) return;
  const part = "large" in document.body.dataset && /^.*\/((?:claim|occasion|source)\/.+\/[^/.]+)(?:\.[a-z.]+)?$/.exec(location.pathname);
  if (part) location.replace(window.kgAddress(part[1]));
  // The fragment stays when a host leads back here, and says that this was tried. Only guidelines have dots in IRIs.
  else if (!location.hash && /\/(?:[^/.]+|guideline\/[^/]+)$/.test(location.pathname)) location.replace(`${location.pathname}.html#content`);
})();

// The reader's language: whoever comes to the front page for the first time is shown it in theirs, if there is one.
(() => {
  const KEY = "kg-language";
  const remembered = () => {
    try { return localStorage.getItem(KEY); } catch { return "none"; }
  };
  const remember = (language) => {
    try { localStorage.setItem(KEY, language); } catch { /* storage is refused: ask the browser again next time */ }
  };
  const others = [...document.querySelectorAll("[data-language]")];
  for (const link of others) link.addEventListener("click", () => remember(link.dataset.language));
  if (document.body.dataset.page || remembered()) return;
  const shown = document.documentElement.lang;
  const known = [shown, ...others.map((link) => link.dataset.language)];
  const wanted = navigator.languages.map((each) => each.slice(0, 2)).find((each) => known.includes(each)) || shown;
  remember(wanted);
  const link = others.find((each) => each.dataset.language === wanted);
  if (link) location.replace(link.href);
})();

// A claim in a frame of another page: its links open outside the frame.
(() => {
  if (!/^#embed(\.|$)/.test(location.hash)) return;
  for (const link of document.getElementById(location.hash.slice(1))?.querySelectorAll("a") || []) Object.assign(link, { target: "_blank", rel: "noopener" });
})();

// Buttons that copy a text, where the browser lets them.
window.kgCopying = (button) => {
  if (!navigator.clipboard) return;
  const { copy, done } = button.dataset;
  const before = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(copy).textContent);
    button.textContent = done;
    setTimeout(() => { button.textContent = before; }, 2000);
  });
};
for (const button of document.querySelectorAll("[data-copy]")) window.kgCopying(button);

// What is wider than the window scrolls sideways, and has arrows above it that say so.
{
  const mark = ({ target }) => requestAnimationFrame(() => target.toggleAttribute("data-wide", target.scrollWidth > target.clientWidth + 1));
  const observer = new ResizeObserver((entries) => entries.forEach(mark));
  window.kgSideways = (scroll) => observer.observe(scroll);
  document.querySelectorAll(".scroll").forEach(window.kgSideways);
}

// Where a drawing of arcs is wider than the window, it begins at its longest name: what is before that is empty.
for (const drawing of document.querySelectorAll("svg.arcs")) {
  const names = [...drawing.querySelectorAll(".name")].map((name) => name.getBoundingClientRect().left);
  drawing.closest(".scroll").scrollLeft = Math.min(...names) - drawing.getBoundingClientRect().left - 4;
}
