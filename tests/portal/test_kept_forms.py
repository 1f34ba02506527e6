"""What was typed on a page that locks comes back to the same person, once, and to nobody else."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django_otp.oath import totp

from portal import kept_forms, screen_lock
from tests.cast import TOTP_KEY
from tests.portal.test_screen_lock import LOCK, LOGIN, PIN, UNLOCK

pytestmark = pytest.mark.django_db

PAGE, OTHER_PAGE = "/agent/documents/", "/agent/vues/"
FORMS = [{"form": 0, "fields": [["reason", 0, "Prénom à revoir."]]}]
TYPED = json.dumps(FORMS)
GIVE, KEEP = "/compte/rendre/", "/compte/garder/"
PASSWORD = "mot-de-passe-de-test"


@pytest.fixture(autouse=True)
def _digits(cast, settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES["staticfiles"] = plain
    screen_lock.choose(cast.sena, PIN)


@pytest.fixture
def locked(signed_in, cast):
    """Sèna locked the screen in the middle of a sentence."""
    client = signed_in(cast.sena)
    client.post(LOCK, {"next": PAGE, "kept": TYPED})
    return client


def given(client, page=PAGE):
    return client.post(GIVE, {"page": page}).json()["forms"]


def log_in(client, user):
    client.post(LOGIN, {"username": user.username, "password": PASSWORD})
    return client.post("/compte/second-facteur/", {"code": f"{totp(TOTP_KEY):06d}"})


def everything_stored():
    return str([session.get_decoded() for session in Session.objects.all()])


def test_unlocked_by_the_same_person_it_is_given_back_once_on_its_page(locked):
    assert locked.get(PAGE).status_code == 423
    locked.post(UNLOCK, {"pin": PIN, "next": PAGE})
    assert f'data-kept="{GIVE}"' in locked.get(PAGE).text
    assert given(locked, OTHER_PAGE) == []
    assert given(locked) == FORMS
    assert given(locked) == []
    assert 'data-kept=""' in locked.get(PAGE).text


def test_while_locked_nothing_is_given_and_nothing_is_shown(locked):
    answer = locked.post(GIVE, {"page": PAGE})
    assert answer.status_code == 423
    for address in (PAGE, UNLOCK, LOGIN, "/"):
        assert "Prénom à revoir" not in locked.get(address).text


def test_another_person_over_the_locked_screen_finds_nothing(locked, signed_in, cast):
    signed_in(cast.mahugnon)  # her phone is bound
    log_in(locked, cast.mahugnon)
    assert locked.get("/agent/").status_code == 200
    assert given(locked) == []
    assert "Prénom à revoir" not in everything_stored()


def test_the_same_person_with_her_password_finds_her_words_after_the_second_factor(locked, cast):
    locked.post(LOGIN, {"username": "sena", "password": PASSWORD})
    assert locked.post(GIVE, {"page": PAGE}).status_code == 302  # a password alone reads nothing
    locked.post("/compte/second-facteur/", {"code": f"{totp(TOTP_KEY):06d}"})
    assert given(locked) == FORMS


def test_between_the_password_and_the_second_factor_another_person_gets_nothing(locked, signed_in, cast):
    signed_in(cast.mahugnon)
    locked.post(LOGIN, {"username": "sena", "password": PASSWORD})
    log_in(locked, cast.mahugnon)
    assert given(locked) == []
    assert "Prénom à revoir" not in everything_stored()


def test_leaving_and_digits_used_up_forget_it(locked, signed_in, cast):
    for _try in range(5):
        locked.post(UNLOCK, {"pin": "111112"})
    assert "Prénom à revoir" not in everything_stored()
    client = signed_in(cast.mahugnon)
    client.post(LOCK, {"next": PAGE, "kept": TYPED})
    assert "Prénom à revoir" in everything_stored()  # negative control: it does lie there meanwhile
    client.post("/compte/deconnexion/")
    assert "Prénom à revoir" not in everything_stored()


def test_the_other_tabs_say_what_was_typed_in_them_in_the_first_seconds_only(locked, time_passes):
    assert locked.post(KEEP, {"page": OTHER_PAGE, "kept": TYPED}).status_code == 204
    time_passes(60)
    locked.post(KEEP, {"page": "/agent/", "kept": TYPED})
    locked.post(UNLOCK, {"pin": PIN})
    assert [bool(given(locked, page)) for page in (PAGE, OTHER_PAGE, "/agent/")] == [True, True, False]


def test_an_open_session_keeps_nothing_beside(signed_in, cast):
    client = signed_in(cast.sena)
    client.post(KEEP, {"page": PAGE, "kept": TYPED})
    assert given(client) == []


@pytest.mark.parametrize("nonsense", ["", "{", '{"a": 1}', "[]", "x" * (kept_forms.MOST_SIGNS + 1)])
def test_what_makes_no_sense_counts_for_nothing(signed_in, cast, nonsense):
    client = signed_in(cast.sena)
    assert client.post(LOCK, {"next": PAGE, "kept": nonsense}).status_code == 302
    client.post(UNLOCK, {"pin": PIN})
    assert given(client) == []


def test_only_the_last_pages_are_kept(locked):
    for number in range(kept_forms.MOST_PAGES + 3):
        locked.post(KEEP, {"page": f"/agent/?days={number}", "kept": TYPED})
    locked.post(UNLOCK, {"pin": PIN})
    kept = [bool(given(locked, f"/agent/?days={number}")) for number in range(kept_forms.MOST_PAGES + 3)]
    assert kept == [False] * 3 + [True] * kept_forms.MOST_PAGES


@pytest.fixture
def time_passes(monkeypatch):
    """`time_passes(60)`: the clock of the lock goes on by so many seconds."""
    import time

    def _time_passes(seconds):
        real = time.time
        monkeypatch.setattr("portal.lock_views.time.time", lambda: real() + seconds)

    return _time_passes


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_tabs_that_arrive_together_each_count(locked):
    pages = [f"/agent/?days={number}" for number in range(4)]

    def say(page):
        try:
            browser = Client()
            browser.cookies["sessionid"] = locked.cookies["sessionid"].value
            return browser.post(KEEP, {"page": page, "kept": TYPED}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(say, pages)) == {204}
    locked.post(UNLOCK, {"pin": PIN})
    assert all(given(locked, page) == FORMS for page in pages)
