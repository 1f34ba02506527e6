"""Every public page is light on a first visit, readable by everybody, and never scrolls sideways.

Budgets of the experience: 60 KB and 8 requests for a public page, 30 KB for the pages of a service and of the tracking,
everything counted as it travels (headers, HTML, CSS, scripts, images).
"""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.real_parts import LiveSite

KB = 1024
LIGHT = 30 * KB
PUBLIC = 60 * KB
REQUESTS = 8
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

LIGHT_PAGES = [
    "/demarches/permis-inhumer/",
    "/demarches/certificat-residence/",
    "/en/services/burial-permit/",
    "/demarches/commencer/certificat-vie/",
    "/suivi/",
    "/mon-espace/telephone/",
    "/v/",
]
PUBLIC_PAGES = [
    "/",
    "/en/",
    "/demarches/",
    "/demarches/?q=residence",
    "/demarches/?q=rien-de-tel",
    "/actualites/",
    "/actualites/verifier-un-document/",
    "/mairie/",
    "/mairie/arrondissement-5/",
    "/mairie/etat-civil/",
    "/recherche/",
    "/recherche/?q=residence",
    "/a-propos/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/accessibilite/",
    "/n-existe-pas/",
]


class Weight:
    """Counts what travels to a page from now on, as the network carries it, with an empty cache."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bytes = self.requests = self.refused = 0
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.on("Network.requestWillBeSent", self.count_request)
        wire.on("Network.loadingFinished", self.count_bytes)
        page.on("console", self.count_refusal)

    def count_request(self, event: dict[str, Any]) -> None:
        self.requests += 1

    def count_bytes(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def count_refusal(self, message: Any) -> None:
        self.refused += "Content Security Policy" in message.text


@pytest.fixture
def open_page(browser: Browser, live_site: LiveSite):
    """`open_page("/", color_scheme="dark")`: a first visit on a phone and what it weighed."""
    contexts = []

    def _open_page(path: str, **options: Any) -> Weight:
        phone = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR", "reduced_motion": "reduce"}
        contexts.append(browser.new_context(base_url=live_site.url, **phone | options))
        weight = Weight(contexts[-1].new_page())
        weight.page.goto(path, wait_until="networkidle")
        return weight

    yield _open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", LIGHT_PAGES)
def test_the_pages_of_a_service_and_of_the_tracking_are_very_light(open_page, path):
    weight = open_page(path)
    assert 0 < weight.bytes <= LIGHT
    assert weight.requests <= REQUESTS


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_a_public_page_is_light(open_page, path):
    weight = open_page(path)
    assert 0 < weight.bytes <= PUBLIC
    assert weight.requests <= REQUESTS


def test_a_page_that_is_too_heavy_would_be_seen(open_page):
    weight = open_page("/a-propos/")
    light = weight.bytes
    scripts = "['core', 'draftail'].map(name => fetch(`/static/wagtailadmin/js/${name}.js`).then(r => r.text()))"
    size = weight.page.evaluate(f"Promise.all({scripts}).then(texts => texts.join('').length)")
    weight.page.wait_for_load_state("networkidle")
    assert weight.bytes - light > size / 10  # compressed by ten at the very best
    assert weight.requests > 4


@pytest.mark.parametrize("path", LIGHT_PAGES + PUBLIC_PAGES)
def test_a_public_page_has_no_barrier_by_day_or_by_night(open_page, path):
    page = open_page(path).page
    for color_scheme in ("light", "dark"):
        page.emulate_media(color_scheme=color_scheme)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        assert not found.violations_count, f"{color_scheme}: {found.generate_report()}"


def test_a_barrier_would_be_seen(open_page):
    page = open_page("/a-propos/").page
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=\"data:,\">'")
    assert Axe().run(page).violations_count


@pytest.mark.parametrize("path", LIGHT_PAGES + PUBLIC_PAGES)
def test_a_public_page_fits_a_small_phone_and_its_policy(open_page, path):
    weight = open_page(path, viewport={"width": 320, "height": 600})
    too_wide = weight.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0
    assert weight.refused == 0


@pytest.mark.parametrize("path", ["/", "/demarches/", "/demarches/permis-inhumer/", "/suivi/", "/v/"])
def test_what_a_thumb_must_hit_is_44_pixels_high(open_page, path):
    page = open_page(path).page
    small = page.evaluate("""() => {
        const height = (e) => e ? e.getBoundingClientRect().height : 0;
        const around = (e) => e.classList.contains("cover") ? e.closest(".card, li") : e.closest("label");
        const targets = ".btn, input:not([type=hidden]), select, .menu-link, .lang, .card a, .tiles a";
        return [...document.querySelectorAll(targets)]
            .filter((e) => e.offsetParent && Math.max(height(e), height(around(e))) < 44)
            .map((e) => e.outerHTML.slice(0, 120));
    }""")
    assert small == []


@pytest.mark.parametrize("path", ["/", "/demarches/", "/demarches/permis-inhumer/", "/recherche/?q=vie"])
def test_a_page_reads_and_moves_without_javascript(open_page, path):
    page = open_page(path, java_script_enabled=False).page
    assert page.locator("h1").count() == 1
    page.get_by_role("link", name="Menu", exact=True).click()
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Démarches").click()
    assert page.url.endswith("/demarches/")


def test_search_works_with_the_keyboard_alone(open_page):
    page = open_page("/", java_script_enabled=False, viewport={"width": 1280, "height": 800}).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("residence")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Certificat de résidence", exact=True).wait_for()
