// When a reader points at a passage, or reaches it with the keyboard or by its address, all parts of the claim are
// highlighted, and its card is shown beside the text. On a touch screen the first touch shows the card.
"use strict";
(() => {
  const reading = document.querySelector(".reading");
  const text = reading && reading.querySelector(".text");
  if (!text) return;
  const { card: name, close: closing, link: linking } = reading.dataset;
  const passages = [...text.querySelectorAll("[data-at]")];
  let shown = "";
  // Pixels between a passage and the card below it.
  const MARGIN = 16;

  const card = document.createElement("aside");
  card.className = "card";
  card.hidden = true;
  card.setAttribute("aria-label", name);
  reading.append(card);

  // The pieces of text that are part of a claim: of all its passages, also where a shorter claim lies within.
  const piecesOf = (item) => {
    const places = (item.dataset.places || "").split(" ").map((each) => each.split("-").map(Number));
    return passages.filter(({ dataset: { at } }) => places.some(([start, end]) => start <= at && at < end));
  };

  const light = (id) => {
    for (const each of document.querySelectorAll(".lit")) each.classList.remove("lit");
    const item = id && document.getElementById(id);
    if (!item) return null;
    const markers = [...text.querySelectorAll(".marker")].filter((each) => each.dataset.claim === id);
    for (const each of [item, ...markers, ...piecesOf(item)]) each.classList.add("lit");
    return item;
  };

  const hide = () => {
    light("");
    shown = "";
    card.hidden = true;
  };

  const button = () => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = closing;
    made.addEventListener("click", hide);
    return made;
  };

  const show = (id) => {
    const item = light(id);
    if (!item || shown === id) return;
    shown = id;
    const link = document.createElement("a");
    link.href = `#at-${id}`;
    link.textContent = linking;
    const actions = document.createElement("p");
    actions.className = "more";
    actions.append(link, button());
    card.replaceChildren(item.querySelector(".claim").cloneNode(true), actions);
    card.hidden = false;
  };

  // Where the card is below the text, the passage moves up from behind it.
  const showAt = (id) => {
    show(id);
    const lit = text.querySelector(".lit");
    if (!lit || card.hidden || getComputedStyle(card).position !== "fixed") return;
    const behind = lit.getBoundingClientRect().bottom + MARGIN - card.getBoundingClientRect().top;
    if (behind > 0) window.scrollBy(0, behind);
  };

  const claimAt = (event) => event.target.closest?.("[data-claim]")?.dataset.claim;
  // Not pointerover: a pointer at rest gets that too, when the page moves under it, and a card just closed would return.
  let pointed;
  text.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || claimAt(event) === pointed) return;
    pointed = claimAt(event);
    if (pointed) show(pointed);
  });
  text.addEventListener("pointerleave", () => { pointed = undefined; });
  text.addEventListener("focusin", (event) => {
    if (claimAt(event)) showAt(claimAt(event));
  });
  // A touch gives the focus before it clicks: the first one only shows the card.
  let before = "";
  text.addEventListener("pointerdown", () => { before = shown; });
  text.addEventListener("click", (event) => {
    const id = claimAt(event);
    if (!id || event.pointerType !== "touch" || before === id) return;
    event.preventDefault();
    showAt(id);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  for (const event of ["pointerover", "focusin"]) {
    document.querySelector(".numbered")?.addEventListener(event, ({ target }) => light(target.closest("[data-places]")?.id));
  }

  const arrive = () => {
    if (location.hash.startsWith("#at-")) showAt(decodeURIComponent(location.hash.slice(4)));
  };
  window.addEventListener("hashchange", arrive);
  arrive();
})();
