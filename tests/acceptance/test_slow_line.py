"""A cheap phone on a line of 400 kbit/s that drops: a request is filed once, with its photos, nothing typed twice.

Bytes are counted by a relay between the browser and the site, headers included; they are printed after the tests.
"""

import io
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from portal.demo.cases import LIFE, STALL
from tests.acceptance.walking import next_step
from tests.acceptance.wire import Wire
from tests.real_parts import LiveSite

SLOW = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # ms and bytes a second
HEAVIEST = 400_000
PATIENCE = 90_000  # ms


def photograph(number: int) -> dict[str, Any]:
    """A photo of 12 million pixels as a phone takes it: lying on its side, with its orientation in the EXIF."""
    grain = Image.effect_noise((500, 375), 60 + number).resize((4000, 3000), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    out = io.BytesIO()
    grain.convert("RGB").save(out, "JPEG", quality=93, exif=exif)
    return {"name": f"photo-{number}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def wire(live_site: LiveSite) -> Iterator[Wire]:
    """A relay before the site."""
    line = Wire(live_site.url)
    yield line
    line.close()


@pytest.fixture
def phone(browser: Any, wire: Wire) -> Iterator[Callable[..., Page]]:
    """`phone()`: a page whose every byte passes by the wire; `phone(java_script_enabled=False)`."""
    contexts = []

    def _phone(**options: Any) -> Page:
        small = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR"}
        contexts.append(browser.new_context(base_url=wire.url, **small | options))
        contexts[-1].set_default_timeout(PATIENCE)
        return contexts[-1].new_page()

    yield _phone
    for context in contexts:
        context.close()


class SlowLine:
    """The conditions of the network as Chromium imitates them, for one page."""

    def __init__(self, page: Page) -> None:
        self._wire = page.context.new_cdp_session(page)
        self._wire.send("Network.enable")
        self.mend()

    def cut(self) -> None:
        self._wire.send("Network.emulateNetworkConditions", SLOW | {"offline": True})

    def mend(self) -> None:
        self._wire.send("Network.emulateNetworkConditions", SLOW | {"offline": False})


def answer(page: Page, typed: dict[str, str]) -> None:
    """Fill in the boxes of this page by name, as somebody types."""
    for name, value in typed.items():
        boxes = page.locator(f"form.filing [name='{name}']")
        if not boxes.count() or not value:
            continue
        kind = boxes.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            boxes.first.select_option(value)
        elif kind in ("radio", "checkbox"):
            page.locator(
                f"form.filing [name='{name}'][value='{value}'], form.filing [name='{name}']:only-of-type"
            ).first.check()
        else:
            boxes.first.fill(value)


def begin(page: Page, slug: str) -> None:
    page.goto(f"/demarches/commencer/{slug}/")
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_role("button", name="Enregistrer et continuer")).to_be_visible(timeout=PATIENCE)


def rows(site: LiveSite, code: str) -> str:
    """What a line of Python prints on the site's database."""
    return site.manage("shell", "-v0", "-c", code).strip()


FILED = """
from PIL import Image
from requests_app.models import ServiceRequest
for case in ServiceRequest.objects.filter(phone='{phone}').exclude(state='DRAFT'):
    sizes = {{e.piece: Image.open(e.file).size for e in case.evidence.all()}}
    print(case.shown_reference, *(f'{{piece}}:{{w}}x{{h}}' for piece, (w, h) in sorted(sizes.items())))
"""


def test_three_cuts_and_the_request_is_filed_once_with_its_two_photos(
    phone: Any, wire: Wire, live_site: LiveSite, record_property: Callable[[str, object], None]
):
    page = phone()
    line = SlowLine(page)
    begun = time.monotonic()
    begin(page, STALL.service)
    typed = as_posted_everything(live_site)

    # First cut: the step is on its way.
    answer(page, typed)
    with page.expect_request(lambda request: request.headers.get("x-portal-quiet") == "send"):
        next_step(page)
    line.cut()
    expect(page.locator("[data-portal-line]")).to_contain_text("la ligne est coupée", timeout=PATIENCE)
    page.wait_for_timeout(1500)
    line.mend()
    page.wait_for_url("**/etape/2/")
    for _step in range(2, 6):
        if "/etape/" not in page.url:
            break
        here = page.url
        answer(page, typed)
        next_step(page)
        page.wait_for_url(lambda url, here=here: url != here)
    answer(page, {"name": "Grâce Adjovi", "phone": "01 66 55 44 33"})
    next_step(page)
    page.wait_for_url("**/pieces/")

    # Second cut: the first photo is at 70 %.
    before = wire.sent
    pieces = page.locator("[data-portal-piece]")
    originals = [photograph(number) for number in (1, 2)]
    pieces.nth(0).locator("input[type=file]").set_input_files([originals[0]])
    pieces.nth(1).locator("input[type=file]").set_input_files([originals[1]])
    bar = page.locator(".files progress").first
    while bar.evaluate("bar => bar.value") < 0.65:
        page.wait_for_timeout(50)
    line.cut()
    at_the_cut = wire.sent - before
    expect(page.locator(".files li").first).to_contain_text("Gardée sur ce téléphone", timeout=PATIENCE)
    page.wait_for_timeout(1500)
    line.mend()
    expect(page.locator(".files [data-state=checked], .files [data-state=received]")).to_have_count(2, timeout=PATIENCE)
    photos = wire.sent - before
    assert photos < at_the_cut * 2.9, "what had arrived was not sent again"
    assert photos < 2 * HEAVIEST * 1.15
    next_step(page)
    page.wait_for_url("**/verifier/")

    # Third cut: the site has filed the request, and its answer never comes back.
    answer(page, {"declaration": "on"})
    wire.swallow("POST /demande/")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.locator("[data-portal-line]")).to_contain_text("la ligne est coupée", timeout=PATIENCE)
    line.cut()
    page.wait_for_timeout(1000)
    wire.mend()
    line.mend()
    expect(page.get_by_role("heading", name="Votre demande est déposée")).to_be_visible(timeout=PATIENCE)

    reference = page.locator(".reference").inner_text().strip()
    filed = rows(live_site, FILED.format(phone="+2290166554433")).splitlines()
    assert len(filed) == 1
    sizes = re.fullmatch(rf"{reference} identity:(\d+)x(\d+) place_photo:(\d+)x(\d+)", filed[0])
    assert sizes, filed
    for width, height in ((int(sizes[1]), int(sizes[2])), (int(sizes[3]), int(sizes[4]))):
        assert width < height <= 2000, "upright, as the phone was held"
        assert width * 4 == height * 3
    original = sum(len(one["buffer"]) for one in originals)
    record_property(
        "figures",
        f"slow line (400 kbit/s, 400 ms, 3 cuts): filed in {time.monotonic() - begun:.0f} s; "
        f"sent {wire.sent / 1000:.0f} kB, received {wire.received / 1000:.0f} kB; "
        f"two photos of {original / 1000:.0f} kB left as {photos / 1000:.0f} kB",
    )


def test_a_connection_killed_at_seventy_per_cent_of_a_photo_goes_on_from_there(
    phone: Any, wire: Wire, live_site: LiveSite, record_property: Callable[[str, object], None]
):
    page = phone()
    begin(page, LIFE.service)
    page.goto(re.sub(r"etape/.*", "pieces/", page.url))
    grain = Image.effect_noise((640, 480), 90).convert("RGB")
    out = io.BytesIO()
    grain.save(out, "JPEG", quality=95)
    photo = out.getvalue()
    assert 150_000 < len(photo) < HEAVIEST, "light enough to leave as it is"
    before = wire.sent
    wire.cut_when_sent(len(photo) * 7 // 10)
    page.locator("input[type=file]").set_input_files({"name": "carte.jpg", "mimeType": "image/jpeg", "buffer": photo})
    while not wire.is_cut:
        page.wait_for_timeout(50)
    expect(page.locator(".files li")).to_contain_text("Gardée sur ce téléphone", timeout=PATIENCE)
    wire.mend()
    expect(page.locator(".files [data-state=checked]")).to_be_visible(timeout=PATIENCE)
    sent = wire.sent - before
    assert sent < len(photo) * 1.5, "only what was on its way was sent again"
    record_property("figures", f"killed at 70 %: a photo of {len(photo)} bytes took {sent} bytes in all")


def test_a_pdf_and_a_light_photo_leave_as_they_are(phone: Any, wire: Wire):
    page = phone()
    begin(page, LIFE.service)
    page.goto(re.sub(r"etape/.*", "pieces/", page.url))
    paper, photo = io.BytesIO(), io.BytesIO()
    Image.new("L", (500, 700), 200).save(paper, "PDF")
    Image.new("RGB", (320, 240), "#8a6").save(photo, "PNG")
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "acte.pdf", "mimeType": "application/pdf", "buffer": paper.getvalue()},
            {"name": "petite.png", "mimeType": "image/png", "buffer": photo.getvalue()},
        ]
    )
    files = page.locator(".files [data-state=checked]")
    expect(files).to_have_count(2, timeout=PATIENCE)
    expect(files.first).to_contain_text("acte.pdf")
    expect(files.last).to_contain_text("petite.")


def as_posted_everything(site: LiveSite) -> dict[str, str]:
    """What Grâce types, {name: text}, for every step of the service."""
    code = (
        "import json; from portal.demo.cases import LIFE, STALL; from requests_app.catalogue.models import Service; "
        "from requests_app.catalogue.forms import as_posted, definitions_of; "
        "v = Service.objects.get(slug=STALL.service).current; "
        "print(json.dumps(as_posted(definitions_of(v), STALL.all_answers())))"
    )
    return json.loads(rows(site, code))
