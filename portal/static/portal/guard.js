// The desk on a shared PC and on a line that drops: the screen locks with one key or by itself, and a form that finds
// the server away waits on its page with all that was typed. Nothing is ever written in the browser's storage: what was
// typed on a page that locks waits in the session of the same person, and comes back to the same page.
const lockForm = document.querySelector("form[data-portal-lock]");
const words = lockForm.dataset;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DOUBLE_PRESS = 700;
const RETRY_SECONDS = 5;
const LONGEST_ANSWER = 8 * SECOND;

// -- Lock ----------------------------------------------------------------------------------------

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("portal-desk") : null;

// -- What was typed ------------------------------------------------------------------------------

const NEVER_KEPT = ["hidden", "password", "file", "submit", "button", "reset", "image", "search"];
const here = () => location.pathname + location.search;
const forms = () => [...document.querySelectorAll("main form[method=post]")];
const wordsOf = (form) => [...form.elements].filter((field) => field.name && !field.disabled && !NEVER_KEPT.includes(field.type) && field.autocomplete !== "one-time-code");

function changed(field) {
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  if (field.type === "select-multiple") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  if (field.type === "select-one") return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  return field.value !== field.defaultValue;
}

function valueOf(field) {
  if (["checkbox", "radio"].includes(field.type)) return field.checked;
  if (field.type === "select-multiple") return [...field.selectedOptions].map((option) => option.value);
  return field.value;
}

// JSON of the forms where something was typed, or that came back with their faults; "" when there is none.
function typed() {
  const bounced = document.getElementById("erreurs");
  const kept = [];
  forms().forEach((form, index) => {
    const fields = wordsOf(form);
    if (!fields.length || !(bounced || fields.some(changed))) return;
    const seen = {};
    kept.push({ form: index, fields: fields.map((field) => [field.name, (seen[field.name] = (seen[field.name] ?? -1) + 1), valueOf(field)]) });
  });
  return kept.length ? JSON.stringify(kept) : "";
}

function put(field, value) {
  const before = JSON.stringify(valueOf(field));
  if (before === JSON.stringify(value)) return;
  if (typeof value === "boolean") field.checked = value;
  else if (Array.isArray(value)) for (const option of field.options) option.selected = value.includes(option.value);
  else field.value = value;
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}

// A question that only appears under another answer is waited for a moment.
async function restore(kept) {
  for (let tries = 0, left = kept; left.length && tries < 8; tries += 1) {
    if (tries) await new Promise((done) => setTimeout(done, 400));
    left = left.map(({ form, fields }) => ({
      form,
      fields: fields.filter(([name, nth, value]) => {
        const field = wordsOf(forms()[form] ?? lockForm).filter((one) => one.name === name)[nth];
        if (field) put(field, value);
        return !field;
      }),
    })).filter(({ fields }) => fields.length);
  }
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  document.querySelector("main").prepend(notice);
  notice.textContent = words.restored;
}

function send(address, facts) {
  const csrf = lockForm.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(address, { method: "POST", cache: "no-store", body: new URLSearchParams({ csrfmiddlewaretoken: csrf, page: here(), ...facts }) });
}

if (words.kept) {
  send(words.kept, {})
    .then((answer) => answer.json())
    .then(({ forms: kept }) => kept.length && restore(kept))
    .catch(() => {});
}

// -- The screen hidden ---------------------------------------------------------------------------

function hide() {
  document.body.hidden = true;
  document.title = "";
}

// Beside the button's own form, so that the button and the keys lock alike.
function takeAlong() {
  for (const [name, value] of [["kept", typed()], ["next", here()]]) {
    let field = lockForm.querySelector(`[name=${name}]`);
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      lockForm.append(field);
    }
    field.value = value;
  }
  if (tabs) tabs.postMessage("locked");
  hide();
}

function lock() {
  takeAlong();
  lockForm.submit();
}
lockForm.addEventListener("submit", takeAlong);

if (tabs) {
  tabs.addEventListener("message", () => {
    const kept = typed();
    hide();
    // The other tab's request arrives first.
    setTimeout(async () => {
      if (kept) await send(words.keep, { kept }).catch(() => {});
      location.replace(`${words.page}?next=${encodeURIComponent(here())}`);
    }, 1500);
  });
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
let pressed = 0;
document.addEventListener("keydown", (event) => {
  const now = Date.now();
  if (event.ctrlKey && event.altKey && event.code === "KeyL") {
    event.preventDefault();
    lock();
  } else if (event.key === "v" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat && !typing(event.target)) {
    if (now - pressed < DOUBLE_PRESS) lock();
    pressed = now;
  } else {
    pressed = 0;
  }
});

// -- Nobody at the screen ------------------------------------------------------------------------

let used = Date.now();
let told = used;
function there() {
  used = Date.now();
  if (used - told < MINUTE) return;
  told = used;
  reach();
}
for (const sign of ["keydown", "pointerdown", "pointermove", "wheel"]) document.addEventListener(sign, there, { passive: true });
setInterval(() => {
  if (Date.now() - used > words.minutes * MINUTE) lock();
}, 5 * SECOND);

// -- The server away -----------------------------------------------------------------------------

// "" when the server is there and the session open, otherwise why not, in words.
async function reach() {
  try {
    const answer = await fetch(words.awake, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(LONGEST_ANSWER) });
    if (answer.status === 204) return "";
    if (answer.status === 423) return words.locked;
    return answer.type === "opaqueredirect" ? words.closed : words.away;
  } catch {
    return words.away;
  }
}

function pause(seconds, say) {
  return new Promise((done) => {
    const step = () => {
      if (!seconds) return done();
      say(seconds);
      seconds -= 1;
      setTimeout(step, SECOND);
    };
    step();
  });
}

const waiting = new Map();
const passed = new WeakSet();
const holdsWords = (form) => form.querySelector("input:not([type=hidden], [type=submit], [type=search]), select, textarea");

function noticeOf(form) {
  const notice = document.createElement("p");
  notice.className = "notice warning waits";
  notice.setAttribute("role", "status");
  form.append(notice);
  return notice;
}

async function sendWhenBack(form, submitter) {
  let notice = null;
  for (let why = await reach(); why; why = await reach()) {
    notice = notice || noticeOf(form);
    await pause(RETRY_SECONDS, (left) => {
      notice.textContent = why.replace("[s]", left);
    });
  }
  if (notice) notice.remove();
  // Who logged in again meanwhile has another token.
  const token = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  const field = form.querySelector("[name=csrfmiddlewaretoken]");
  if (token && field) field.value = token.slice("csrftoken=".length);
  waiting.delete(form);
  passed.add(form);
  form.requestSubmit(submitter);
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (passed.delete(form) || form.getAttribute("method") !== "post" || form === lockForm || !holdsWords(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting.has(form)) return;
    waiting.set(form, true);
    sendWhenBack(form, event.submitter);
  },
  true,
);
window.addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});
