"""Pointing at a place without a script: nothing typed is lost, whatever the tile server does."""

import base64
import html
import io
import re
import uuid

import pytest
from django.test import Client
from PIL import Image

from requests_app.maps.sheet import COTONOU, Sheet
from requests_app.models import ServiceRequest
from tests.requests_app.catalogue.conftest import field
from tests.requests_app.citizen import begun, page
from tests.requests_app.desk import read_by, text_of
from tests.requests_app.test_steps import answers_of, asks

pytestmark = pytest.mark.django_db

SPOT, AGE = field("spot", "map_point"), field("age", "integer", min=1, max=120)


@pytest.fixture
def case(awa):
    asks(("Lieu", [AGE, SPOT, field("tags", "text", required=False)]))
    return begun(awa)


def form_of(answer):
    """What the browser would post of the page it was given: its hidden inputs, and what is typed in it."""
    boxes = re.findall(r"<input[^>]*>", answer.text)
    named = [(re.search(r'name="([^"]*)"', box), re.search(r'value="([^"]*)"', box), box) for box in boxes]
    return {
        html.unescape(name[1]): html.unescape(value[1]) if value else ""
        for name, value, box in named
        if name and 'type="image"' not in box and 'type="file"' not in box
    }


def typed(**more):
    return {
        "age": "quarante",
        "spot-words": "Derrière le marché",
        "spot-lat": "",
        "spot-lng": "",
        "tags": "a & b",
    } | more


def shown(client, case, **more):
    return client.post(page(case, "step", 1), typed(**more) | {"_map": "spot"})


def press(client, case, before, **button):
    return client.post(page(case, "step", 1), form_of(before) | button)


def picture_of(answer):
    raw = re.search(r'src="data:image/\w+;base64,([^"]+)"', answer.text)[1]
    return Image.open(io.BytesIO(base64.b64decode(raw)))


def test_without_a_tile_server_there_is_no_button_and_words_do(awa, case, no_map):
    assert "Montrer sur la carte" not in awa.get(page(case, "step", 1)).text
    again = awa.post(page(case, "step", 1), typed() | {"_map": "spot"})
    assert "Derrière le marché" in again.text  # the step itself
    assert "_sheet" not in again.text


def test_a_click_and_take_write_the_point_and_lose_nothing_that_was_typed(awa, case, tile_server):
    assert "Montrer sur la carte" in awa.get(page(case, "step", 1)).text
    first = shown(awa, case)
    assert first.status_code == 200
    assert picture_of(first).size == (288, 288)
    assert "© les auteurs de la carte d’essai" in first.text
    assert "Prendre ce point" not in first.text  # nothing is marked yet
    clicked = press(awa, case, first, **{"_spot.x": "200", "_spot.y": "60"})
    assert "Votre point est marqué" in clicked.text
    closer = press(awa, case, clicked, _go="closer")
    back = press(awa, case, closer, _take="1")
    latitude, longitude = Sheet.around(None).clicked(200, 60).mark
    assert answers_of(case)["spot"] == {
        "lat": round(latitude, 5), "lng": round(longitude, 5), "words": "Derrière le marché",
    }  # fmt: skip
    fields = form_of(back)
    # What does not hold comes back as it was typed, and nothing is judged yet.
    assert (fields["age"], fields["spot-words"], fields["tags"]) == ("quarante", "Derrière le marché", "a & b")
    assert fields["spot-lat"] == f"{latitude:.5f}".replace(".", ",")
    assert "Écrivez un nombre" not in back.text
    assert "age" not in answers_of(case)
    on = awa.post(page(case, "step", 1), fields | {"age": "40"})
    assert on.url == page(case, "step", 2)
    assert answers_of(case)["spot"]["lat"] == round(latitude, 5)


def test_leaving_the_map_changes_nothing(awa, case, tile_server):
    clicked = press(awa, case, shown(awa, case), **{"_spot.x": "5", "_spot.y": "5"})
    back = press(awa, case, clicked, _leave="1")
    assert form_of(back)["spot-lat"] == ""
    assert form_of(back)["age"] == "quarante"
    assert answers_of(case).get("spot") is None


def test_the_map_opens_on_the_point_that_is_typed_and_on_the_town_otherwise(awa, case, tile_server):
    assert Sheet.read(form_of(shown(awa, case))["_sheet"]).centre == COTONOU
    there = Sheet.read(form_of(shown(awa, case, **{"spot-lat": "9,33", "spot-lng": "2.63"}))["_sheet"])
    assert (there.centre, there.mark) == ((9.33, 2.63), (9.33, 2.63))
    nowhere = Sheet.read(form_of(shown(awa, case, **{"spot-lat": "nan", "spot-lng": "x"}))["_sheet"])
    assert nowhere.centre == COTONOU


def test_the_keyboard_points_at_the_middle(awa, case, tile_server):
    moved = press(awa, case, shown(awa, case), _go="north")
    by_key = Sheet.read(form_of(press(awa, case, moved, **{"_spot.x": "0", "_spot.y": "0"}))["_sheet"])
    by_button = Sheet.read(form_of(press(awa, case, moved, _go="middle"))["_sheet"])
    assert by_key.mark == by_button.mark == Sheet.read(form_of(moved)["_sheet"]).centre


@pytest.mark.parametrize("mood", ["away", "lying", "slow"])
def test_a_tile_server_that_fails_is_said_and_the_way_back_stays(awa, case, tile_server, mood):
    tile_server.mood = mood
    said = shown(awa, case)
    assert said.status_code == 200
    assert "La carte ne répond pas" in said.text
    assert 'type="image"' not in said.text
    assert form_of(press(awa, case, said, _leave="1"))["age"] == "quarante"


def test_a_part_of_the_map_that_lacks_is_said_and_the_rest_serves(awa, case, tile_server):
    tile_server.mood = "half"
    said = shown(awa, case)
    assert "Une partie de la carte n’est pas arrivée" in said.text
    assert picture_of(said).size == (288, 288)


def test_a_map_asked_too_often_is_refused_in_words_without_asking_a_tile(awa, case, tile_server, settings):
    settings.MAP_PER_MINUTE = 1
    shown(awa, case)
    before = len(tile_server.asked)
    said = press(awa, case, shown(awa, case), _go="north")
    assert "demandée trop souvent" in said.text
    assert len(tile_server.asked) == before
    assert form_of(press(awa, case, said, _leave="1"))["age"] == "quarante"


@pytest.mark.parametrize(
    "changes",
    [
        {"_map": "age"}, {"_map": "nothing"}, {"_map": ""},
        {"_map": "spot", "_sheet": "99 999 999"}, {"_map": "spot", "_sheet": "http://127.0.0.1:1/"},
        {"_map": "spot", "_spot.x": "99999", "_spot.y": "-1"}, {"_map": "spot", "_go": "../../etc"},
    ],
)  # fmt: skip
def test_no_parameter_leads_elsewhere_than_to_tiles_of_the_country(awa, case, tile_server, changes):
    answer = awa.post(page(case, "step", 1), typed() | changes)
    assert answer.status_code == 200
    assert all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) for path in tile_server.asked)


def test_whoever_has_not_the_secret_address_of_the_draft_has_no_map(awa, case, tile_server):
    address = page(case, "step", 1).replace(str(case.token), str(uuid.uuid4()))
    assert Client().post(address, {"_map": "spot"}).status_code == 404
    assert not tile_server.asked


# -- The desk -------------------------------------------------------------------------------------

WHERE = {"lat": 6.37, "lng": 2.41, "words": "Derrière le marché"}


@pytest.fixture
def pointed(filed_case, awa):
    """A request filed in the first arrondissement whose place was pointed at."""
    case = filed_case()
    version = asks(("Lieu", [SPOT]))
    ServiceRequest.objects.filter(pk=case.pk).update(version=version, answers=case.answers | {"spot": WHERE})
    return ServiceRequest.objects.get(pk=case.pk)


def map_of(case, key="spot"):
    return f"/agent/demande/{case.reference}/carte/{key}/"


def test_the_clerk_sees_the_place_and_its_address_says_no_place(pointed, tile_server, signed_in, cast):
    sena = signed_in(cast.sena)
    text = text_of(read_by(sena, pointed))
    assert map_of(pointed) in text
    assert "geo:6.37,2.41" in text
    assert "© les auteurs de la carte d’essai" in text
    answer = sena.get(map_of(pointed))
    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (288, 288)
    assert len(answer.content) <= 40_000


def test_without_a_tile_server_the_clerk_reads_the_words_and_the_link(pointed, no_map, signed_in, cast):
    sena = signed_in(cast.sena)
    text = text_of(read_by(sena, pointed))
    assert "Derrière le marché" in text
    assert "geo:6.37,2.41" in text
    assert map_of(pointed) not in text
    assert sena.get(map_of(pointed)).status_code == 404


def test_a_tile_server_that_is_away_leaves_the_words_to_the_clerk(pointed, tile_server, signed_in, cast):
    tile_server.mood = "away"
    sena = signed_in(cast.sena)
    assert "geo:6.37,2.41" in text_of(read_by(sena, pointed))
    assert sena.get(map_of(pointed)).status_code == 503


@pytest.mark.parametrize("login", ["codjo", "ines"])
def test_a_clerk_of_another_office_sees_404_instead_of_the_map(pointed, tile_server, signed_in, cast, login):
    assert signed_in(getattr(cast, login)).get(map_of(pointed)).status_code == 404
    assert not tile_server.asked


def test_a_question_without_a_point_has_no_map(pointed, tile_server, signed_in, cast):
    sena = signed_in(cast.sena)
    read_by(sena, pointed)
    assert sena.get(map_of(pointed, "birth_place")).status_code == 404
    ServiceRequest.objects.filter(pk=pointed.pk).update(answers=pointed.answers | {"spot": {"words": "Ici"}})
    assert sena.get(map_of(pointed)).status_code == 404


def test_the_map_asks_why_before_it_shows_a_place(pointed, tile_server, signed_in, cast):
    answer = signed_in(cast.sena).get(map_of(pointed))
    assert answer["Content-Type"].startswith("text/html")
    assert not tile_server.asked
