"""Fifamè scans a paper at the counter while the line of the office drops: it goes on where it was cut."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.acceptance.test_slow_line import HEAVIEST, PATIENCE, rows
from tests.acceptance.walking import sign_in
from tests.acceptance.wire import Wire
from tests.real_parts import LiveSite

FILES = """
from requests_app.models import ServiceRequest
for case in ServiceRequest.objects.filter(applicant_name='Sika Kpodo').exclude(state='DRAFT'):
    print(*(f'{e.piece}:{e.original_name}' for e in case.evidence.all()), case.seen_pieces.count())
"""
TYPED = {
    "_name": "Sika Kpodo",
    "_phone": "01 96 00 00 19",
    "surname": "KPODO",
    "birth_date_year": "1950",
    "birth_place": "Ouidah",
}


@pytest.fixture
def wire(live_site: LiveSite) -> Any:
    """A relay before the site."""
    line = Wire(live_site.url)
    yield line
    line.close()


def test_a_scan_killed_at_seventy_per_cent_goes_on_and_the_request_is_filed_with_it_once(
    browser: Any, wire: Wire, live_site: LiveSite, record_property: Any
):
    context = browser.new_context(base_url=wire.url, locale="fr-FR", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = sign_in(context, live_site, "fifame")
    page.goto("/agent/guichet/certificat-vie/")
    for name, value in TYPED.items():
        page.locator(f"[name='{name}']").fill(value)
    page.locator("[name='residence']").select_option("1:Dandji")
    for box in ("[name='purpose'][value='pension_benin']", "[name='can_come'][value='yes']", "[name='_declared']"):
        page.locator(box).check()
    out = io.BytesIO()
    Image.effect_noise((640, 480), 90).convert("RGB").save(out, "JPEG", quality=95)
    scan = out.getvalue()
    assert 150_000 < len(scan) < HEAVIEST
    before = wire.sent
    wire.cut_when_sent(len(scan) * 7 // 10)
    page.locator("[name='piece-identity']").set_input_files(
        {"name": "carte.jpg", "mimeType": "image/jpeg", "buffer": scan}
    )
    while not wire.is_cut:
        page.wait_for_timeout(50)
    expect(page.locator(".files li")).to_contain_text("Gardée sur ce poste", timeout=PATIENCE)
    wire.mend()
    expect(page.locator(".files li")).to_contain_text("reçue : elle est jointe au dépôt", timeout=PATIENCE)
    sent = wire.sent - before
    assert sent < len(scan) * 1.5, "only what was on its way was sent again"
    page.locator("main button.primary[type='submit']").click()
    expect(page.locator(".filed-number .reference")).to_have_text(re.compile(r"^\w{4}-\w{4}-\w$"))
    assert rows(live_site, FILES).splitlines() == ["identity:carte.jpg 0"]
    record_property("figures", f"counter, killed at 70 %: a scan of {len(scan)} bytes took {sent} bytes in all")
    context.close()
