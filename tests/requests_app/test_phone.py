"""The space of a phone: proved by a one-time code, kept half an hour in one browser, the same pages for anybody's."""

import datetime
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arrondissements import chores
from arrondissements.models import OutboxMessage
from requests_app import filing, tracking
from requests_app.models import OnBehalf, PhoneCode, ServiceRequest
from requests_app.states import State
from tests.requests_app.citizen import last_code, proved, texts_to
from tests.requests_app.test_tracking import without_csrf

pytestmark = pytest.mark.django_db
PHONE = "+2290196000002"
STRANGER = "+2290197999999"
SPACE = reverse("requests:space")


def ask(client, phone):
    return client.post(reverse("requests:phone"), {"phone": phone})


def give(client, code):
    return client.post(reverse("requests:phone-code"), {"code": code})


def codes_sent():
    return OutboxMessage.objects.filter(key__startswith="phone-code:").count()


# -- The code -----------------------------------------------------------------------------------


def test_phone_and_code_open_the_drafts_the_requests_and_the_documents(awa, draft, filed_case):
    filed, ready = filed_case(), filed_case("certificat-vie", State.READY, surname="AUTRE")
    begun = draft("certificat-vie")
    assert ask(awa, "96 00 00 02").url == reverse("requests:phone-code")
    assert give(awa, last_code(PHONE)).url == SPACE
    text = awa.get(SPACE).text
    for address in (
        reverse("requests:resume", args=[begun.token]),
        reverse("requests:case", args=[filed.shown_reference]),
        reverse("requests:download", args=[ready.shown_reference]),
    ):
        assert f'href="{address}"' in text
        assert awa.get(address, follow=True).status_code == 200


def test_nobody_is_asked_a_second_code_for_a_request_of_the_phone(awa, filed_case):
    case = filed_case()
    proved(awa, PHONE)
    assert awa.get(reverse("requests:case", args=[case.shown_reference])).status_code == 200
    assert codes_sent() == 1


def test_the_phone_of_somebody_else_opens_nothing(awa, draft, filed_case):
    theirs = filed_case()
    begun = draft("certificat-vie")
    mine = filed_case("certificat-vie", phone=STRANGER, surname="AUTRE")
    proved(awa, STRANGER)
    text = awa.get(SPACE).text
    assert mine.shown_reference in text
    assert theirs.shown_reference not in text
    assert str(begun.token) not in text
    for name in ("case", "answer", "download", "withdraw"):
        assert awa.get(reverse(f"requests:{name}", args=[theirs.shown_reference])).status_code == 404
    assert awa.get(reverse("requests:case", args=[mine.shown_reference])).status_code == 200


def test_the_space_is_closed_without_a_code(awa, filed_case):
    filed_case()
    ask(awa, PHONE)
    assert awa.get(SPACE).url == reverse("requests:phone")


def test_the_pages_are_the_same_for_an_unknown_phone(site, filed_case):
    filed_case()
    pages = []
    for phone in (PHONE, STRANGER):
        client = Client()
        answer = ask(client, phone)
        shown = client.get(answer.url)
        wrong = give(client, "123456" if "123456" not in "".join(texts_to(PHONE)) else "654321")
        again = client.post(reverse("requests:new-phone-code"), follow=True)
        written = "0196000002" if phone == PHONE else "0197999999"
        bodies = [page.text.split("<main")[1].replace("\u00a0", "") for page in (shown, wrong, again)]
        alike = [without_csrf(body.replace(written, "")) for body in bodies]
        pages.append((answer.status_code, answer.url, shown.status_code, wrong.status_code, again.status_code, *alike))
    assert pages[0] == pages[1]
    assert texts_to(STRANGER) == []
    assert codes_sent() == 2


def test_an_unknown_phone_costs_the_same_statements_but_the_message(site, filed_case):
    filed_case()
    counts = []
    for phone in (PHONE, STRANGER):
        client = Client()
        client.get(reverse("requests:phone"))
        with CaptureQueriesContext(connection) as queries:
            ask(client, phone)
        counts.append(len([query for query in queries if "outboxmessage" not in query["sql"]]))
    assert counts[0] == counts[1]


def test_the_code_never_goes_by_electronic_mail(awa, draft):
    """Anybody can write somebody's phone and his own address in a draft."""
    draft("certificat-vie")
    ask(awa, PHONE)
    assert codes_sent() == 1
    assert not OutboxMessage.objects.filter(kind="email").exists()


def test_a_phone_code_serves_once(filed_case):
    filed_case()
    tracking.send_phone_code(PHONE, language="fr", known=True)
    code = last_code(PHONE)
    assert tracking.redeem_phone_code(PHONE, code)
    assert not tracking.redeem_phone_code(PHONE, code)


def test_a_phone_code_lives_ten_minutes(db):
    start = timezone.now()
    for minutes, lives in ((9, True), (11, False)):
        PhoneCode.objects.all().delete()
        with time_machine.travel(start, tick=False):
            tracking.send_phone_code(PHONE, language="fr", known=True)
        with time_machine.travel(start + datetime.timedelta(minutes=minutes), tick=False):
            assert tracking.redeem_phone_code(PHONE, last_code(PHONE)) is lives


def test_the_sixth_try_fails_and_asking_again_resets_nothing(db):
    tracking.send_phone_code(PHONE, language="fr", known=True)
    assert not any(tracking.redeem_phone_code(PHONE, "x") for _ in range(4))
    assert tracking.send_phone_code(PHONE, language="fr", known=True)
    assert not tracking.redeem_phone_code(PHONE, "x")
    assert not tracking.redeem_phone_code(PHONE, last_code(PHONE))
    assert not tracking.send_phone_code(PHONE, language="fr", known=True)


def test_three_phone_codes_an_hour(db):
    assert [tracking.send_phone_code(PHONE, language="fr", known=True) for _ in range(4)] == [True, True, True, False]
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61), tick=False):
        assert tracking.send_phone_code(PHONE, language="fr", known=True)


def test_the_code_for_one_thing_does_not_serve_another(db):
    tracking.send_phone_code(PHONE, language="fr", known=True)
    assert not tracking.redeem_phone_code(PHONE, last_code(PHONE), purpose="consent:1")


def test_the_code_of_a_phone_does_not_open_another_phone(db):
    tracking.send_phone_code(PHONE, language="fr", known=True)
    PhoneCode.objects.create(phone=STRANGER, digest=PhoneCode.objects.get().digest, expires_at=timezone.now())
    assert not tracking.redeem_phone_code(STRANGER, last_code(PHONE))


def test_the_code_of_a_phone_is_stored_hashed(db):
    tracking.send_phone_code(PHONE, language="fr", known=True)
    assert last_code(PHONE) not in PhoneCode.objects.get().digest


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_answers_at_once_count_as_twenty_for_a_phone():
    tracking.send_phone_code(PHONE, language="fr", known=True)
    right = last_code(PHONE)

    def one_try(number):
        try:
            return tracking.redeem_phone_code(PHONE, f"{(int(right) + 1 + number) % 10**6:06d}")
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(one_try, range(20)))
    assert PhoneCode.objects.get().tries == PhoneCode.MOST_TRIES
    assert not tracking.redeem_phone_code(PHONE, right)


def test_one_address_asks_ten_codes_a_minute_and_everybody_else_goes_on(awa, filed_case, settings):
    settings.PHONE_CODES_PER_MINUTE = 2
    filed_case()
    assert [ask(awa, PHONE).status_code for _ in range(3)] == [303, 303, 429]
    assert "Attendez une minute" in ask(awa, STRANGER).text
    assert Client(REMOTE_ADDR="10.0.0.9").post(reverse("requests:phone"), {"phone": PHONE}).status_code == 303


@pytest.mark.parametrize("typed", ["", "12", "abc", "x" * 3000, "\u202e\x00"])
def test_what_is_not_a_phone_gets_a_sentence(awa, typed):
    answer = ask(awa, typed)
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.text


# -- What the browser keeps ---------------------------------------------------------------------


def test_the_session_changes_its_key_when_a_phone_is_proved_and_when_it_is_forgotten(awa, filed_case):
    filed_case()
    ask(awa, PHONE)
    keys = [awa.cookies["sessionid"].value]
    give(awa, last_code(PHONE))
    keys.append(awa.cookies["sessionid"].value)
    awa.post(reverse("requests:forget-phone"))
    keys.append(awa.cookies["sessionid"].value)
    assert len(set(keys)) == 3


def test_the_phone_is_forgotten_after_half_an_hour(awa, filed_case):
    case = filed_case()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        proved(awa, PHONE)
    for minutes, opens in ((29, True), (31, False)):
        with time_machine.travel(start + datetime.timedelta(minutes=minutes), tick=False):
            assert (awa.get(SPACE).status_code == 200) is opens
            assert (awa.get(reverse("requests:case", args=[case.shown_reference])).status_code == 200) is opens


def test_forget_this_phone_closes_everything_that_was_opened_here(awa, filed_case):
    case = filed_case()
    awa.post(reverse("requests:track"), {"reference": case.shown_reference, "phone": PHONE})
    awa.post(reverse("requests:code"), {"code": last_code(PHONE)})
    proved(awa, PHONE)
    awa.post(reverse("requests:forget-phone"))
    assert awa.get(SPACE).status_code == 302
    assert awa.get(reverse("requests:case", args=[case.shown_reference])).status_code == 404


def test_forgetting_is_not_done_by_following_a_link(awa, filed_case):
    filed_case()
    proved(awa, PHONE)
    assert awa.get(reverse("requests:forget-phone")).status_code == 405
    assert awa.get(SPACE).status_code == 200


def test_whoever_came_from_a_page_goes_back_to_it_and_never_elsewhere(awa, filed_case):
    filed_case()
    assert proved(awa, PHONE, suite="/demande/x/pieces/").url == "/demande/x/pieces/"
    for elsewhere in ("https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)"):
        PhoneCode.objects.all().delete()
        assert proved(awa, PHONE, suite=elsewhere).url == SPACE


def test_no_phone_number_goes_to_the_logs(awa, filed_case, caplog):
    filed_case()
    with caplog.at_level(logging.DEBUG):
        proved(awa, PHONE)
        awa.get(SPACE)
        ask(awa, STRANGER)
        give(awa, "1")
    own = [record for record in caplog.records if not record.name.startswith("django.db")]
    written = " ".join(str(vars(record)) for record in own)
    for digits in ("96000002", "97999999"):
        assert digits not in written


# -- Who holds what -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "applicant_opens", "helper_opens"),
    [("APPLICANT", True, False), ("HELPER", False, True), ("BOTH", True, True)],
)
def test_the_phones_that_open_a_request_are_those_it_chose(site, filed_case, told, applicant_opens, helper_opens):
    case = filed_case()
    helper = {"helper_phone": STRANGER, "on_behalf": OnBehalf.CHILD, "contact_to": told}
    ServiceRequest.objects.filter(pk=case.pk).update(**helper)
    for phone, opens in ((PHONE, applicant_opens), (STRANGER, helper_opens)):
        client = Client()
        client.post(reverse("requests:track"), {"reference": case.shown_reference, "phone": phone})
        client.post(reverse("requests:code"), {"code": last_code(phone)}) if opens else None
        page = client.get(reverse("requests:case", args=[case.shown_reference]))
        assert (page.status_code == 200) is opens


def test_the_code_of_a_case_goes_to_the_phone_that_asked_only(awa, filed_case):
    case = filed_case()
    ServiceRequest.objects.filter(pk=case.pk).update(helper_phone=STRANGER, contact_to="BOTH", on_behalf="CHILD")
    awa.post(reverse("requests:track"), {"reference": case.shown_reference, "phone": STRANGER})
    assert "code est" in texts_to(STRANGER)[-1]
    assert not any("code est" in text for text in texts_to(PHONE))


def test_the_space_costs_the_same_for_many_requests(awa, draft, filed_case):
    filed_case("certificat-vie", State.READY)
    draft("certificat-vie")
    proved(awa, PHONE)
    awa.get(SPACE)
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            awa.get(SPACE)
        counts.append(len(queries))
        for number in range(4):
            filed_case("certificat-vie", State.READY, surname=f"AUTRE {'ABCD'[number]}{'XY'[turn]}")
            filing.start(draft("certificat-vie").version.service, language="fr")
    assert counts[0] == counts[1]


def test_a_phone_that_asked_a_code_is_forgotten_a_day_later_and_its_limits_not_before(db):
    for _ in range(3):
        tracking.send_phone_code(STRANGER, language="fr", known=False)
    assert tracking.forget_old() == 0
    assert not tracking.send_phone_code(STRANGER, language="fr", known=False)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25), tick=False):
        assert chores.run_now("forget-phone-codes")
    assert not PhoneCode.objects.exists()
