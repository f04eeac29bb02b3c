// What the page asks the server. Edits go one after the other, so that each sees what the one before it wrote.

import { complain, language, say } from "./page.js";

/** The server answered that it cannot do this; `answer` is what it said. */
export class Refusal extends Error {
  constructor(status, answer) {
    super(answer.error?.title || `HTTP ${status}`);
    this.status = status;
    this.answer = answer;
  }
}

/** Nothing answered. */
export class Silence extends Error {}

export async function ask(path, body) {
  const posted = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`/api/${path}`, {
    ...posted,
    headers: { "Accept-Language": language, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    cache: "no-store",
  }).catch((error) => { throw new Silence(error.message, { cause: error }); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}

export const articlePath = (id) => `articles/${id.split("/").map(encodeURIComponent).join("/")}`;

/** Show why something failed: the server's reason, or that nothing answers. */
export function explain(error) {
  if (error instanceof Refusal) {
    complain(error.answer.error || { title: say("error-refused", { status: error.status }), fix: say("error-reopen") });
  } else if (error instanceof Silence) {
    complain({ title: say("error-gone"), fix: say("error-gone-fix") });
  } else {
    throw error;
  }
}

let last = Promise.resolve();
let waiting = 0;
document.body.dataset.saving = "0";

/** Run a task when all before it are done, and return its result. */
export function inTurn(task) {
  const done = last.then(task);
  const count = (change) => { waiting += change; document.body.dataset.saving = String(waiting); };
  count(1);
  last = done.catch(() => {}).then(() => count(-1));
  return done;
}

// Whoever closes the page before the last decision is written is asked first.
addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });

/** Hand on each change of an article, for as long as the page is open; `lost` is told whether the server is away. */
export async function follow(id, version, { changed, lost }) {
  let away = false;
  for (;;) {
    try {
      const { state } = await ask(`${articlePath(id)}/changes?version=${encodeURIComponent(version())}`);
      if (away) lost(false);
      away = false;
      if (state) changed(state);
    } catch (error) {
      if (!(error instanceof Silence) && !(error.status >= 500)) return explain(error);
      if (!away) lost(true);
      away = true;
      await new Promise((resolve) => { setTimeout(resolve, 2000); });
    }
  }
}
