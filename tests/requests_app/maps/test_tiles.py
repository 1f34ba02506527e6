"""The squares of a map: asked of one server, by us alone, kept, and missing whenever they are not a picture."""

import random
import time

import pytest
from django.core.cache import caches
from PIL import Image

from requests_app.maps import sheet, tiles
from requests_app.maps.sheet import Sheet

HERE = (13, 4150, 3950)
TOWN = Sheet.around(None)


def test_a_tile_is_asked_once_by_its_three_numbers_and_kept(tile_server):
    assert tiles.pictures([HERE])[HERE].size == (256, 256)
    assert tiles.pictures([HERE])[HERE].size == (256, 256)
    assert tile_server.asked == ["/13/4150/3950.png"]


def test_the_tile_server_learns_who_we_are_and_nothing_of_who_looks(tile_server, settings):
    tiles.pictures([HERE])
    [headers] = tile_server.headers_seen
    assert headers["User-Agent"] == f"Pole-Cotonou ({settings.SITE_BASE_URL})"
    assert not {"Cookie", "Referer", "X-Forwarded-For", "Accept-Language"} & headers.keys()


def test_what_is_kept_serves_while_the_server_is_away(tile_server):
    whole = sheet.picture(TOWN)
    tile_server.mood = "away"
    assert sheet.picture(TOWN) == whole


@pytest.mark.parametrize("mood", ["away", "slow", "endless", "lying", "huge", "small", "elsewhere"])
def test_what_is_no_tile_is_a_missing_square_within_the_patience_and_is_not_kept(tile_server, mood):
    tile_server.mood = mood
    begun = time.monotonic()
    assert tiles.pictures([HERE]) == {}
    assert time.monotonic() - begun < 4 * tiles.PATIENCE
    assert "/secret" not in tile_server.asked
    caches["default"].delete(tiles.AWAY)
    tile_server.mood = "good"
    assert HERE in tiles.pictures([HERE])


def test_a_server_that_failed_is_left_in_peace_for_a_while(tile_server):
    tile_server.mood = "away"
    tiles.pictures([HERE])
    tiles.pictures([HERE, (13, 4150, 3951)])
    assert len(tile_server.asked) == 1


def test_a_server_that_does_not_exist_is_a_missing_square(tile_server, settings):
    settings.MAP_TILES_URL = "http://127.0.0.1:9/{z}/{x}/{y}.png"
    assert tiles.pictures([HERE]) == {}


# -- The sheet ------------------------------------------------------------------------------------


def test_a_click_falls_where_it_was_and_comes_back_on_the_same_pixel():
    for x, y in ((1, 1), (144, 144), (287, 40)):
        marked = TOWN.clicked(x, y)
        assert [round(part) for part in marked.on_sheet(marked.mark)] == [x, y]


def test_the_four_ways_go_where_they_say_and_back():
    for way, back, part, sign in (("north", "south", 0, 1), ("east", "west", 1, 1)):
        moved = TOWN.moved(way)
        assert sign * (moved.centre[part] - TOWN.centre[part]) > 0
        assert moved.moved(back).centre == pytest.approx(TOWN.centre, abs=1e-4)


def test_closer_keeps_the_mark_on_the_sheet():
    seen = TOWN.clicked(10, 10)
    for _ in range(4):
        seen = seen.zoomed(1)
        assert seen.shows_mark


def test_zooms_and_places_never_leave_the_country():
    closest, farthest = TOWN, TOWN
    for _ in range(30):
        closest, farthest = closest.zoomed(1), farthest.zoomed(-1)
    assert (farthest.zoom, closest.zoom) == sheet.ZOOMS
    gone = farthest
    for _ in range(30):
        gone = gone.moved("north").moved("east")
    assert gone.centre == (12.6, 4.0)


@pytest.mark.parametrize(
    "text", ["", "13", "13 6.3", "x 6.3 2.4", "13 nan 2.4", "13 inf 2.4", "13 6.3 2.4 1", "-1 6.3 2.4", "13 1e999 2"]
)
def test_what_is_no_sheet_is_none(text):
    assert Sheet.read(text) is None


def test_what_a_page_kept_is_read_again_and_bounded():
    seen = TOWN.clicked(30, 40)
    assert Sheet.read(seen.written()) == seen
    assert Sheet.read("99 -80 170 89 -170") == Sheet((6.0, 4.0), 18, (12.6, 0.6))


@pytest.mark.parametrize("noise", [False, True])
def test_a_picture_is_light_whatever_the_tiles_hold(tile_server, monkeypatch, noise):
    if noise:
        grain = Image.frombytes("RGB", (256, 256), random.Random(4).randbytes(256 * 256 * 3))
        monkeypatch.setattr(tiles, "pictures", lambda wanted: dict.fromkeys(wanted, grain))
    drawn = sheet.picture(TOWN.clicked(100, 100))
    assert len(drawn.bytes) <= 40_000
    assert drawn.missing == 0
