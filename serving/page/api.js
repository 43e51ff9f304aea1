// Calls to the service this page comes from. Every failure is an Error whose message is a sentence to show.
import * as key from "./key.js";

const MOST_WAITS = 60;

export class CallError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const wait = (seconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, 1000 * seconds);
  signal?.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(signal.reason);
  }, { once: true });
});

/** GET, or POST when there is a body; asks for a key where none, an unknown one or a weak one was given, and calls again. */
export async function call(path, body, signal) {
  for (;;) {
    const response = await send(path, body, signal);
    if (response.ok) return response.json();
    const problem = await sentence(response);
    if ((response.status === 401 || response.status === 403) && (await key.ask(problem))) continue;
    throw new CallError(problem, response.status);
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

async function send(path, body, signal) {
  const headers = key.current() ? { Authorization: `Bearer ${key.current()}` } : {};
  const request = { headers, signal, cache: "no-store", credentials: "omit" };
  if (body !== undefined) {
    request.method = "POST";
    request.body = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
  }
  try {
    return await fetch(path, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallError("The service cannot be reached; see that it runs, then try again.", 0);
  }
}

async function sentence(response) {
  const answer = await response.json().catch(() => null);
  const said = answer?.error ?? `The service answered ${response.status}.`;
  const seconds = Number(response.headers.get("Retry-After"));
  return response.status === 429 && seconds ? `${said} It asks for ${seconds} s.` : said;
}
