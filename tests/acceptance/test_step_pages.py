"""A step in the browser: the same questions with scripts on and off, light pages, no barrier, the keyboard alone."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from tests.acceptance.services import ALL, CONDITIONS, LONG, SHOWN_BY, WITNESSES
from tests.acceptance.test_budgets import LIGHT, PUBLIC, REQUESTS, Weight
from tests.acceptance.test_inner_pages import barriers, too_wide
from tests.acceptance.test_slow_line import photograph
from tests.real_parts import LiveSite

PUBLISH = "from tests.acceptance.services import publish_all; publish_all()"


@pytest.fixture(scope="module")
def services(live_site: LiveSite) -> LiveSite:
    """The site, with the services of these tests in force."""
    live_site.manage("shell", "-v0", "-c", PUBLISH)
    return live_site


@pytest.fixture
def begin(browser: Any, services: LiveSite) -> Iterator[Callable[..., Page]]:
    """`begin(slug, java_script_enabled=False)`: the first step of a new draft, on a phone."""
    contexts = []

    def _begin(slug: str, **options: Any) -> Page:
        phone = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR", "reduced_motion": "reduce"}
        contexts.append(browser.new_context(base_url=services.url, **phone | options))
        contexts[-1].set_default_timeout(30_000)
        page = contexts[-1].new_page()
        page.goto(f"/demarches/commencer/{slug}/")
        page.get_by_role("button", name="Commencer").click()
        page.wait_for_url("**/etape/1/")
        return page

    yield _begin
    for context in contexts:
        context.close()


# -- The same with scripts on and off ------------------------------------------------------------

# What is answered, one after the other in one page: each case is judged on what stands before it too.
TURNS: list[dict[str, str]] = [
    {"colour": "red"},
    {"colour": "green"},
    {"colour": "blue"},
    {"many": "green"},
    {"age": "17"},
    {"age": "18"},
    {"age": "19"},
    {"age": "beaucoup"},
    {"age": ""},
    {"born": "2001-05-03"},
    {"born": "2024-05-03"},
    {"name": "Awa"},
    {"name": "   "},
    {"sure": "yes", "age": "40"},
    {"sure": "no"},
    {"colour": "red"},
    {"eq": "quelque chose"},
    {"colour": "green"},
    {"colour": "red"},
]


def give(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        if name == "born":
            for part, text in zip(("year", "month", "day"), value.split("-"), strict=True):
                page.locator(f"[name='born_{part}']").fill(text.lstrip("0"))
        elif page.locator(f"[name='{name}'][value]").count() > 1:
            page.locator(f"[name='{name}'][value='{value}']").check()
        else:
            page.locator(f"[name='{name}']").fill(value)


def asked(page: Page) -> list[str]:
    """The questions on the page, in order."""
    keys = page.locator("[data-portal-asked] > [data-portal-field]").evaluate_all(
        "nodes => nodes.map((node) => node.getAttribute('data-portal-field'))"
    )
    return [key for key in keys if key in SHOWN_BY]


def with_scripts(page: Page, answers: dict[str, str], expected: list[str]) -> list[str]:
    """What is asked once the page has kept itself: at most a few seconds after, at once as a rule."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        give(page, answers)
        page.locator("h1").click()  # leaves the field
    for _look in range(60):
        if asked(page) == expected:
            break
        page.wait_for_timeout(100)
    return asked(page)


def without_scripts(page: Page, answers: dict[str, str]) -> list[str]:
    """What the page shows after its own button; it is opened again when the step was left."""
    give(page, answers)
    here = page.url
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    if page.url != here:
        page.goto(here)
    return asked(page)


def test_every_condition_asks_the_same_with_scripts_on_and_off(begin):
    on, off = begin(CONDITIONS), begin(CONDITIONS, java_script_enabled=False)
    assert asked(on) == asked(off)
    turns = [set(asked(on))]
    for turn in TURNS:
        shown = without_scripts(off, turn)
        assert with_scripts(on, turn, shown) == shown, turn
        turns.append(set(shown))
    assert set.union(*turns) == set(SHOWN_BY), "every operator showed its question at least once"
    assert not set.intersection(*turns), "and left it out at least once"


def test_what_is_typed_stays_when_a_question_appears_and_comes_back(begin):
    page = begin(CONDITIONS)
    give(page, {"name": "Awa", "colour": "red"})
    expect(page.locator("[name='eq']")).to_be_visible()
    page.locator("[name='eq']").fill("gardé")
    give(page, {"colour": "green"})
    expect(page.locator("[name='eq']")).to_have_count(0)
    page.locator("[name='name']").focus()
    give(page, {"colour": "red"})
    expect(page.locator("[name='eq']")).to_have_value("gardé")
    expect(page.locator("[name='name']")).to_have_value("Awa")


def test_a_step_keeps_itself_and_says_when(begin):
    page = begin(CONDITIONS)
    give(page, {"name": "Awa Sènan"})
    page.locator("[name='age']").click()
    expect(page.locator("[data-portal-line]")).to_contain_text("Enregistré à", timeout=15_000)
    page.reload()
    expect(page.locator("[name='name']")).to_have_value("Awa Sènan")


def test_leaving_with_something_unsaved_is_asked_first(begin):
    page = begin(CONDITIONS)
    page.context.set_offline(True)
    give(page, {"name": "Awa"})
    page.locator("[name='age']").click()
    expect(page.locator("[data-portal-line]")).to_contain_text("la ligne est coupée", timeout=15_000)
    asked_first = []
    page.on("dialog", lambda dialog: (asked_first.append(dialog.type), dialog.accept()))
    with pytest.raises(Error):  # nothing answers: the question comes first all the same
        page.goto("/suivi/")
    assert asked_first == ["beforeunload"]


# -- Without scripts ------------------------------------------------------------------------------


def test_a_whole_request_is_filed_without_javascript(begin, services):
    page = begin(WITNESSES, java_script_enabled=False)

    def go_on() -> None:
        page.get_by_role("button", name="Enregistrer et continuer").last.click()

    page.locator("[name='travels'][value='yes']").check()
    go_on()
    expect(page.locator("main")).to_contain_text("Votre réponse appelle une question de plus.")
    page.locator("[name='where_to']").fill("Lomé")
    go_on()
    page.locator("[name='witnesses-0-full_name']").fill("Koffi Agbo")
    page.locator("[name='witnesses-0-mobile']").fill("97 00 00 01")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator("[name='witnesses-0-full_name']")).to_have_value("Koffi Agbo")
    page.locator("[name='witnesses-1-full_name']").fill("Afiavi Zinsou")
    page.locator("[name='witnesses-1-mobile']").fill("97 00 00 02")
    go_on()
    page.locator("[name='name']").fill("Awa Dossou-Yovo")
    page.locator("[name='phone']").fill("01 66 00 11 99")
    go_on()
    for number, key in enumerate(("identity", "place_photo")):
        photo = photograph(number) | {"name": f"{key}.jpg"}
        page.locator(f"[name='piece-{key}']").set_input_files([photo])
    go_on()
    page.locator("[name='declaration']").check()
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", name="Votre demande est déposée")).to_be_visible()
    kept = (
        "import json; from requests_app.models import ServiceRequest; "
        "case = ServiceRequest.objects.get(phone='+2290166001199'); "
        "print(json.dumps([case.answers, sorted(case.evidence.values_list('piece', flat=True))]))"
    )
    answers, pieces = json.loads(services.manage("shell", "-v0", "-c", kept))
    assert answers["where_to"] == "Lomé"
    assert [witness["full_name"] for witness in answers["witnesses"]] == ["Koffi Agbo", "Afiavi Zinsou"]
    assert pieces == ["identity", "place_photo"]


# -- Weight, barriers, keyboard --------------------------------------------------------------------


def first_visit(page: Page, path: str) -> Weight:
    weight = Weight(page.context.new_page())
    weight.page.goto(path, wait_until="networkidle")
    return weight


@pytest.mark.parametrize("slug", [LONG, CONDITIONS, WITNESSES, ALL])
def test_a_step_is_light_whatever_it_asks(begin, slug, record_property):
    weight = first_visit(begin(slug), begin(slug).url)
    assert 0 < weight.bytes <= LIGHT
    assert weight.requests <= REQUESTS
    assert weight.refused == 0
    record_property("figures", f"first visit to a step of « {slug} »: {weight.bytes} bytes, {weight.requests} requests")


def test_the_pieces_with_what_sends_them_are_light(begin, record_property):
    page = begin(WITNESSES)
    pieces = re.sub(r"etape/.*", "pieces/", page.url)
    weight = first_visit(page, pieces)
    weight.page.locator("input[type=file]").first.set_input_files([photograph(3)])
    expect(weight.page.locator(".files [data-state=checked]")).to_be_visible(timeout=30_000)
    scripts = weight.page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert any("uploads" in name for name in scripts)
    assert any("photos" in name for name in scripts)
    fresh = first_visit(page, pieces)
    assert 0 < fresh.bytes <= PUBLIC
    assert fresh.requests <= REQUESTS
    record_property("figures", f"first visit to the pieces: {fresh.bytes} bytes, {fresh.requests} requests")


@pytest.mark.parametrize("slug", [LONG, CONDITIONS, WITNESSES, ALL])
def test_a_step_has_no_barrier_and_fits_a_small_phone(begin, slug):
    page = begin(slug, viewport={"width": 320, "height": 640})
    assert too_wide(page) <= 0
    assert barriers(page) == ""


def test_every_question_is_reached_and_answered_with_the_keyboard_alone(begin):
    page = begin(ALL, viewport={"width": 1280, "height": 800})
    reached = set()
    page.locator("h1").evaluate("title => { title.tabIndex = -1; title.focus(); }")
    for _press in range(140):
        page.keyboard.press("Tab")
        field = page.evaluate(
            "() => { const at = document.activeElement.closest('[data-portal-asked] > [data-portal-field]');"
            " return at && at.dataset.portalField; }"
        )
        reached.add(field)
        if page.evaluate("document.activeElement.textContent.trim()") == "Enregistrer et continuer":
            break
    silent = {"part", "why"}
    everything = page.locator("[data-portal-asked] > [data-portal-field]").evaluate_all(
        "nodes => nodes.map((node) => node.dataset.portalField)"
    )
    assert set(everything) - silent - {"_marks"} <= reached


# -- Comforts --------------------------------------------------------------------------------------


def test_two_linked_lists_shorten_the_second_and_a_signature_is_drawn_and_sent(begin):
    page = begin(ALL)
    page.locator("#id_home_0").select_option("5")
    names = page.locator("#id_home_1 option").all_inner_texts()
    assert "Gbéto" in names
    assert len(names) < 40
    page.locator("#id_linked_0").select_option("fish")
    assert page.locator("#id_linked_1 option").all_inner_texts() == ["Choisissez…", "Choix tilapia"]
    sheet = page.locator("canvas.sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 90, steps=6)
    page.mouse.up()
    undo = page.get_by_role("button", name="Annuler le dernier trait")
    expect(undo).to_be_enabled()
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    expect(page.locator("[data-portal-signature] .files")).to_contain_text("signature.png", timeout=30_000)


def test_the_phone_says_where_it_is_only_where_that_is_asked(begin):
    place = {"latitude": 6.3703, "longitude": 2.3912, "accuracy": 12}
    page = begin(ALL, geolocation=place, permissions=["geolocation"])
    page.get_by_role("button", name="Ma position").click()
    expect(page.locator("[name='spot-lat']")).to_have_value("6,37030")
    expect(page.locator("[data-portal-map]")).to_contain_text("à 12 mètres près")
    elsewhere = begin(LONG)
    policy = elsewhere.request.get(elsewhere.url).headers["permissions-policy"]
    assert "geolocation=()" in policy
