"""The counter on a bad day: the server goes away under a half-typed form, the screen is left, somebody signs."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from portal.demo.people import PASSWORD
from tests.acceptance.test_budgets import RULES
from tests.acceptance.walking import sign_in
from tests.real_parts import LiveSite, wait_until

PIN = "493817"


@pytest.fixture(scope="module")
def context(browser: Any, live_site: LiveSite) -> Iterator[Any]:
    context = browser.new_context(base_url=live_site.url, locale="fr-FR", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture(scope="module")
def fifame(context: Any, live_site: LiveSite) -> Page:
    return sign_in(context, live_site, "fifame")


def test_a_half_typed_form_outlives_a_restart_of_the_server_and_is_sent_when_it_is_back(
    fifame: Page, live_site: LiveSite
):
    fifame.goto("/agent/guichet/certificat-vie/")
    fifame.locator("[name='_name']").fill("Awa Sènan Dossou-Yovo")
    live_site.server.stop()
    fifame.get_by_role("button", name="Déposer la demande").last.click()
    notice = fifame.get_by_role("status")
    expect(notice).to_contain_text("Le serveur ne répond pas. Ce que vous avez tapé est gardé sur cette page")
    expect(notice).to_contain_text(re.compile(r"envoi dans \d s"))
    fifame.locator("[name='surname']").fill("Dossou-Yovo")  # one may go on typing
    stored = fifame.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert stored == "[{},{}]"
    live_site.server.start()
    wait_until(live_site._healthy, what="gunicorn", program=live_site.server)
    # The form arrives as it is typed now: it lacks answers, and the page says so without losing any.
    expect(fifame.locator("#erreurs")).to_be_visible(timeout=60_000)
    expect(fifame.locator("[name='_name']")).to_have_value("Awa Sènan Dossou-Yovo")
    expect(fifame.locator("[name='surname']")).to_have_value("Dossou-Yovo")


def test_one_key_locks_every_tab_and_the_way_back_shows_nothing(fifame: Page, context: Any):
    fifame.goto("/compte/code-court/")
    for name, value in (("pin", PIN), ("again", PIN), ("password", PASSWORD)):
        fifame.locator(f"[name='{name}']").fill(value)
    fifame.get_by_role("button", name="Enregistrer ce code").click()
    expect(fifame.get_by_text("Votre code court est enregistré")).to_be_visible()
    other = context.new_page()
    other.goto("/agent/non-reclames/?jours=0")
    fifame.goto("/agent/documents/")
    fifame.keyboard.press("Control+Alt+KeyL")
    expect(fifame.get_by_role("heading", name="Écran verrouillé")).to_be_visible()
    expect(other.get_by_role("heading", name="Écran verrouillé")).to_be_visible()
    assert not Axe().run(fifame, options={"runOnly": {"type": "tag", "values": RULES}}).violations_count
    fifame.go_back()
    expect(fifame.get_by_role("heading", name="Écran verrouillé")).to_be_visible()
    expect(fifame.get_by_role("heading", name="Documents délivrés")).to_have_count(0)
    other.close()
    fifame.locator("[name='pin']").fill(PIN)
    fifame.get_by_role("button", name="Reprendre").click()
    expect(fifame.get_by_role("link", name="Nouvelle demande")).to_be_visible()
    fifame.keyboard.press("v")
    fifame.keyboard.press("v")
    expect(fifame.get_by_role("heading", name="Écran verrouillé")).to_be_visible()
    fifame.locator("[name='pin']").fill(PIN)
    fifame.get_by_role("button", name="Reprendre").click()
    expect(fifame.get_by_role("link", name="Nouvelle demande")).to_be_visible()


def test_a_signature_drawn_with_the_finger_hands_the_document_over(fifame: Page):
    fifame.goto("/agent/non-reclames/?jours=0")
    address = fifame.locator("main table a.reference").first.get_attribute("href")
    fifame.goto(f"{address}remettre/")
    fifame.get_by_role("button", name="Renseigner le demandeur au guichet").click()
    fifame.locator("[name='identity'][value='CIP']").check()
    sheet = fifame.get_by_role("img", name="Feuille pour signer")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    fifame.mouse.move(box["x"] + 40, box["y"] + 40)
    fifame.mouse.down()
    fifame.mouse.move(box["x"] + 160, box["y"] + 90, steps=6)
    fifame.mouse.up()
    assert not Axe().run(fifame, options={"runOnly": {"type": "tag", "values": RULES}}).violations_count
    fifame.get_by_role("button", name="Remis au guichet").last.click()
    expect(fifame.get_by_text("La remise est enregistrée")).to_be_visible()
    expect(fifame.get_by_role("link", name="signature")).to_be_visible()


def test_the_kiosk_is_touched_once_and_gives_a_number(fifame: Page):
    fifame.goto("/agent/salle/")
    fifame.get_by_role("link", name="Borne des numéros").click()
    assert not Axe().run(fifame, options={"runOnly": {"type": "tag", "values": RULES}}).violations_count
    fifame.get_by_role("button", name="Retirer un document").click()
    expect(fifame.locator(".hall-number")).to_have_text(re.compile(r"^\d+$"))
    expect(fifame.get_by_role("button", name="Imprimer")).to_be_visible()
    assert not Axe().run(fifame, options={"runOnly": {"type": "tag", "values": RULES}}).violations_count


def unlock(page: Page) -> None:
    page.locator("[name='pin']").fill(PIN)
    page.get_by_role("button", name="Reprendre").click()


def test_what_was_typed_when_the_screen_locked_is_there_for_the_same_person(fifame: Page, context: Any):
    other = context.new_page()
    other.goto("/agent/nouvelle-demande/")
    other.goto("/agent/guichet/permis-inhumer/")
    other.locator("[name='_name']").fill("Autre Onglet")
    fifame.goto("/agent/guichet/certificat-vie/")
    fifame.locator("[name='_name']").fill("Awa Sènan Dossou-Yovo")
    fifame.locator("[name='surname']").fill("Dossou-Yovo")
    fifame.locator("[name='purpose']").last.check()
    fifame.keyboard.press("Control+Alt+KeyL")
    expect(fifame.get_by_role("heading", name="Écran verrouillé")).to_be_visible()
    expect(other.get_by_role("heading", name="Écran verrouillé")).to_be_visible()
    assert "Dossou-Yovo" not in fifame.content()
    unlock(fifame)
    expect(fifame.get_by_role("status")).to_contain_text("Ce que vous aviez tapé avant le verrouillage")
    expect(fifame.locator("[name='_name']")).to_have_value("Awa Sènan Dossou-Yovo")
    expect(fifame.locator("[name='surname']")).to_have_value("Dossou-Yovo")
    expect(fifame.locator("[name='purpose']").last).to_be_checked()
    assert fifame.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"
    assert not Axe().run(fifame, options={"runOnly": {"type": "tag", "values": RULES}}).violations_count
    other.goto("/agent/guichet/permis-inhumer/")
    expect(other.locator("[name='_name']")).to_have_value("Autre Onglet")
    other.close()


def test_another_person_over_the_locked_screen_finds_nothing_of_it(fifame: Page, context: Any, live_site: LiveSite):
    fifame.goto("/agent/guichet/certificat-vie/")
    fifame.locator("[name='_name']").fill("Awa Sènan Dossou-Yovo")
    fifame.get_by_role("button", name="Verrouiller").click()
    expect(fifame.get_by_role("heading", name="Écran verrouillé")).to_be_visible()
    sena = sign_in(context, live_site, "sena")
    sena.goto("/agent/guichet/certificat-vie/")
    expect(sena.locator("[name='_name']")).to_have_value("")
    expect(sena.get_by_text("Ce que vous aviez tapé")).to_have_count(0)
    assert "Dossou-Yovo" not in sena.content()
