// A step keeps itself while it is filled in, and shows the questions that an answer brings up.
// What is typed stays in the page and on the server, never in the phone: phones are shared.
import { say, send, waitFor, written } from "./sending.js";

const form = document.querySelector("form[data-portal-keep]");
const asked = form.querySelector("[data-portal-asked]");
// Questions no longer asked, with what was typed in them, should they come back.
const aside = new Map();
let kept = String(typed());
let whole = true;
let gone = false;
let working = null;
let soon = 0;

// What is typed; a drawing leaves with the button.
function typed() {
  const words = written(form);
  for (const drawing of form.querySelectorAll("[data-portal-signature] > [type=hidden]")) words.delete(drawing.name);
  return words;
}

function changed() {
  return String(typed()) !== kept;
}

async function keep(leaving) {
  clearTimeout(soon);
  if (gone || form.dataset.leaving) return;
  if (working) await working;
  if (!changed()) return;
  working = attempt(leaving);
  const done = await working;
  working = null;
  if (!done && !gone) {
    say("cut");
    later(5000);
  } else if (changed()) later(1500);
}

async function attempt(leaving) {
  const words = typed();
  const now = String(words);
  try {
    const headers = { "X-Portal-Quiet": "keep" };
    const answer = await send(form.action, { method: "POST", body: words, headers, keepalive: Boolean(leaving) });
    // Filed meanwhile, or closed: the button says why.
    gone = !answer.ok || answer.redirected;
    if (gone) return false;
    const told = await answer.json();
    kept = now;
    whole = told.whole;
    if (told.html !== undefined && !form.dataset.leaving) show(told.html, !changed());
    say(told.whole ? "kept" : "typing", told.words);
    return true;
  } catch (error) {
    return false;
  }
}

// Put in the questions that are new and take out those that are no longer asked; the others are not touched,
// so that what is typed and where one is stay. `fresh` is what the server would show; false when something that
// was set aside came back.
function renew(place, fresh) {
  const here = new Map(Array.from(place.children, (node) => [node.dataset.portalField, node]));
  const wanted = new Map(Array.from(fresh.children, (node) => [node.dataset.portalField, node]));
  let untouched = true;
  for (const [key, node] of here) {
    if (wanted.has(key)) continue;
    aside.set(key, node);
    node.remove();
  }
  let next = place.firstElementChild;
  for (const [key, node] of wanted) {
    const mine = here.get(key);
    if (!mine) {
      untouched = untouched && !aside.has(key);
      place.insertBefore(aside.get(key) || node, next);
      aside.delete(key);
      continue;
    }
    next = mine.nextElementSibling;
    // What the server must know of this page.
    if (key === "_marks") mine.replaceWith(node);
    // The items of a group have questions of their own.
    for (const inner of node.querySelectorAll("[data-portal-asked]")) {
      const same = mine.querySelector(`[data-portal-asked="${CSS.escape(inner.dataset.portalAsked)}"]`);
      if (same) untouched = renew(same, inner) && untouched;
    }
  }
  return untouched;
}

// `settled`: nothing was typed since these words left; otherwise they are still to be kept.
function show(html, settled) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  // What the server wrote itself needs no keeping; what comes back from aside does.
  if (renew(asked, fresh.content) && settled) kept = String(typed());
  document.dispatchEvent(new Event("portal:asked"));
}

// What is older must not arrive after the page itself.
waitFor(async () => {
  if (working) await working;
  return true;
});

function later(delay) {
  clearTimeout(soon);
  soon = setTimeout(() => keep(), delay);
}

form.addEventListener("input", () => {
  if (!gone) say("typing");
  later(4000);
});
form.addEventListener("change", (event) => later(event.target.closest("[data-portal-decides]") ? 0 : 1500));
window.addEventListener("online", () => later(0));
for (const button of document.querySelectorAll("[data-portal-retry]")) button.addEventListener("click", () => later(0));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep(true);
});
// What sends files comes when somebody goes to one; should it not arrive, the plain field sends them.
function fetchUploads(event) {
  if (event.target.closest("[data-portal-piece]")) import("./uploads.js").catch(() => null);
}
form.addEventListener("focusin", fetchUploads);
form.addEventListener("pointerdown", fetchUploads);
form.addEventListener("change", fetchUploads);

form.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) form.dataset.leaving = "1"; // the browser sends the page itself
});
window.addEventListener("beforeunload", (event) => {
  if (form.dataset.leaving || (!changed() && whole)) return;
  event.preventDefault();
  event.returnValue = "";
});
