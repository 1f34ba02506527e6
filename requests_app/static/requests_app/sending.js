// What leaves a page on a bad line is sent again until it has arrived, and a sentence says where it stands.
// Without this file the browser sends the page by itself, once; the server takes both, and takes it only once.
const WAITS = [2, 4, 8, 15, 30]; // seconds between two tries
const PATIENCE = 30; // seconds for one try

const line = document.querySelector("[data-portal-line]");
const retry = line && line.querySelector("[data-portal-retry]");
// The named buttons after which one goes somewhere else.
const LEAVING = ["next", "send"];
const checks = [];

// Say where things stand: "typing", "sending", "cut" or "kept"; the words are the page's own, or the server's.
export function say(state, words) {
  if (!line) return;
  const place = line.querySelector("[data-portal-words]");
  const text = words || line.dataset[state] || "";
  // The same words again would be read aloud again.
  if (place.textContent !== text) place.textContent = text;
  line.dataset.state = state;
  retry.hidden = state !== "cut";
}

// One try. Rejects when nothing came back in time, or when a server on the way says that ours is not there.
export async function send(url, options, seconds = PATIENCE) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  try {
    const answer = await fetch(url, Object.assign({ signal: stop.signal, credentials: "same-origin" }, options));
    if (answer.status > 501) throw new TypeError(answer.status);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

// Wait that many seconds, less when the line comes back or somebody presses "Réessayer".
export function pause(seconds) {
  return new Promise((go) => {
    const timer = setTimeout(done, seconds * 1000);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      if (retry) retry.removeEventListener("click", done);
      go();
    }
    window.addEventListener("online", done);
    if (retry) retry.addEventListener("click", done);
  });
}

// Try until it succeeds; `cut` is called after each failure.
export async function insist(attempt, cut) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      cut(error);
    }
    await pause(WAITS[Math.min(tries, WAITS.length - 1)]);
  }
}

// What the form says now, without its files.
export function written(form) {
  const words = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") words.append(name, value);
  return words;
}

// Whoever sends on its own is waited for: `check()` resolves to false when the page must not leave.
export function waitFor(check) {
  checks.push(check);
}

function holdsFiles(form) {
  return Array.from(form.querySelectorAll("input[type=file]")).some((input) => input.files.length);
}

async function depart(form, button) {
  form.dataset.leaving = "1";
  say("sending");
  for (const check of checks) {
    if (await check()) continue;
    delete form.dataset.leaving;
    delete form.dataset.sent;
    return;
  }
  const told = await insist(
    async () => {
      const words = written(form);
      if (button && button.name) words.append(button.name, button.value);
      const headers = { "X-Portal-Quiet": "send" };
      const answer = await send(form.action, { method: "POST", body: words, headers });
      // A page that knows nothing of this went where it goes by itself.
      if (answer.redirected) return { next: answer.url };
      return answer.ok && /json/.test(answer.headers.get("Content-Type")) ? answer.json() : {};
    },
    () => say("cut")
  );
  // A phone that knows it has no line would show its own error page.
  while (told.next && !navigator.onLine) {
    say("cut");
    await pause(5);
  }
  if (told.next) {
    // Without the fragment, which alone would not fetch this very page again.
    location.assign(told.next.split("#")[0]);
    return;
  }
  // The page has something to say: the browser sends it, and shows the answer.
  if (button && button.name) {
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
  }
  form.submit();
}

// An older browser does not say which button was pressed: it sends its pages itself.
if (typeof SubmitEvent === "function" && "submitter" in SubmitEvent.prototype) {
  for (const form of document.querySelectorAll("form[data-portal-steady]")) {
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      // A button that changes this very page ("Ajouter") shows the page that comes back.
      const stays = button && button.name && !LEAVING.includes(button.name);
      if (event.defaultPrevented || stays || holdsFiles(form)) return;
      event.preventDefault();
      depart(form, button);
    });
    window.addEventListener("pageshow", () => delete form.dataset.leaving);
  }
}
