"""Sèna walks her queue with the keyboard alone; what she learns is listed under `?`."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.walking import sign_in
from tests.real_parts import LiveSite


@pytest.fixture
def desk(browser: Any, live_site: LiveSite) -> Any:
    context = browser.new_context(base_url=live_site.url, locale="fr-FR", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    yield sign_in(context, live_site, "sena")
    context.close()


def test_the_queue_is_walked_without_a_mouse(desk: Page):
    desk.goto("/agent/")
    lines = desk.locator("table.keys tbody a.reference")
    desk.keyboard.press("j")
    expect(lines.nth(0)).to_be_focused()
    desk.keyboard.press("j")
    expect(lines.nth(1)).to_be_focused()
    desk.keyboard.press("k")
    expect(lines.nth(0)).to_be_focused()
    reference = lines.nth(0).inner_text()
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/demande/{reference.replace('-', '')}/")
    desk.keyboard.press("g")  # alone it does nothing yet
    assert "/demande/" in desk.url
    desk.keyboard.press("q")
    desk.wait_for_url("**/agent/")
    desk.keyboard.press("/")
    expect(desk.locator("#q")).to_be_focused()
    desk.keyboard.type("g?j")  # words, not keys
    expect(desk.locator("#q")).to_have_value("g?j")


def test_the_keys_are_listed_under_a_question_mark(desk: Page):
    desk.goto("/agent/")
    listed = desk.locator("[data-portal-keys] li", has_text="ligne suivante")
    expect(listed).to_be_hidden()
    desk.keyboard.press("?")
    expect(listed).to_be_visible()
    expect(desk.locator("[data-portal-keys] summary")).to_be_focused()
    desk.keyboard.press("?")
    expect(listed).to_be_hidden()
