"""The screen locked on a shared PC: nothing is read through it, six digits open it again, and only that."""

import time

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from arrondissements.models import JournalEntry, QuickPin
from portal import screen_lock
from requests_app.states import State
from tests.cast import TOTP_KEY
from tests.portal.test_staff_login import CODE, LOGIN, PASSWORD, six_figures
from tests.together import all_at_once

pytestmark = pytest.mark.django_db

PIN = "493817"
LOCK, UNLOCK, CHOOSE = "/compte/verrouiller/", "/compte/ecran-verrouille/", "/compte/code-court/"


@pytest.fixture
def sena(signed_in, cast):
    """Sèna at her desk, with her digits."""
    screen_lock.choose(cast.sena, PIN)
    return signed_in(cast.sena)


@pytest.fixture
def locked(sena):
    sena.post(LOCK, {"next": "/agent/documents/"})
    return sena


def acts(user):
    return list(JournalEntry.objects.filter(obj=f"user:{user.pk}").order_by("seq").values_list("act", flat=True))


# -- Locked -------------------------------------------------------------------------------------


def test_one_press_locks_and_the_digits_lead_back_to_the_same_page(sena, cast):
    answer = sena.post(LOCK, {"next": "/agent/documents/"}, follow=True)
    assert answer.status_code == 423
    assert "no-store" in answer.headers["Cache-Control"]
    answer = sena.post(UNLOCK, {"pin": PIN, "next": "/agent/documents/"})
    assert answer.url == "/agent/documents/"
    assert sena.get(answer.url).status_code == 200
    assert acts(cast.sena)[-2:] == ["staff.screen_locked", "staff.screen_unlocked"]


def test_locked_and_opened_again_the_session_has_another_key_each_time(sena):
    keys = [sena.session.session_key]
    sena.post(LOCK)
    keys.append(sena.session.session_key)
    sena.post(UNLOCK, {"pin": PIN})
    assert sena.get("/agent/").status_code == 200
    keys.append(sena.session.session_key)
    assert len(set(keys)) == 3


def staff_addresses():
    """Every address without argument that asks for a login, and one of each kind with arguments."""
    found = []

    def walk(patterns, prefix=""):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
            elif isinstance(pattern, URLPattern) and pattern.name:
                try:
                    found.append(reverse(f"{prefix}{pattern.name}"))
                except NoReverseMatch:
                    continue

    walk(get_resolver().url_patterns)
    return sorted({address for address in found if address.startswith(("/agent/", "/compte/", "/admin/", "/relais/"))})


def test_while_locked_every_address_of_the_staff_answers_the_lock_page(locked, filed_case):
    case = filed_case(state=State.UNDER_REVIEW)
    addresses = [*staff_addresses(), f"/agent/demande/{case.reference}/", "/agent/arrondissement-1/export.csv"]
    assert len(addresses) > 25
    open_ones = set()
    for address in addresses:
        answer = locked.get(address)
        if answer.status_code == 423:
            assert "Écran verrouillé" in answer.text
            assert case.applicant_name not in answer.text
        else:
            open_ones.add((address, answer.status_code))
    # The login's door is public; locking and leaving are presses of a button.
    # The programs' doors of the admin send to the login.
    open_ones = {(address, status) for address, status in open_ones if not address.startswith("/admin/api/")}
    presses = {(address, 405) for address in (LOCK, "/compte/garder/", "/compte/deconnexion/")}
    assert open_ones == presses | {(LOGIN, 200), ("/admin/login/", 302)}


def test_an_open_session_reads_the_same_addresses(sena, filed_case):
    """Negative control: it is the lock that answers."""
    case = filed_case()
    assert sena.get(f"/agent/demande/{case.reference}/").status_code == 200
    assert sena.get(UNLOCK).url == "/agent/"


def test_a_locked_session_writes_nothing_either(locked, filed_case):
    case = filed_case()
    assert locked.post(f"/agent/demande/{case.reference}/prendre/").status_code == 423
    case.refresh_from_db()
    assert case.state == State.SUBMITTED


def test_on_a_public_page_a_locked_session_is_nobody(locked, filed_case):
    answer = locked.get(LOGIN)
    assert answer.status_code == 200  # an open session would be sent to its desk
    assert "Sena" not in answer.text


def test_an_address_elsewhere_is_not_where_the_digits_lead(locked):
    assert locked.post(UNLOCK, {"pin": PIN, "next": "https://ailleurs.example/"}).url == "/agent/"


# -- Digits -------------------------------------------------------------------------------------


def test_five_wrong_tries_close_the_session_and_the_right_digits_come_too_late(locked, cast):
    for left in (4, 3, 2, 1):
        answer = locked.post(UNLOCK, {"pin": "111112"})
        assert f"Il reste {left} essai" in answer.text
    assert locked.post(UNLOCK, {"pin": "111112"}).url == LOGIN
    assert locked.post(UNLOCK, {"pin": PIN}).status_code == 302
    assert locked.get("/agent/").url.startswith(LOGIN)


def test_digits_used_up_do_not_open_a_session_locked_elsewhere(locked, signed_in, cast):
    QuickPin.objects.update(tries=QuickPin.MOST_TRIES)
    other = signed_in(cast.sena)
    other.post(LOCK)
    assert "Aucun code court n’est utilisable" in other.get("/agent/").text
    assert other.post(UNLOCK, {"pin": PIN}).url == LOGIN


def test_the_whole_login_gives_five_tries_again(cast, sena):
    QuickPin.objects.update(tries=QuickPin.MOST_TRIES)
    TOTPDevice.objects.filter(user=cast.sena).delete()
    TOTPDevice.objects.create(user=cast.sena, name="phone", key=TOTP_KEY.hex())
    browser = Client()
    browser.post(LOGIN, {"username": "sena", "password": PASSWORD})
    assert QuickPin.objects.get().tries == QuickPin.MOST_TRIES  # a password alone gives nothing
    browser.post(CODE, {"code": six_figures()})
    assert QuickPin.objects.get().tries == 0


def test_the_digits_are_no_way_to_log_in(sena, cast, client):
    assert client.post(UNLOCK, {"pin": PIN}).url.startswith(LOGIN)
    client.post(LOGIN, {"username": "sena", "password": PIN})
    assert client.get("/agent/").url.startswith(LOGIN)
    client.post(LOGIN, {"username": "sena", "password": PASSWORD})
    assert client.post(UNLOCK, {"pin": PIN}).url.startswith(CODE)


@pytest.mark.parametrize(
    ("digits", "weak"),
    [
        ("000000", True), ("123456", True), ("234567", True), ("987654", True), ("121212", True), ("471471", True),
        ("198585", True), ("198519", True), ("851985", True), ("191985", True),
        ("493817", False), ("198547", False), ("112358", False), ("218585", False),
    ],
)  # fmt: skip
def test_digits_that_anybody_would_try_are_refused(digits, weak):
    assert screen_lock.is_weak(digits) is weak


def test_choosing_digits_asks_for_the_password_and_keeps_only_their_digest(signed_in, cast):
    client = signed_in(cast.sena)
    wrong = [
        {"pin": "000000", "again": "000000", "password": PASSWORD},
        {"pin": PIN, "again": "493818", "password": PASSWORD},
        {"pin": PIN, "again": PIN, "password": "faux"},
        {"pin": "12345", "again": "12345", "password": PASSWORD},
    ]
    assert [client.post(CHOOSE, posted).status_code for posted in wrong] == [422] * 4
    assert not QuickPin.objects.exists()
    assert client.post(CHOOSE, {"pin": PIN, "again": PIN, "password": PASSWORD}).status_code == 302
    assert PIN not in QuickPin.objects.get().digest


# -- Whose session ------------------------------------------------------------------------------


def test_another_person_who_logs_in_over_a_locked_screen_ends_the_session_under_it(locked, cast):
    TOTPDevice.objects.create(user=cast.fifame, name="phone", key=TOTP_KEY.hex())
    before = locked.cookies["sessionid"].value
    locked.post(LOGIN, {"username": "fifame", "password": PASSWORD})
    assert locked.get("/agent/").url.startswith(CODE)  # a password is half of a login
    locked.post(CODE, {"code": six_figures()})
    head = locked.get("/agent/").text.partition("</header>")[0]
    assert "Fifame" in head
    assert "Sena" not in head
    assert not Client().session.__class__().exists(before)


def test_the_same_person_who_logs_in_over_her_lock_still_needs_her_second_factor(locked):
    locked.post(LOGIN, {"username": "sena", "password": PASSWORD})
    assert locked.get("/agent/").url.startswith(CODE)


def test_a_wrong_password_over_a_locked_screen_ends_nothing(locked):
    locked.post(LOGIN, {"username": "fifame", "password": "faux"})
    assert locked.post(UNLOCK, {"pin": PIN}).url == "/agent/"


# -- Nobody at the screen -----------------------------------------------------------------------


def test_a_screen_nobody_touches_locks_itself_and_one_in_use_does_not(sena, settings):
    idle = settings.LOCK_AFTER_MINUTES * 60
    with time_machine.travel(time.time() + idle - 5, tick=False):
        assert sena.get("/compte/present/").status_code == 204
    with time_machine.travel(time.time() + 2 * idle - 10, tick=False):
        assert sena.get("/agent/").status_code == 200
    with time_machine.travel(time.time() + 3 * idle, tick=False):
        assert sena.get("/agent/").status_code == 423
        assert sena.get("/compte/present/").status_code == 423
    assert sena.get("/agent/").status_code == 423  # and stays so


@pytest.mark.parametrize("page", ["/relais/", "/admin/"])
def test_who_fills_in_a_long_form_or_writes_a_long_text_is_not_locked_out(sena, settings, page):
    sena.get(page)
    with time_machine.travel(time.time() + settings.LOCK_AFTER_MINUTES * 60 + 60, tick=False):
        assert sena.get(page).status_code != 423
        assert sena.get("/agent/").status_code == 200  # she was just seen


@pytest.mark.parametrize("page", ["/relais/", "/admin/"])
def test_a_screen_left_at_the_desk_is_not_opened_by_the_address_of_such_a_page(sena, settings, page):
    sena.get("/agent/")
    with time_machine.travel(time.time() + settings.LOCK_AFTER_MINUTES * 60 + 60, tick=False):
        assert sena.get(page).status_code == 423
        assert sena.get("/agent/").status_code == 423


def test_a_screen_left_on_such_a_page_is_not_opened_by_the_address_of_the_desk(sena, settings):
    sena.get("/relais/")
    with time_machine.travel(time.time() + settings.LOCK_AFTER_MINUTES * 60 + 60, tick=False):
        assert sena.get("/agent/").status_code == 423


def test_a_page_writes_no_session_while_it_is_in_use(sena):
    def written(at):
        with time_machine.travel(at, tick=False), CaptureQueriesContext(connection) as seen:
            sena.get("/compte/present/")
        return [query["sql"] for query in seen if "UPDATE" in query["sql"] and "django_session" in query["sql"]]

    now = time.time()
    assert not written(now + 30)
    assert written(now + 90)  # once a minute


# -- Everybody at once --------------------------------------------------------------------------


def request_of(user):
    request = RequestFactory().post(UNLOCK)
    request.user, request.session = user, Client().session
    return request


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_forty_wrong_tries_at_once_are_five_tries(cast):
    screen_lock.choose(cast.sena, PIN)
    results = all_at_once(40, lambda i: screen_lock.unlock(request_of(cast.sena), f"{200000 + i}"))
    assert QuickPin.objects.get().tries == QuickPin.MOST_TRIES
    judged = JournalEntry.objects.filter(act="staff.pin_refused").count()
    assert judged == QuickPin.MOST_TRIES
    assert all(result is False or isinstance(result, screen_lock.TriesUsedUp) for result in results)
    with pytest.raises(screen_lock.TriesUsedUp):
        screen_lock.unlock(request_of(cast.sena), PIN)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_tries_read_then_written_would_be_more_than_five(cast):
    """Negative control: the same race when the try is judged before it is counted."""
    screen_lock.choose(cast.sena, PIN)
    judged = []

    def read_then_write(i):
        pin = QuickPin.objects.get()
        if pin.tries < QuickPin.MOST_TRIES:
            time.sleep(0.05)  # the time of a digest
            judged.append(i)
            pin.tries += 1
            pin.save()

    all_at_once(20, read_then_write)
    assert len(judged) > QuickPin.MOST_TRIES
