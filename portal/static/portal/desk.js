// Keyboard comforts of the desk; every act also has its button.
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
const rows = [...document.querySelectorAll("table.keys tbody tr a:first-of-type, ul.keys li a:first-of-type")]
  .filter((link, index, all) => !all.slice(0, index).some((earlier) => earlier.closest("tr, li") === link.closest("tr, li")));

function walk(step) {
  const here = rows.findIndex((link) => link.closest("tr, li").contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  if (next) next.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const search = document.querySelector("input[type=search]");
  const named = document.querySelector(`[data-portal-key="${CSS.escape(event.key)}"]`);
  if (event.key === "/" && search) search.focus();
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (named) named.tagName === "A" || named.tagName === "BUTTON" ? named.click() : named.focus();
  else return;
  event.preventDefault();
});
