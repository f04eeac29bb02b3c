// What the page asks the server. Edits go one after the other, so that each sees what the one before it wrote.

import { SERVER, complain, language, say } from "./page.js";

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

let waiting = 0;
document.body.dataset.saving = "0";

/** Count what is under way, so that whoever closes the page before the last decision is written is asked first. */
async function counted(promise) {
  waiting += 1;
  document.body.dataset.saving = String(waiting);
  try {
    return await promise;
  } finally {
    waiting -= 1;
    document.body.dataset.saving = String(waiting);
  }
}

addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });

export async function ask(path, body, signal) {
  const posted = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const asked = fetch(`/api/${path}`, {
    ...posted,
    headers: { "Accept-Language": language, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    cache: "no-store",
    signal,
  }).catch((error) => { throw new Silence(error.message, { cause: error }); });
  const answered = asked.then(async (response) => [response, await response.json().catch(() => ({}))]);
  const [response, answer] = await (body === undefined ? answered : counted(answered));
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}

export const articlePath = (id) => `articles/${id.split("/").map(encodeURIComponent).join("/")}`;

/** Show why something failed: the server's reason, or that nothing answers; `about` is what it was for. */
export function explain(error, about = "") {
  if (error instanceof Refusal) {
    complain(error.answer.error || { title: say("error-refused", { status: error.status }), fix: say("error-reopen") }, about);
  } else if (error instanceof Silence) {
    complain({ title: say("error-gone"), fix: say("error-gone-fix") }, SERVER);
  } else {
    throw error;
  }
}

let last = Promise.resolve();
let waitingForChanges = null;

/** Run a task when all before it are done, and return its result. */
export function inTurn(task) {
  // The answer would be the state before this task, or what it wrote.
  waitingForChanges?.abort();
  const done = counted(last.then(task));
  last = done.catch(() => {});
  return done;
}

async function idle() {
  for (let seen = null; seen !== last;) {
    seen = last;
    await seen;
  }
}

/** Hand on each change of an article that others make, as long as the page is open; `lost` is told when the server is away. */
export async function follow(id, version, { changed, lost }) {
  let away = false;
  for (;;) {
    await idle();
    waitingForChanges = new AbortController();
    const { signal } = waitingForChanges;
    try {
      const { state } = await ask(`${articlePath(id)}/changes?version=${encodeURIComponent(version())}`, undefined, signal);
      if (away) lost(false);
      away = false;
      if (state && !signal.aborted) changed(state);
    } catch (error) {
      if (signal.aborted) continue;
      if (!(error instanceof Silence) && !(error.status >= 500)) return explain(error);
      if (!away) lost(true);
      away = true;
      await new Promise((resolve) => { setTimeout(resolve, 2000); });
    }
  }
}
