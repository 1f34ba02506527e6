"""Finding one's request again: reference and phone, then a one-time code. A reference opens nothing."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arrondissements.codes import new_code, show_code
from arrondissements.models import OutboxMessage
from requests_app import tracking
from requests_app.models import REFERENCE_SYMBOLS, TrackingCode
from requests_app.states import State
from tests.requests_app.citizen import last_code, opened, texts_to

pytestmark = pytest.mark.django_db
PHONE = "+2290196000002"


def ask(client, reference, phone):
    return client.post(reverse("requests:track"), {"reference": reference, "phone": phone})


def give(client, code):
    return client.post(reverse("requests:code"), {"code": code})


def mistyped(reference):
    """The same reference with its check symbol changed."""
    return reference[:-1] + ("0" if reference[-1] != "0" else "1")


def codes_sent():
    return OutboxMessage.objects.filter(key__startswith="code:", kind="sms").count()


def case_url(case):
    return reverse("requests:case", args=[case.shown_reference])


# -- The reference alone ------------------------------------------------------------------------


def test_the_bare_reference_shows_the_status_word_and_nothing_else(awa, filed_case):
    case = filed_case(state=State.UNDER_REVIEW)
    text = awa.get(reverse("requests:track"), {"reference": case.shown_reference}).text
    assert "En instruction" in text
    for private in ("DOSSOU", "Certificat de vie", "arrondissement<", "96 00 00 02", "Demande prise en charge"):
        assert private not in text.split("<main")[1].split("</main")[0]


def test_the_reference_without_phone_leads_to_the_status_word(awa, filed_case):
    case = filed_case()
    answer = ask(awa, case.shown_reference.lower().replace("-", " "), "")
    assert "Déposée" in awa.get(answer.url).text
    assert codes_sent() == 0


def test_a_badly_copied_number_is_said_before_anything_is_looked_up(awa, filed_case):
    wrong = mistyped(filed_case().reference)
    awa.get(reverse("requests:track"))  # menus and notices are kept a minute
    with CaptureQueriesContext(connection) as queries:
        answer = ask(awa, wrong, PHONE)
    assert answer.status_code == 422
    assert "Ce numéro est mal recopié" in answer.text
    assert not [query for query in queries if "servicerequest" in query["sql"]]


def test_an_unknown_number_is_not_found(awa, filed_case):
    answer = awa.get(reverse("requests:track"), {"reference": show_code(new_code(REFERENCE_SYMBOLS))})
    assert answer.status_code == 404
    assert "Aucune demande ne porte ce numéro." in answer.text


@pytest.mark.parametrize("typed", ["", "K7M2", "x" * 5000, "Ɖ\x00\u202e", "𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡"])
def test_whatever_is_typed_as_a_number_gets_a_sentence(awa, typed):
    answer = ask(awa, typed, "")
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.text


def test_a_draft_is_not_tracked(awa, draft):
    case = draft("certificat-vie")
    assert case.reference is None
    assert ask(awa, show_code(new_code(REFERENCE_SYMBOLS)), case.phone).status_code == 303
    assert codes_sent() == 0


# -- The code -----------------------------------------------------------------------------------


def test_reference_phone_and_code_open_the_case(awa, filed_case):
    case = filed_case()
    assert ask(awa, case.shown_reference, "96 00 00 02").url == reverse("requests:code")
    answer = give(awa, f" {last_code(PHONE)[:3]} {last_code(PHONE)[3:]} ")
    assert answer.url == case_url(case)
    text = awa.get(answer.url).text
    for words in ("Certificat de vie", "Demande déposée", "Bureau du 1er arrondissement"):
        assert words in text


def test_the_code_goes_by_electronic_mail_too_when_there_is_one(awa, filed_case):
    case = filed_case()
    ask(awa, case.shown_reference, case.phone)
    assert OutboxMessage.objects.get(kind="email", key__startswith="code:").payload["to"] == case.email


def test_the_answer_is_the_same_when_the_phone_is_not_the_right_one(filed_case, site):
    case, other = filed_case(), show_code(new_code(REFERENCE_SYMBOLS))
    pages = []
    for reference, phone in ((case.shown_reference, PHONE), (case.shown_reference, "0197999999"), (other, PHONE)):
        client = Client()
        answer = ask(client, reference, phone)
        shown = client.get(answer.url)
        wrong = give(client, "123456" if "123456" not in "".join(texts_to(PHONE)) else "654321")
        bodies = [page.text.split("<main")[1].replace(reference, "") for page in (shown, wrong)]
        tokens = [without_csrf(body) for body in bodies]
        pages.append((answer.status_code, answer.url, shown.status_code, wrong.status_code, *tokens))
    assert pages[0] == pages[1] == pages[2]
    assert codes_sent() == 1


def without_csrf(body):
    return [line for line in body.splitlines() if "csrfmiddlewaretoken" not in line]


def test_a_code_serves_once(awa, filed_case):
    case = filed_case()
    ask(awa, case.shown_reference, PHONE)
    code = last_code(PHONE)
    assert tracking.redeem(case, code)
    assert not tracking.redeem(case, code)


def test_a_code_lives_ten_minutes(filed_case):
    case = filed_case()
    start = timezone.now()
    for minutes, lives in ((9, True), (11, False)):
        TrackingCode.objects.all().delete()
        with time_machine.travel(start, tick=False):
            tracking.send_code(case)
        with time_machine.travel(start + datetime.timedelta(minutes=minutes), tick=False):
            assert tracking.redeem(case, last_code(PHONE)) is lives


def test_the_sixth_try_fails_even_with_the_right_code(filed_case):
    case = filed_case()
    tracking.send_code(case)
    right = last_code(PHONE)
    wrong = "000000" if right != "000000" else "111111"
    assert not any(tracking.redeem(case, wrong) for _ in range(5))
    assert not tracking.redeem(case, right)


def test_the_fifth_try_may_be_right(filed_case):
    case = filed_case()
    tracking.send_code(case)
    right = last_code(PHONE)
    wrong = "000000" if right != "000000" else "111111"
    assert not any(tracking.redeem(case, wrong) for _ in range(4))
    assert tracking.redeem(case, right)


def test_asking_again_does_not_reset_the_tries(awa, filed_case):
    case = filed_case()
    ask(awa, case.shown_reference, PHONE)
    for _ in range(4):
        tracking.redeem(case, "x")
    assert awa.post(reverse("requests:new-code")).status_code == 303
    assert codes_sent() == 2
    assert not tracking.redeem(case, "x")
    assert not tracking.redeem(case, last_code(PHONE))
    assert not tracking.send_code(case)


def test_a_new_code_kills_the_old_one(filed_case):
    case = filed_case()
    tracking.send_code(case)
    old = last_code(PHONE)
    tracking.send_code(case)
    assert old == last_code(PHONE) or not tracking.redeem(case, old)


def test_three_codes_an_hour_then_the_next_hour(filed_case):
    case = filed_case()
    assert [tracking.send_code(case) for _ in range(4)] == [True, True, True, False]
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61), tick=False):
        assert tracking.send_code(case)
        assert tracking.redeem(case, last_code(PHONE))


def test_the_code_is_stored_hashed(filed_case):
    case = filed_case()
    tracking.send_code(case)
    row = TrackingCode.objects.get()
    assert last_code(PHONE) not in row.digest
    assert row.digest == tracking.digest_of(case, last_code(PHONE))


def test_the_code_of_a_case_does_not_open_another(filed_case):
    mine = filed_case()
    other = filed_case("certificat-vie", surname="AUTRE")
    for case in (mine, other):
        tracking.send_code(case)
    TrackingCode.objects.filter(pk=other.pk).update(digest=tracking.digest_of(mine, "123456"))
    assert not tracking.redeem(other, "123456")


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34\x00"])
def test_a_code_that_is_not_six_figures_costs_no_try(awa, filed_case, typed):
    ask(awa, filed_case().shown_reference, PHONE)
    assert give(awa, typed).status_code == 422
    assert TrackingCode.objects.get().tries == 0


def test_the_code_page_without_a_question_leads_to_the_form(awa):
    for answer in (awa.get(reverse("requests:code")), awa.post(reverse("requests:new-code"))):
        assert answer.url == reverse("requests:track")


def test_the_session_changes_its_key_when_a_case_is_opened(awa, filed_case):
    case = filed_case()
    ask(awa, case.shown_reference, PHONE)
    before = awa.cookies["sessionid"].value
    give(awa, last_code(PHONE))
    assert awa.cookies["sessionid"].value != before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_answers_at_once_count_as_twenty(filed_case):
    case = filed_case()
    tracking.send_code(case)
    right = last_code(PHONE)

    def one_try(number):
        try:
            return tracking.redeem(case, f"{(int(right) + 1 + number) % 10**6:06d}")
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(one_try, range(20)))
    assert TrackingCode.objects.get().tries == TrackingCode.MOST_TRIES
    assert not tracking.redeem(case, right)


# -- Someone else's -----------------------------------------------------------------------------


def test_wrong_mistyped_and_someone_elses_get_the_same_404(site, filed_case):
    case = filed_case()
    opened(Client(), case)
    other = filed_case("certificat-vie", surname="AUTRE")
    for name, extra in (("case", []), ("answer", []), ("download", []), ("withdraw", []), ("evidence-file", [1])):
        bodies = set()
        for reference in (other.shown_reference, mistyped(other.reference), new_code(REFERENCE_SYMBOLS)):
            answer = Client().get(reverse(f"requests:{name}", args=[reference, *extra]))
            assert answer.status_code == 404
            bodies.add("\n".join(without_csrf(answer.text.replace(reference, ""))))
        assert len(bodies) == 1


def test_opening_one_case_does_not_open_another(awa, filed_case):
    mine, other = filed_case(), filed_case("certificat-vie", surname="AUTRE")
    opened(awa, mine)
    assert awa.get(case_url(mine)).status_code == 200
    assert awa.get(case_url(other)).status_code == 404


def test_the_holder_of_the_receipt_does_not_read_the_case(awa, filed_case):
    case = filed_case()
    assert awa.get(reverse("requests:receipt", args=[case.token])).status_code == 200
    assert awa.get(case_url(case)).status_code == 404


# -- The letter box of the demonstration --------------------------------------------------------


def test_the_letter_box_shows_what_was_sent_in_the_demonstration_only(awa, filed_case, settings):
    tracking.send_code(filed_case())
    letter_box = reverse("requests:demo-mailbox")
    assert awa.get(letter_box).status_code == 404
    settings.DEMO = True
    answer = awa.get(letter_box)
    assert last_code(PHONE) in answer.text
    assert answer.text.index("votre code est") < answer.text.index("demande enregistrée")


def test_the_letter_box_costs_the_same_for_many_letters(awa, filed_case, settings):
    settings.DEMO = True
    filed_case()
    awa.get(reverse("requests:demo-mailbox"))
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            awa.get(reverse("requests:demo-mailbox"))
        counts.append(len(queries))
        OutboxMessage.objects.bulk_create(
            [OutboxMessage(kind="sms", key=f"more:{turn}:{n}", payload={"to": PHONE, "text": "x"}) for n in range(15)]
        )
    assert counts[0] == counts[1]
