"""What the phone checks by itself: the seal after #, in a real browser."""

import pytest

from civil_status.documents import base41, document_codes, issuance
from civil_status.documents.models import RevocationReason, SealKey

pytestmark = pytest.mark.postgresql  # a test server needs committed rows, which SQLite cannot empty afterwards


@pytest.fixture
def scan(browser, live_server, settings):
    """`scan(code, seal)`: what a phone shows after scanning such a square; and the addresses it asked for."""
    # The test server finds files by their own names, not by those of a collected manifest.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})

    def _scan(code: str, seal: str):
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{live_server.url}/V/{code}#{seal}")
        page.locator("[data-portal-seal]").wait_for(timeout=15_000)
        return page

    yield _scan
    context.close()


def square(document) -> tuple[str, str]:
    return document_codes.unlock(document.code_locked), base41.encode(bytes(document.seal))


def test_a_good_seal_shows_the_identity_to_compare_and_never_leaves_the_phone(issue, scan):
    code, seal = square(issue(valid_until=None))
    page = scan(code, seal)
    words = page.locator("[data-portal-seal]").inner_text()
    for line in ("HOUNGBÉDJI", "Ɖɔ̀nanɖé Ṣadé", "17 avril 1951", "Ouidah", "N°0001/", "Certificat de vie"):
        assert line in words
    assert "Valable" not in words
    assert page.locator("h1").inner_text() == "Document valide"
    assert page.evaluate("location.hash") == ""
    assert not any(seal[:12] in address for address in page.asked if "#" not in address)


def test_a_seal_copied_from_another_paper_is_said_forged_first(issue, scan):
    _code, seal = square(issue())
    other, _seal = square(issue())
    page = scan(other, seal)
    assert page.locator("h1").inner_text() == "Papier falsifié"
    assert "HOUNGBÉDJI" not in page.locator("main").inner_text()
    assert "reconnaît ce document" not in page.locator("main").inner_text()


def test_one_symbol_changed_is_forged(issue, scan):
    code, seal = square(issue())
    changed = seal[:150] + ("0" if seal[150] != "0" else "1") + seal[151:]
    assert scan(code, changed).locator("h1").inner_text() == "Papier falsifié"


def test_a_compromised_key_convinces_nobody(issue, scan):
    code, seal = square(issue())
    SealKey.objects.update(status="COMPROMISED")
    assert scan(code, seal).locator("h1").inner_text() == "Papier falsifié"


def test_the_registry_wins_over_a_good_seal(issue, scan, cast):
    document = issue()
    issuance.revoke(document, by=cast.rekia, reason=RevocationReason.FRAUD)
    assert scan(*square(document)).locator("h1").inner_text() == "Document annulé"
