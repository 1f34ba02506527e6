"""Fifamè files for a walk-in with the keyboard alone, in under a minute at an ordinary typing speed."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.walking import sign_in
from tests.real_parts import LiveSite

MINUTE = 60.0
SECONDS_PER_KEY = 0.2  # somebody who types without haste
MOST_KEYS = MINUTE / SECONDS_PER_KEY


class Keys:
    """The keyboard, and how many keys were pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def type(self, text: str) -> None:
        self.count += len(text)
        self.page.keyboard.type(text)

    def press(self, *names: str) -> None:
        for name in names:
            self.count += 1
            self.page.keyboard.press(name)


@pytest.fixture
def counter(browser: Any, live_site: LiveSite) -> Any:
    context = browser.new_context(base_url=live_site.url, locale="fr-FR", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    context.add_init_script("window.print = () => document.documentElement.classList.add('went-to-print')")
    yield sign_in(context, live_site, "fifame")
    context.close()


def test_a_walk_in_is_served_by_keyboard_in_under_a_minute(counter: Page, record_property: Any):
    counter.goto("/agent/")
    keys, began = Keys(counter), time.monotonic()
    keys.press("n")
    expect(counter.locator("#q")).to_be_focused()
    keys.type("vie")
    keys.press("Enter")
    expect(counter.locator("[name='_name']")).to_be_focused()
    keys.type("Awa Dossou-Yovo")
    keys.press("Tab")
    keys.type("96000002")
    keys.press("Tab", "Tab")  # no e-mail
    keys.type("Dossou-Yovo")
    keys.press("Tab")
    keys.type("Awa")
    for part in ("2", "9", "1957"):
        keys.press("Tab")
        keys.type(part)
    keys.press("Tab")
    keys.type("Porto-Novo")
    keys.press("Tab")
    keys.type("dan")  # the quarter, by its first letters
    keys.press("Tab", "Tab")  # no landmark
    keys.press("Space", "Tab", "Space")  # the first purpose; she can come
    keys.press("Tab", "Space")  # the identity paper was seen
    keys.press("Tab", "Tab", "Space", "Enter")  # no scan; read over and declared
    number = counter.locator(".filed-number .reference")
    expect(number).to_have_text(re.compile(r"^\w{4}-\w{4}-\w$"))
    keys.press("i")
    expect(counter.locator("html.went-to-print")).to_be_attached()
    keys.press("n")
    expect(counter.locator("#q")).to_be_focused()
    spent = time.monotonic() - began
    typed = f"{keys.count} keys, {keys.count * SECONDS_PER_KEY:.0f} s at {SECONDS_PER_KEY} s a key"
    record_property("figures", f"counter, a walk-in by keyboard: {typed}; {spent:.1f} s in the browser")
    assert keys.count < MOST_KEYS


def test_for_somebody_else_the_keyboard_alone_brings_the_questions(counter: Page):
    counter.goto("/agent/guichet/certificat-vie/")
    expect(counter.locator("[name='_name']")).to_be_focused()
    keys = Keys(counter)
    keys.press("Shift+Tab", "ArrowDown", "Enter")
    expect(counter.locator("[name='_helper_name']")).to_be_focused()
    expect(counter.locator("[name='_on_behalf'][value='CHILD']")).to_be_checked()
    expect(counter.locator(".errors")).to_have_count(0)


def test_the_slip_printed_from_the_screen_is_80_mm_and_alone(counter: Page):
    """The print style leaves the slip and nothing else."""
    counter.goto("/agent/guichet/certificat-vie/")
    for name, value in {
        "_name": "Awa",
        "_phone": "01 96 00 00 09",
        "surname": "AWA",
        "birth_date_year": "1950",
        "birth_place": "Ouidah",
    }.items():
        counter.locator(f"[name='{name}']").fill(value)
    counter.locator("[name='residence']").select_option("1:Dandji")
    for box in ("[name='purpose'][value='pension_benin']", "[name='can_come'][value='yes']", "[name='_seen-identity']"):
        counter.locator(box).check()
    counter.locator("[name='_declared']").check()
    counter.locator("main button.primary[type='submit']").click()
    counter.emulate_media(media="print")
    expect(counter.locator(".ticket .code")).to_be_visible()
    for gone in (".filed-number", ".desk-top", ".desk-foot", "h1"):
        expect(counter.locator(gone).first).to_be_hidden()
    assert counter.locator(".ticket").bounding_box()["width"] <= 80 / 25.4 * 96
