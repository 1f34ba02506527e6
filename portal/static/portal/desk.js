// Keyboard comforts of the desk; every act also has its button.
const THEN = 1500; // milliseconds between the two keys of "g q"
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
const rows = [...document.querySelectorAll("table.keys tbody tr a:first-of-type, ul.keys li a:first-of-type")]
  .filter((link, index, all) => !all.slice(0, index).some((earlier) => earlier.closest("tr, li") === link.closest("tr, li")));
let first = { key: "", at: 0 };

function walk(step) {
  const here = rows.findIndex((link) => link.closest("tr, li").contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  if (next) next.focus();
}

function showKeys() {
  const keys = document.querySelector("[data-portal-keys]");
  if (!keys) return;
  keys.open = !keys.open;
  if (keys.open) keys.querySelector("summary").focus();
}

// What bears these keys: one, or two in turn.
function named(key, at) {
  const chord = at - first.at < THEN && document.querySelector(`[data-portal-key="${CSS.escape(`${first.key} ${key}`)}"]`);
  first = { key, at };
  return chord || document.querySelector(`[data-portal-key="${CSS.escape(key)}"]`);
}

const box = () => document.activeElement.closest("tr")?.querySelector("input[type=checkbox]");
const press = (element) => ["A", "BUTTON"].includes(element.tagName) ? element.click() : element.focus();

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const search = document.querySelector("input[type=search]");
  const found = named(event.key, event.timeStamp);
  if (event.key === "/" && search) search.focus();
  else if (event.key === "?") showKeys();
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x" && box()) box().click();
  else if (found) press(found);
  else return;
  event.preventDefault();
});

// A long work tells how far it is: its part of the page is asked again until it is over.
async function follow(part) {
  const wait = Number(part.dataset.portalPoll);
  if (!wait) return;
  await new Promise((resolve) => setTimeout(resolve, wait));
  const answer = await fetch(location.href).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const fresh = page?.getElementById(part.id);
  if (fresh) part.replaceWith(document.adoptNode(fresh));
  follow(fresh ?? part);
}

document.querySelectorAll("[data-portal-poll]").forEach(follow);
