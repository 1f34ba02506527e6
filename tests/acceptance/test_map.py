"""Awa points at a plot on the map, without a script, with a finger and with the keyboard alone."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.services import ALL
from tests.acceptance.test_budgets import PUBLIC, REQUESTS, Weight
from tests.acceptance.test_inner_pages import barriers, too_wide
from tests.real_parts import LiveSite

WIDTHS = [320, 1280]
PUBLISH = "from tests.acceptance.services import publish_all; publish_all()"


@pytest.fixture
def step(browser: Any, live_site: LiveSite) -> Iterator[Callable[..., Page]]:
    """`step(java_script_enabled=False)`: the first step of a new draft that asks for a place, on a phone."""
    live_site.manage("shell", "-v0", "-c", PUBLISH)
    contexts = []

    def _step(width: int = 360, **options: Any) -> Page:
        phone = {"viewport": {"width": width, "height": 740}, "locale": "fr-FR", "reduced_motion": "reduce"}
        contexts.append(browser.new_context(base_url=live_site.url, **phone | options))
        page = contexts[-1].new_page()
        page.goto(f"/demarches/commencer/{ALL}/")
        page.get_by_role("button", name="Commencer").click()
        page.wait_for_url("**/etape/1/")
        return page

    yield _step
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_finger_on_the_map_gives_the_two_numbers_and_loses_nothing(step: Any, scripts: bool):
    page = step(java_script_enabled=scripts)
    page.locator("[name='short']").fill("Un mot")
    page.locator("[name='npi']").fill("pas un NPI")
    page.locator("[name='spot-words']").fill("Derrière le marché")
    page.get_by_role("button", name="Montrer sur la carte").click()
    chart = page.locator("input[type=image]")
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert (box["width"], box["height"]) == (288, 288), "a click is counted in pixels of the picture"
    chart.click(position={"x": 200, "y": 60})
    expect(page.get_by_text("Votre point est marqué")).to_be_visible()
    page.get_by_role("button", name="Plus près").click()
    page.get_by_role("button", name="Prendre ce point").click()
    expect(page.locator("[name='spot-lat']")).to_be_visible()
    expect(page.locator("[name='spot-lat']")).to_have_value(re.compile(r"^6,3\d+$"))
    expect(page.locator("[name='spot-lng']")).to_have_value(re.compile(r"^2,\d+$"))
    kept = {name: page.locator(f"[name='{name}']").input_value() for name in ("short", "npi", "spot-words")}
    assert kept == {"short": "Un mot", "npi": "pas un NPI", "spot-words": "Derrière le marché"}


def test_the_keyboard_alone_points_at_the_middle(step: Any):
    page = step(java_script_enabled=False)
    page.get_by_role("button", name="Montrer sur la carte").press("Enter")
    page.get_by_role("button", name="Nord").press("Enter")
    page.locator("input[type=image]").press("Enter")
    page.get_by_role("button", name="Prendre ce point").press("Enter")
    expect(page.locator("[name='spot-lat']")).to_be_visible()
    north = float(page.locator("[name='spot-lat']").input_value().replace(",", "."))
    assert 6.37 < north < 6.45


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_the_map_is_light_fits_and_has_no_barrier(
    step: Any, live_site: LiveSite, width: int, record_property: Any
):
    live_site.tiles.mood = "busy"
    page = step(width)
    page.get_by_role("button", name="Montrer sur la carte").click()
    for _ in range(1 + WIDTHS.index(width)):  # where no test has been, so that its tiles come now
        page.get_by_role("button", name="Est →").click()
    weight = Weight(page)
    page.get_by_role("button", name="Mettre le point au milieu").click()
    expect(page.get_by_role("button", name="Prendre ce point")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert 0 < weight.bytes <= PUBLIC
    assert weight.requests <= REQUESTS
    assert weight.refused == 0
    record_property("figures", f"map page at {width} px: {weight.bytes} bytes, {weight.requests} requests")
    assert too_wide(page) <= 0
    assert barriers(page) == ""
