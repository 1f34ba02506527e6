"""How Viviane works in the workshop of services: tabs, blocks, drawers. Boxes are named as Wagtail posts them."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

# Every drawer around a box, the outermost first.
OPEN_DRAWERS = """box => {
  const shut = [];
  for (let panel = box.closest('[data-panel]'); panel; panel = panel.parentElement.closest('[data-panel]')) {
    const toggle = panel.querySelector('[data-panel-toggle]');
    if (toggle && toggle.getAttribute('aria-expanded') === 'false') shut.unshift(toggle);
  }
  shut.forEach(toggle => toggle.click());
}"""

# The buttons that add to this list, not to a list inside it.
ADD = (
    ":scope > [data-streamfield-list-container] > button,"
    ":scope > [data-streamfield-stream-container] > div:not([data-streamfield-child]) > button"
)


TRIES, PATIENCE_MS = 5, 4_000


def _until_seen(act: Callable[[], object], thing: Locator) -> None:
    """Do it, and again when nothing came of it: under load, Wagtail's page hears a click before it can act on it."""
    for _ in range(TRIES):
        act()
        try:
            thing.wait_for(state="visible", timeout=PATIENCE_MS)
        except PlaywrightTimeout:
            continue
        return
    expect(thing).to_be_visible()


class Workshop:
    """One draft open in the admin."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab(self, name: str) -> None:
        tab = self.page.get_by_role("tab", name=name)
        drawn = self.page.locator(f"[id='{tab.get_attribute('aria-controls')}']")
        _until_seen(tab.click, drawn)

    def write(self, **values: str) -> None:
        """Fill boxes by their name, "-" written "__"; a choice by its value, a box to tick with "on" or ""."""
        for name, value in values.items():
            self.fill(name.replace("__", "-"), value)

    def fill(self, name: str, value: str) -> None:
        box = self.page.locator(f"[name='{name}']")
        if box.get_attribute("type") != "hidden":
            _until_seen(lambda: box.evaluate(OPEN_DRAWERS), box)
        kind = box.evaluate("box => box.tagName === 'SELECT' ? 'select' : box.type")
        if kind == "select":
            box.select_option(value)
        elif kind == "checkbox":
            box.set_checked(bool(value))
        else:
            box.fill(value)

    def both(self, name: str, french: str, english: str) -> None:
        """A text in both languages."""
        self.fill(f"{name}-fr", french)
        self.fill(f"{name}-en", english)

    def add(self, stream: str, kind: str = "") -> str:
        """Add a block at the end of a list, `kind` chosen in the list of kinds; return the name of its value."""
        count = self.page.locator(f"[name='{stream}-count']")
        button = self.root(stream).locator(ADD).last
        _until_seen(lambda: count.evaluate(OPEN_DRAWERS), button)
        number = int(count.input_value())
        button.click()
        if kind:
            box = self.page.locator("input[role=combobox]")
            box.fill(kind)
            self.page.get_by_role("option", name=kind, exact=True).click()
        expect(count).to_have_value(str(number + 1))
        return f"{stream}-{number}-value"

    def root(self, stream: str) -> Locator:
        return self.page.locator(f"[name='{stream}-count']").locator("xpath=..")

    def question(self, step: str, kind: str, french: str, english: str, **options: str) -> str:
        """Add a question to a step (or a group) and fill in its options."""
        name = self.add(f"{step}-fields", kind)
        self.both(f"{name}-label", french, english)
        for option, value in options.items():
            self.fill(f"{name}-{option.replace('__', '-')}", value)
        return name

    def only_if(self, thing: str, field: str, operator: str, value: str) -> None:
        """Give a thing its condition, with one comparison."""
        part = self.add(f"{thing}-when-parts", "comparaison")
        for child, given in (("field", field), ("is_", operator), ("value", value)):
            self.fill(f"{part}-{child}", given)

    def remove(self, heading: str) -> None:
        """Remove the question whose drawer has this heading."""
        title = self.page.locator("[data-panel-heading-text]", has_text=re.compile(rf"^{re.escape(heading)}$"))
        panel = title.locator("xpath=ancestor::*[@data-streamfield-child][1]")
        title.first.evaluate(OPEN_DRAWERS)
        panel.locator("[data-streamfield-action='DELETE']").first.click()
        expect(panel).to_be_hidden()

    def save(self) -> None:
        self.page.get_by_role("button", name="Enregistrer").click()
        expect(self.page.locator(".messages")).to_contain_text("Autorisation")

    def check(self) -> Any:
        """The page that judges and publishes."""
        self.page.get_by_role("link", name="Vérifier et publier").click()
        return self.page.locator("main")
