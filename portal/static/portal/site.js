// Only comforts: every page works without this file.
const errors = document.querySelector("[data-portal-errors]");
if (errors) errors.focus();

for (const button of document.querySelectorAll("[data-portal-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-portal-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.portalCopy);
    button.textContent = button.dataset.portalCopied || button.textContent;
  });
}

// A second press while the first is travelling sends nothing; the server is idempotent anyway.
for (const form of document.querySelectorAll("form[data-portal-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}
