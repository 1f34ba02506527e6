"""The main job, as the people do it: Awa files on her phone, Sèna instructs, Rékia signs, Paul scans, Inès publishes.

In headless Chromium on a running site; the QR is read back by zbarimg from the rasterised PDF.
"""

import json
import re
import shutil
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.papers import downloaded, scan, verify
from tests.acceptance.walking import file_certificate_of_life, fill_in, open_tracking, sign_here, sign_in
from tests.cast import totp_now
from tests.real_parts import LiveSite


@pytest.fixture
def office_pc(browser: Any, live_site: LiveSite) -> Any:
    """`office_pc()`: a browser of its own, 1280 px wide."""
    contexts = []

    def _office_pc() -> Any:
        context = browser.new_context(
            base_url=live_site.url, locale="fr-FR", viewport={"width": 1280, "height": 800}, accept_downloads=True
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield _office_pc
    for context in contexts:
        context.close()


def test_from_a_citizens_request_to_a_verified_document(
    page: Page, office_pc: Any, live_site: LiveSite, tmp_path: Path
):
    reference = file_certificate_of_life(page, given_names="Awa Sènan Ɖɔ̀nanɖé", phone="97 12 34 56")

    sena = sign_in(office_pc(), live_site, "sena")
    sena.goto(f"/agent/demande/{reference.replace('-', '')}/")
    sena.get_by_role("button", name=re.compile("prends en charge")).click()
    sena.get_by_role("link", name=re.compile("Accepter")).click()
    sena.locator("main form button[type='submit']").last.click()
    expect(sena.locator("main")).to_contain_text("Acceptée")

    rekia = sign_in(office_pc(), live_site, "rekia")
    rekia.goto(f"/agent/demande/{reference.replace('-', '')}/")
    rekia.get_by_role("button", name=re.compile("avant de signer")).click()
    rekia.locator("a[href*='/signer/']").first.click()
    expect(rekia.locator("main")).to_contain_text("DOSSOU-YOVO")
    sign_here(rekia, live_site, "rekia")

    open_tracking(page, live_site, reference, "01 97 12 34 56")
    paper = downloaded(page, tmp_path)
    address = scan(paper, tmp_path)
    code, seal = re.fullmatch(r"HTTP://127\.0\.0\.1:\d+/V/([0-9A-Z]{16})#(.+)", address).groups()
    answer = verify(live_site, code)
    assert (answer["status"], answer["type"]) == ("valid", "Certificat de vie")
    assert answer["office"].startswith("Bureau du 1er")
    assert "DOSSOU" not in json.dumps(answer)
    assert seal

    page.goto(f"/V/{code}#{seal}")
    expect(page.get_by_role("heading", name="Document valide")).to_be_visible()
    expect(page.locator("main")).to_contain_text("DOSSOU-YOVO")  # from the seal, not from the server
    assert "#" not in page.url

    changed = seal[:40] + ("A" if seal[40] != "A" else "B") + seal[41:]
    page.goto("/")
    page.goto(f"/V/{code}#{changed}")
    expect(page.locator("main")).not_to_contain_text("DOSSOU-YOVO")


def test_the_office_asks_and_the_citizen_answers(page: Page, office_pc: Any, live_site: LiveSite):
    reference = file_certificate_of_life(page, given_names="Rosine", phone="01 96 00 11 22")
    sena = sign_in(office_pc(), live_site, "sena")
    sena.goto(f"/agent/demande/{reference.replace('-', '')}/")
    sena.get_by_role("button", name=re.compile("prends en charge")).click()
    sena.get_by_role("link", name=re.compile("correction", re.IGNORECASE)).first.click()
    sena.locator("[name='wrong-birth_place']").check()
    sena.locator("[name='own-birth_place']").fill("Est-ce bien Porto-Novo ?")
    sena.locator("main form button[type='submit']").last.click()

    open_tracking(page, live_site, reference, "96001122")
    page.get_by_role("link", name=re.compile("Corriger ma demande")).click()
    expect(page.locator("main")).to_contain_text("Est-ce bien Porto-Novo ?")
    fill_in(page, birth_place="Adjarra")
    page.get_by_role("button", name="Envoyer mes corrections").click()
    expect(page.locator("body")).to_contain_text("Vos corrections sont envoyées")
    sena.goto(f"/agent/demande/{reference.replace('-', '')}/")
    expect(sena.locator("main")).to_contain_text("Adjarra")


def test_a_clerk_of_another_borough_finds_nothing(page: Page, office_pc: Any, live_site: LiveSite):
    reference = live_site.cast["request"]["reference"].replace("-", "")
    codjo = sign_in(office_pc(), live_site, "codjo")
    assert codjo.goto(f"/agent/demande/{reference}/").status == 404
    sena = sign_in(office_pc(), live_site, "sena")
    assert sena.goto(f"/agent/demande/{reference}/").status == 200


def test_the_first_login_enrols_the_second_factor(office_pc: Any, live_site: LiveSite):
    account = next(account for account in live_site.cast["accounts"] if account["totp_secret"] is None)
    page = office_pc().new_page()
    page.goto("/agent/")
    page.locator("[name='username']").fill(account["login"])
    page.locator("[name='password']").fill(account["password"])
    page.locator("main form button[type='submit']").last.click()
    expect(page.locator("[name='code']")).to_be_visible()
    page.goto("/agent/")
    expect(page.locator("[name='code']")).to_be_visible()  # no way round
    secret = re.search(r"\b(?:[A-Z2-7]{4}[ \u00a0]?){8}\b", page.locator("main").inner_text())[0]
    page.locator("[name='code']").fill(totp_now(re.sub(r"\s", "", secret)))
    page.locator("main form button[type='submit']").last.click()
    expect(page.locator("main")).to_contain_text("secours")
    page.goto("/agent/")
    expect(page.locator("h1")).to_be_visible()


def test_the_editor_publishes_news_that_everybody_reads_and_sees_no_request(
    page: Page, office_pc: Any, live_site: LiveSite
):
    index = "from portal.models import NewsIndexPage as N; print(N.objects.get(locale__language_code='fr').pk)"
    ines = sign_in(office_pc(), live_site, "ines")
    ines.goto(f"/admin/pages/add/portal/newspage/{live_site.manage('shell', '-v0', '-c', index).strip()}/")
    ines.locator("[name='title']").fill("Fermeture du guichet jeudi matin")
    ines.locator("[name='lead']").fill("Les demandes en ligne restent ouvertes.")
    ines.locator("footer [data-w-dropdown-target='toggle']").last.click()
    ines.locator("[name='action-publish']").click()
    page.goto("/actualites/")
    page.get_by_role("link", name="Fermeture du guichet jeudi matin").click()
    expect(page.locator("main")).to_contain_text("Les demandes en ligne restent ouvertes.")
    page.goto("/recherche/?q=guichet jeudi")
    expect(page.locator("main")).to_contain_text("Fermeture du guichet jeudi matin")
    with urllib.request.urlopen(f"{live_site.url}/rss/", timeout=10) as feed:
        assert "Fermeture du guichet jeudi matin" in feed.read().decode()
    answer = ines.goto(f"/agent/demande/{live_site.cast['request']['reference'].replace('-', '')}/")
    assert answer.status == 404


@pytest.mark.parametrize("program", ["pdftoppm", "zbarimg"])
def test_the_readers_are_real(program: str):
    assert shutil.which(program)
