// Reviews of a claim by fact-checkers: a list in which each is made and changed in a small form.

import { button, h, say } from "./page.js";
import { chip } from "./fields.js";

let made = 0;

/** Return a review as a person reads it: who, the verdict, the address. */
export function reviewName({ by, rating, url }, state) {
  const verdict = rating && (textOf(rating.name) || labelOf(state, rating.verdict) || rating.value);
  return [state.entities.find((each) => each.id === by)?.name || by, verdict, url].filter(Boolean).join(" · ");
}

const labelOf = (state, verdict) => state.choices.verdict.find((each) => each.value === verdict)?.label || verdict;
const textOf = (name) => (typeof name === "object" && name ? Object.values(name)[0] : name) || "";

/** The reviews of a claim; what the form does not have, such as a scale, stays as it is. */
export function reviewsField({ id, value, state, save }) {
  const reviews = [value ?? []].flat();
  const place = h("div", { class: "creating" });
  const stop = () => { place.replaceChildren(); add.focus(); };
  const open = (number) => {
    const written = (review) => save(number === undefined ? [...reviews, review] : reviews.toSpliced(number, 1, review));
    place.replaceChildren(reviewForm(reviews[number] || {}, state, { written, stop }));
    place.querySelector("input").focus();
  };
  const without = (number) => { const left = reviews.toSpliced(number, 1); save(left.length ? left : null); };
  const add = button(say("add-review"), () => open(), { class: "quiet", id });
  return h("div", { class: "chooser" },
    reviews.map((each, number) => [
      chip(reviewName(each, state), () => without(number)),
      button(say("change"), () => open(number), { class: "quiet", "aria-label": say("change-review", { review: reviewName(each, state) }) }),
    ]), add, place);
}

function reviewForm(review, state, { written, stop }) {
  made += 1;
  const input = (name, value, more = {}) => h("input", { id: `review-${name}-${made}`, value, dir: "auto", ...more });
  const select = (name, value, choices) => h("select", { id: `review-${name}-${made}` }, h("option", { value: "" }, "–"),
    choices.map((each) => h("option", { value: each.value, selected: each.value === value }, each.label)));
  const checkers = state.entities.filter((each) => /Person|Organization/.test(each.type)).map(({ id, name }) => ({ value: id, label: name }));
  const { rating = {} } = review;
  const controls = {
    url: input("url", review.url || "", { inputmode: "url" }),
    by: select("by", review.by, checkers),
    published: input("published", typeof review.published === "object" ? review.published.edtf : review.published || ""),
    name: input("name", textOf(rating.name)),
    verdict: select("verdict", rating.verdict, state.choices.verdict),
  };
  const submit = () => {
    const given = Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.value.trim()]));
    if (!given.url && !given.by) { controls.url.focus(); return; }
    written(changed(review, given));
  };
  const form = h("div", { class: "entity" },
    Object.entries(controls).map(([name, control]) => [h("label", { for: control.id }, say(`review-${name}`)), control]),
    h("div", { class: "actions" }, button(say("save"), submit), button(say("cancel"), stop, { class: "quiet" })));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") { event.preventDefault(); submit(); }
    if (event.key === "Escape") { event.stopPropagation(); stop(); }
  });
  return form;
}

/** Return a review with what was given; a name in several languages, or a date with its words, stays if it was not changed. */
function changed(review, { url, by, published, name, verdict }) {
  const before = review.rating || {};
  const rating = filled({ ...before, name: name === textOf(before.name) ? before.name : name, verdict });
  const day = published === review.published?.edtf ? review.published : published;
  return filled({ ...review, url, by, published: day, rating: Object.keys(rating).length ? rating : null });
}

const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, each]) => each));
