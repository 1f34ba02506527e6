// The desk on a shared PC and on a line that drops: the screen locks with one key or by itself, and a form that finds
// the server away waits on its page with all that was typed. Nothing is ever written in the browser's storage.
const lockForm = document.querySelector("form[data-portal-lock]");
const words = lockForm.dataset;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DOUBLE_PRESS = 700;
const RETRY_SECONDS = 5;
const LONGEST_ANSWER = 8 * SECOND;

// -- Lock ----------------------------------------------------------------------------------------

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("portal-desk") : null;

function hide() {
  document.body.hidden = true;
  document.title = "";
}

function lock() {
  if (tabs) tabs.postMessage("locked");
  hide();
  lockForm.submit();
}

if (tabs) {
  tabs.addEventListener("message", () => {
    hide();
    // The other tab's request arrives first.
    setTimeout(() => location.replace(`${words.page}?next=${encodeURIComponent(location.pathname + location.search)}`), 1500);
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
