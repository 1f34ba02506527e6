"""The door of the staff: a password, then a phone; nobody gets in with the half of it."""

import re
import time

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from arrondissements.models import JournalEntry, User
from tests.cast import TOTP_KEY, totp_now

pytestmark = pytest.mark.django_db

PASSWORD = "mot-de-passe-de-test"
LOGIN, CODE, ENROL = "/compte/connexion/", "/compte/second-facteur/", "/compte/telephone/"


@pytest.fixture
def phone(cast):
    """The phone bound to Sèna's account."""
    return TOTPDevice.objects.create(user=cast.sena, name="phone", key=TOTP_KEY.hex())


@pytest.fixture
def half_in(cast, client):
    """A browser that gave Sèna's password and nothing else."""
    client.post(LOGIN, {"username": "sena", "password": PASSWORD})
    return client


def six_figures(key=TOTP_KEY):
    return f"{totp(key):06d}"


def secret_of(page):
    return re.search(r'enrol-secret">([A-Z2-7 ]+)<', page.content.decode())[1].replace(" ", "")


def codes_of(page):
    return re.findall(r'<li class="code">([a-z2-7-]+)</li>', page.content.decode())


def journal(act):
    return JournalEntry.objects.filter(act=act)


# -- The password -------------------------------------------------------------------------------


def test_the_desk_asks_for_the_password_and_comes_back_to_the_page_that_was_wanted(client, phone):
    answer = client.get("/agent/documents/")
    assert answer.url == f"{LOGIN}?next=/agent/documents/"
    answer = client.post(answer.url, {"username": "sena", "password": PASSWORD})
    assert answer.url == f"{CODE}?next=%2Fagent%2Fdocuments%2F"
    answer = client.post(answer.url, {"code": six_figures()})
    assert answer.url == "/agent/documents/"
    assert client.get(answer.url).status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_sentence(client, cast):
    answers = [
        client.post(LOGIN, {"username": name, "password": "faux"}).content.decode() for name in ("sena", "personne")
    ]
    sentences = [re.search(r"Cet identifiant et ce mot de passe[^<]+", answer)[0] for answer in answers]
    assert sentences[0] == sentences[1]


def test_the_account_is_locked_after_too_many_wrong_passwords_and_says_so_once_in_the_journal(client, cast, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT + 2):
        answer = client.post(LOGIN, {"username": "sena", "password": "faux"})
    assert answer.status_code == 429
    assert "se rouvrira" in answer.content.decode()
    assert client.post(LOGIN, {"username": "sena", "password": PASSWORD}).status_code == 429
    assert [entry.obj for entry in journal("staff.locked")] == [f"user:{cast.sena.pk}"]


def test_the_colleague_at_the_same_address_is_not_locked_out(client, cast, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        client.post(LOGIN, {"username": "sena", "password": "faux"})
    assert client.post(LOGIN, {"username": "rekia", "password": PASSWORD}).status_code == 302


def test_ten_clerks_of_one_office_come_in_from_one_address_after_two_wrong_passwords_each(cast, settings):
    """Twenty wrong passwords from one address in a minute: an office in the morning, and no guesser."""
    assert settings.AXES_FAILURE_LIMIT < 2 * 10
    people = [User.objects.create_user(f"clerk-{n}", password=PASSWORD) for n in range(10)]
    for person in people:
        TOTPDevice.objects.create(user=person, name="phone", key=TOTP_KEY.hex())
    browsers = [Client(REMOTE_ADDR="127.0.1.1") for _ in people]
    for _ in range(2):
        for person, browser in zip(people, browsers, strict=True):
            assert browser.post(LOGIN, {"username": person.username, "password": "faux"}).status_code == 200
    for person, browser in zip(people, browsers, strict=True):
        assert browser.post(LOGIN, {"username": person.username, "password": PASSWORD}).status_code == 302
        assert browser.post(CODE, {"code": six_figures()}).status_code == 302


def test_whoever_guesses_at_one_account_from_that_very_address_is_stopped(cast, settings):
    guesser = Client(REMOTE_ADDR="127.0.1.1")
    answers = [guesser.post(LOGIN, {"username": "sena", "password": f"essai-{n}"}).status_code for n in range(20)]
    assert answers.count(200) < settings.AXES_FAILURE_LIMIT
    assert set(answers[settings.AXES_FAILURE_LIMIT :]) == {429}
    assert guesser.post(LOGIN, {"username": "sena", "password": PASSWORD}).status_code == 429
    office = Client(REMOTE_ADDR="127.0.1.1")
    assert office.post(LOGIN, {"username": "rekia", "password": PASSWORD}).status_code == 302


def test_changing_address_gives_the_guesser_no_more_tries(cast, settings):
    answers = [
        Client(REMOTE_ADDR=f"127.0.9.{n}").post(LOGIN, {"username": "sena", "password": "faux"}).status_code
        for n in range(1, 20)
    ]
    assert set(answers[settings.AXES_FAILURE_LIMIT :]) == {429}


def test_the_right_password_forgets_the_wrong_ones(client, cast):
    client.post(LOGIN, {"username": "sena", "password": "faux"})
    client.post(LOGIN, {"username": "sena", "password": PASSWORD})
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.example/", "//ailleurs.example/agent/", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_site(client, phone, elsewhere):
    answer = client.post(LOGIN, {"username": "sena", "password": PASSWORD, "next": elsewhere})
    assert answer.url == f"{CODE}?next=%2Fagent%2F"
    answer = client.post(CODE, {"code": six_figures(), "next": elsewhere})
    assert answer.url == "/agent/"


# -- The second factor --------------------------------------------------------------------------


def test_a_password_alone_opens_no_page_of_the_staff(half_in, phone):
    for name, path in staff_pages():
        answer = half_in.get(path)
        assert answer.status_code in (302, 405), name
        if answer.status_code == 302:
            assert answer.url.startswith((CODE, ENROL, LOGIN)), name


def test_both_factors_open_the_desk(signed_in, cast):
    """Negative control of the walk above."""
    assert signed_in(cast.sena).get("/agent/").status_code == 200


def test_nobody_opens_a_page_of_the_staff_without_logging_in(client, db):
    for name, path in staff_pages():
        answer = client.get(path)
        assert answer.status_code in (302, 405), name
        if answer.status_code == 302:
            assert answer.url.startswith((LOGIN, "/admin/login/")), name


def staff_pages():
    """(name, path) of each address of the desk, of the account and of Wagtail's admin, arguments filled in."""
    found = []
    for prefix, patterns in _resolvers(get_resolver()):
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if path.startswith(("agent/", "relais/", "compte/", "admin/")) and not path.startswith("compte/connexion"):
                found.append((pattern.name, "/" + _filled(path)))
    assert len(found) > 60
    return [
        (name, path)
        for name, path in found
        # Steps of the login itself, and what Wagtail opens to all (its texts, its own login that leads to ours).
        if not path.startswith((CODE, ENROL, "/compte/deconnexion", "/admin/login", "/admin/logout", "/admin/jsi18n"))
        and "password_reset" not in path
        and "sprite" not in path
        and "userbar" not in path
    ]


def _resolvers(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _resolvers(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix, [entry]


def _filled(path):
    path = re.sub(r"<(?:str|slug|path):?\w+>", "x", path)
    path = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", path)
    path = re.sub(r"<(?:int:)?\w+>", "1", path)
    return re.sub(r"\(\?P<\w+>[^)]*\)|\([^)]*\)", "1", path).replace("^", "").replace("$", "").replace("\\Z", "")


def test_a_wrong_code_is_refused_and_the_next_must_wait(half_in, phone):
    assert "n’est pas le bon" in half_in.post(CODE, {"code": "000000"}).content.decode()
    answer = half_in.post(CODE, {"code": six_figures()})
    assert "attendez" in answer.content.decode()
    assert half_in.get("/agent/").status_code == 302


def test_a_code_opens_one_session_only(half_in, phone, cast):
    code = six_figures()
    assert half_in.post(CODE, {"code": code}).status_code == 302
    other = Client()
    other.post(LOGIN, {"username": "sena", "password": PASSWORD})
    assert "n’est pas le bon" in other.post(CODE, {"code": code}).content.decode()


def test_the_code_of_a_colleague_opens_nothing(half_in, phone, cast):
    key = b"another-secret-of-20"
    TOTPDevice.objects.create(user=cast.rekia, name="phone", key=key.hex())
    half_in.post(CODE, {"code": six_figures(key)})
    assert half_in.get("/agent/").status_code == 302


def test_the_session_key_changes_and_the_journal_tells_who_came_in(half_in, phone, cast):
    before = half_in.session.session_key
    half_in.post(CODE, {"code": six_figures()})
    assert half_in.session.session_key != before
    entry = journal("staff.login").get()
    assert (entry.obj, entry.by) == (f"user:{cast.sena.pk}", cast.sena)


def test_logging_out_is_a_button_and_not_a_link(signed_in, cast):
    client = signed_in(cast.sena)
    assert client.get("/compte/deconnexion/").status_code == 405
    assert client.post("/compte/deconnexion/").url == LOGIN
    assert client.get("/agent/").url.startswith(LOGIN)


# -- Enrolment ----------------------------------------------------------------------------------


def test_the_first_login_binds_a_phone_and_shows_the_recovery_codes_once(half_in, cast):
    answer = half_in.get("/agent/", follow=True)
    assert answer.request["PATH_INFO"] == ENROL
    page = half_in.get(ENROL)
    assert "data:image/png;base64," in page.content.decode()
    answer = half_in.post(ENROL, {"code": totp_now(secret_of(page))})
    assert len(codes_of(answer)) == 10
    assert half_in.get("/agent/").status_code == 200
    assert journal("staff.enrolled").get().obj == f"user:{cast.sena.pk}"
    assert not codes_of(half_in.get("/compte/codes-de-secours/"))


def test_a_wrong_first_code_binds_nothing(half_in, cast):
    page = half_in.get(ENROL)
    wrong = f"{(int(totp_now(secret_of(page))) + 1) % 1000000:06d}"
    answer = half_in.post(ENROL, {"code": wrong})
    assert "ne correspond pas" in answer.content.decode()
    assert secret_of(answer) == secret_of(page)
    assert not TOTPDevice.objects.exists()


def test_who_knows_the_password_of_a_bound_account_cannot_bind_another_phone(half_in, phone):
    assert half_in.get(ENROL).url.startswith(CODE)
    assert half_in.post(ENROL, {"code": "123456"}).url.startswith(CODE)


def test_whoever_looked_first_does_not_know_the_secret_of_the_owner(cast):
    secrets = set()
    for _ in range(2):
        browser = Client()
        browser.post(LOGIN, {"username": "sena", "password": PASSWORD})
        secrets.add(secret_of(browser.get(ENROL)))
    assert len(secrets) == 2


def test_changing_phone_asks_for_the_password_and_ends_the_old_one(signed_in, cast):
    client = signed_in(cast.sena)
    page = client.get(ENROL)
    code = totp_now(secret_of(page))
    assert "pas votre mot de passe" in client.post(ENROL, {"code": code, "password": "faux"}).content.decode()
    client.post(ENROL, {"code": code, "password": PASSWORD})
    assert TOTPDevice.objects.get(user=cast.sena).key != TOTP_KEY.hex()


# -- Recovery codes -----------------------------------------------------------------------------


def test_a_recovery_code_opens_once(signed_in, cast, client):
    renewed = signed_in(cast.sena).post("/compte/codes-de-secours/", {"password": PASSWORD})
    code = codes_of(renewed)[0]
    client.post(LOGIN, {"username": "sena", "password": PASSWORD})
    assert client.post(CODE, {"code": code.upper()}).status_code == 302
    assert client.get("/agent/").status_code == 200
    again = Client()
    again.post(LOGIN, {"username": "sena", "password": PASSWORD})
    assert again.post(CODE, {"code": code}).status_code == 200


def test_new_recovery_codes_need_the_password_and_end_the_old_ones(signed_in, cast):
    client = signed_in(cast.sena)
    first = codes_of(client.post("/compte/codes-de-secours/", {"password": PASSWORD}))
    assert not codes_of(client.post("/compte/codes-de-secours/", {"password": "faux"}))
    second = codes_of(client.post("/compte/codes-de-secours/", {"password": PASSWORD}))
    kept = {token.token for token in StaticDevice.objects.get(user=cast.sena).token_set.all()}
    assert kept == {code.replace("-", "") for code in second}
    assert not kept & {code.replace("-", "") for code in first}


def test_a_wrong_recovery_code_does_not_slow_the_phone_down(half_in, phone):
    half_in.post(CODE, {"code": "aaaa-aaaa"})
    started = time.monotonic()
    assert half_in.post(CODE, {"code": six_figures()}).status_code == 302
    assert time.monotonic() - started < 5


def test_the_pages_of_the_door_have_addresses(db):
    assert [reverse(f"staff:{name}") for name in ("login", "second-factor", "enrol")] == [LOGIN, CODE, ENROL]
