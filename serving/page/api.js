// Calls to the service this page comes from. Every failure is an Error whose message is a sentence to show.
import * as key from "./key.js";

const MOST_WAITS = 60;

export class CallError extends Error {
  /** `seconds`: after which the service asks to be called again; 0: it says nothing of that. */
  constructor(message, status, seconds = 0) {
    super(message);
    this.status = status;
    this.seconds = seconds;
  }
}

const wait = (seconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, 1000 * seconds);
  signal?.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(signal.reason);
  }, { once: true });
});

/** GET, or POST when there is a body, or another method; what it answers, as JSON. */
export async function call(path, body, signal, method) {
  return (await answerOf(path, body, signal, method)).json();
}

/** GET for what a person has not asked for: it fails where it would have to ask for a key. */
export async function callUnasked(path, signal) {
  const response = await send(path, undefined, signal);
  if (!response.ok) throw await failure(response);
  return response.json();
}

/** POST a form; what it answers, as a file. */
export async function callForFile(path, form, signal) {
  return (await answerOf(path, form, signal)).blob();
}

/** The answer to a call; asks for a key where none, an unknown one or a weak one was given, and calls again. */
async function answerOf(path, body, signal, method) {
  for (;;) {
    const response = await send(path, body, signal, method);
    if (response.ok) return response;
    const problem = await failure(response);
    const reason = response.status === 401 && key.current() === "" ? key.FOR_ANYTHING : problem.message;
    if ((response.status === 401 || response.status === 403) && (await key.ask(reason))) continue;
    throw problem;
  }
}

/** One of many calls: while the service has too much to do it waits as long as it is asked to; `waiting` is told. */
export async function callPatiently(path, body, signal, waiting) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call(path, body, signal);
    } catch (error) {
      if (error.status !== 429 || attempt >= MOST_WAITS) throw error;
      waiting(error.message);
      await wait(Math.max(error.seconds, 1), signal);
    }
  }
}

/** A call that waits while the model is loading; `waiting` is told each time. */
export async function callWhenReady(path, waiting) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call(path);
    } catch (error) {
      if (error.status !== 503 || attempt >= MOST_WAITS) throw error;
      waiting(error.message);
      await wait(2);
    }
  }
}

async function send(path, body, signal, method = body === undefined ? "GET" : "POST") {
  const headers = key.current() ? { Authorization: `Bearer ${key.current()}` } : {};
  const request = { method, headers, signal, cache: "no-store", credentials: "omit" };
  if (body !== undefined) {
    const isForm = body instanceof FormData; // its type, with the boundary, is the browser's to say
    request.body = isForm ? body : JSON.stringify(body);
    if (!isForm) headers["Content-Type"] = "application/json";
  }
  try {
    return await fetch(path, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallError("The service cannot be reached; see that it runs, then try again.", 0);
  }
}

async function failure(response) {
  const answer = await response.json().catch(() => null);
  const said = answer?.error ?? `The service answered ${response.status}.`;
  const seconds = Number(response.headers.get("Retry-After"));
  return new CallError(response.status === 429 && seconds ? `${said} It asks for ${seconds} s.` : said, response.status, seconds);
}
