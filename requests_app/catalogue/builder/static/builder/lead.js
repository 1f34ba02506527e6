// A link to a fault (…#block-…-section): open its tab and the drawers around it, then show it.
// Wagtail draws the blocks after the page is read, so the block is looked for a few times.
const TRIES = 20;
const PAUSE = 150; // milliseconds

const open = (block) => {
  const tab = block.closest("[role='tabpanel']");
  document.querySelector(`[role='tab'][href='#${tab?.id}']`)?.click();
  for (let around = block; around; around = around.parentElement?.closest("[data-panel]")) {
    const toggle = around.querySelector("[data-panel-toggle]");
    if (toggle?.getAttribute("aria-expanded") === "false") toggle.click();
  }
  block.scrollIntoView({ block: "start" });
  block.querySelector("[data-panel-toggle]")?.focus({ preventScroll: true });
};

const look = (left) => {
  const block = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (block) open(block);
  else if (left) setTimeout(look, PAUSE, left - 1);
};

if (window.location.hash.startsWith("#block-")) look(TRIES);
