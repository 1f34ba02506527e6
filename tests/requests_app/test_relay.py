"""Relay agents: accredited today, with the citizen's accord each time, and nothing of the request afterwards."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arrondissements import accreditations, journal
from arrondissements.models import JournalEntry, OutboxMessage, RelayAgent, User
from portal.demo import cases
from requests_app import filing, relaying, tracking, workflow
from requests_app.catalogue.models import Service
from requests_app.messaging.sms import segments
from requests_app.models import Channel, ServiceRequest
from requests_app.slip import slip_html
from requests_app.states import State
from tests.requests_app.citizen import page, proved, texts_to
from tests.requests_app.test_uploads import create, offset, patch, photo

pytestmark = pytest.mark.django_db
CITIZEN, LIFE = "+2290196000002", "certificat-vie"
HOME = reverse("relay:home")


def accredited(login, number, *, starts=-30, ends=None):
    today = timezone.localdate()
    user = User.objects.create_user(login, password="mot-de-passe-de-test", last_name=login.title())
    RelayAgent.objects.create(
        user=user,
        number=number,
        place="Maison de quartier",
        fee_ceiling=500,
        starts=today + datetime.timedelta(days=starts),
        ends=None if ends is None else today + datetime.timedelta(days=ends),
    )
    return user


@pytest.fixture
def gaston(site):
    return accredited("gaston", "RA-1")


@pytest.fixture
def relay(gaston, signed_in):
    return signed_in(gaston)


def begun(user, phone=CITIZEN):
    """A draft begun at the relay and filled in, but for the accord."""
    service = Service.objects.select_related("current").get(slug=LIFE)
    case = relaying.begin(service, by=user, language="fr", phone=phone)
    answers = cases.LIFE.all_answers()
    for index, step in enumerate(case.version.steps):
        filing.save_step(case, index, {field["key"]: answers.get(field["key"]) for field in step["fields"]})
    filing.save_contact(case, name="Awa Dossou", phone=phone)
    filing.attach(case, "identity", cases.picture("photo.jpg", "identity"))
    return stored(case)


def stored(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def consent_page(case):
    return reverse("relay:consent", args=[case.token])


def code_in_last_sms():
    return texts_to(CITIZEN)[-1].split("code ")[1][:6]


def consented(client, case):
    client.post(consent_page(case))
    return client.post(consent_page(case), {"code": code_in_last_sms()})


def send(client, case):
    return client.post(page(case, "submit"), {"declaration": "on"})


# -- The whole way ------------------------------------------------------------------------------


def test_an_agent_files_with_the_code_of_the_citizen(relay, gaston):
    answer = relay.post(HOME, {"phone": "96 00 00 02", "service": LIFE})
    case = ServiceRequest.objects.get()
    assert answer.url == page(case, "step", 1)
    assert (case.channel, case.filed_by, case.phone) == (Channel.RELAY, gaston, CITIZEN)
    case.delete()
    case = begun(gaston)
    assert consent_page(case) in relay.get(page(case, "review")).text
    assert consented(relay, case).url == page(case, "review")
    assert send(relay, case).status_code == 303
    filed = stored(case)
    assert (filed.state, filed.filed_by) == (State.SUBMITTED, gaston)
    assert filed.consented_at is not None
    acts = JournalEntry.objects.filter(obj=case.obj).order_by("seq")
    assert [(line.act, line.by) for line in acts] == [
        ("case.start", gaston),
        ("case.consent", gaston),
        ("case.submit", gaston),
    ]
    assert journal.details_of(acts[1]) == {"accreditation": "RA-1"}


def test_the_ceiling_is_read_by_the_agent_and_by_the_citizen(relay, gaston):
    case = begun(gaston)
    for text in (relay.get(HOME).text, relay.get(consent_page(case)).text):
        assert "500\u00a0F\u00a0CFA au plus" in text
    relay.post(consent_page(case))
    assert "500 F au plus" in texts_to(CITIZEN)[-1]
    assert "RA-1" in texts_to(CITIZEN)[-1]
    relay.post(consent_page(case), {"code": code_in_last_sms()})
    send(relay, case)
    assert "500 F au plus" in texts_to(CITIZEN)[-1]
    assert all(segments(text) == 1 for text in texts_to(CITIZEN))
    assert "500\u00a0F\u00a0CFA au plus" in relay.get(page(case, "receipt")).text
    assert "500\u00a0F\u00a0CFA au plus" in slip_html(stored(case))


def test_a_request_filed_on_the_web_says_nothing_of_a_relay(awa, filed_case):
    case = filed_case()
    assert "au plus." not in texts_to(CITIZEN)[-1]
    assert "agent relais" not in awa.get(page(case, "receipt")).text


# -- Who is let in ------------------------------------------------------------------------------


@pytest.mark.parametrize(("starts", "ends", "status"), [(-30, 0, 200), (0, None, 200), (-30, -1, 404), (1, None, 404)])
def test_an_accreditation_counts_from_its_first_to_its_last_day(site, signed_in, starts, ends, status):
    user = accredited("gaston", "RA-1", starts=starts, ends=ends)
    assert signed_in(user).get(HOME).status_code == status


def test_neither_clerks_nor_strangers_have_this_page(site, cast, signed_in):
    for user in (cast.sena, cast.mahugnon, cast.ines):
        assert signed_in(user).get(HOME).status_code == 404
    assert Client().get(HOME).status_code == 302


def test_an_agent_serves_in_no_office(relay, gaston, filed_case):
    case = filed_case()
    assert relay.get(reverse("desk:case", args=[case.shown_reference])).status_code == 404
    assert HOME in relay.get(reverse("desk:queue")).text
    assert accreditations.of(gaston)


def test_the_draft_of_another_agent_is_not_there(gaston, signed_in):
    case = begun(gaston)
    other = accredited("prosper", "RA-2")
    assert signed_in(other).get(consent_page(case)).status_code == 404
    assert signed_in(gaston).get(consent_page(case)).status_code == 200
    for act in (lambda: relaying.ask_consent(case, by=other), lambda: relaying.consent(case, "1", by=other)):
        with pytest.raises(PermissionDenied):
            act()


def test_a_draft_of_the_web_is_not_there_either(relay, draft):
    assert relay.get(consent_page(draft(LIFE))).status_code == 404


# -- No accord, no filing -----------------------------------------------------------------------


def refused(client, case):
    answer = send(client, case)
    assert answer.status_code == 422
    assert stored(case).state == State.DRAFT
    return answer.text


def test_without_the_accord_nothing_is_filed(relay, gaston):
    case = begun(gaston)
    assert "pas encore donné son accord" in refused(relay, case)


def test_a_wrong_code_is_no_accord(relay, gaston):
    case = begun(gaston)
    relay.post(consent_page(case))
    wrong = "000000" if code_in_last_sms() != "000000" else "111111"
    assert "n’est pas le bon" in relay.post(consent_page(case), {"code": wrong}).text
    assert stored(case).consented_at is None


def test_another_agent_or_nobody_files_what_an_agent_began(gaston, relay, signed_in):
    case = begun(gaston)
    consented(relay, case)
    other = accredited("prosper", "RA-2")
    for client in (Client(), signed_in(other)):
        assert "Seul l’agent relais" in refused(client, case)
    assert send(relay, case).status_code == 303


def test_an_accreditation_that_ended_yesterday_files_nothing(relay, gaston):
    case = begun(gaston)
    consented(relay, case)
    RelayAgent.objects.update(ends=timezone.localdate() - datetime.timedelta(days=1))
    assert "Seul l’agent relais" in refused(relay, case)


def test_a_change_after_the_accord_needs_another(relay, gaston):
    case = begun(gaston)
    consented(relay, case)
    relay.post(page(case, "contact"), {"name": "Quelqu’un d’autre", "phone": "97 00 00 09", "email": ""})
    assert stored(case).consented_at is None
    assert "pas encore donné son accord" in refused(relay, case)


def test_a_change_between_the_page_and_the_code_is_not_agreed_to(gaston):
    case = begun(gaston)
    relaying.ask_consent(case, by=gaston)
    filing.save_contact(stored(case), name="Quelqu’un d’autre", phone=CITIZEN)
    assert not relaying.consent(case, code_in_last_sms(), by=gaston)


def test_a_change_between_the_check_and_the_filing_stops_it(relay, gaston):
    case = begun(gaston)
    consented(relay, case)
    seen = stored(case)
    filing.save_contact(stored(case), name="Quelqu’un d’autre", phone=CITIZEN)
    with pytest.raises(workflow.Refused, match="changé"):
        workflow.submit(seen, by=gaston)


def test_a_file_of_an_agent_s_draft_goes_on_where_it_was_cut(relay, gaston):
    case, content = begun(gaston), photo()
    url = create(relay, case, len(content))["Location"]
    cut = len(content) * 7 // 10
    patch(relay, url, 0, content[:cut])
    assert offset(relay, url) == cut
    assert patch(relay, url, cut, content[cut:]).status_code == 200
    assert case.evidence.count() == 2


def test_the_accord_is_asked_once_nothing_lacks(relay, gaston):
    service = Service.objects.select_related("current").get(slug=LIFE)
    case = relaying.begin(service, by=gaston, language="fr", phone=CITIZEN)
    assert relay.post(consent_page(case)).url == page(case, "review")
    assert not texts_to(CITIZEN)


def test_the_code_of_the_accord_does_not_open_the_citizen_s_space(relay, gaston):
    case = begun(gaston)
    relay.post(consent_page(case))
    code = code_in_last_sms()
    assert not tracking.redeem_phone_code(CITIZEN, code)
    assert not tracking.redeem_phone_code(CITIZEN, code, purpose=f"consent:{case.pk + 1}")


def test_three_codes_an_hour_for_a_phone(relay, gaston):
    case = begun(gaston)
    for _ in range(4):
        answer = relay.post(consent_page(case), follow=True)
    assert "Trois codes par heure" in answer.text
    assert OutboxMessage.objects.filter(key__startswith="phone-code:").count() == 3


# -- Afterwards ---------------------------------------------------------------------------------


def test_the_agent_keeps_a_number_a_day_and_a_service_and_nothing_else(relay, gaston):
    case = begun(gaston)
    consented(relay, case)
    send(relay, case)
    text = relay.get(HOME).text.split("<main")[1]
    filed = stored(case)
    assert filed.shown_reference in text
    assert "Certificat de vie" in text
    for private in ("Dossou", "96\u00a000\u00a000\u00a002", "Déposée<"):
        assert private not in text
    for name, args in (("step", [1]), ("contact", []), ("evidence", []), ("review", [])):
        assert relay.get(page(case, name, *args)).status_code == 404
    assert relay.get(reverse("requests:case", args=[filed.shown_reference])).status_code == 404
    assert relay.get(page(case, "receipt")).status_code == 200


def test_an_agent_sees_only_his_own_filings(relay, gaston, signed_in):
    case = begun(gaston)
    consented(relay, case)
    send(relay, case)
    other = signed_in(accredited("prosper", "RA-2"))
    assert stored(case).shown_reference not in other.get(HOME).text


def test_the_citizen_may_go_on_alone_with_her_phone(gaston, awa):
    case = begun(gaston)
    proved(awa, CITIZEN)
    assert page(case, "resume") in awa.get(reverse("requests:space")).text
    assert send(awa, case).status_code == 303
    filed = stored(case)
    assert (filed.state, filed.channel, filed.filed_by) == (State.SUBMITTED, Channel.WEB, None)
    assert JournalEntry.objects.filter(act="case.take_over", obj=case.obj).count() == 1


def test_the_list_costs_the_same_for_many_filings(relay, gaston):
    def file_two(names):
        for name in names:
            case = begun(gaston, phone=f"+22901970000{names.index(name)}{len(name)}")
            ServiceRequest.objects.filter(pk=case.pk).update(applicant_name=name, consented_at=timezone.now())
            workflow.submit(stored(case), by=gaston)
            begun(gaston)

    file_two(["Awa"])
    relay.get(HOME)
    counts = []
    for names in (["Ablawa", "Yaovi"], ["Chantale", "Romualdo"]):
        with CaptureQueriesContext(connection) as queries:
            relay.get(HOME)
        counts.append(len(queries))
        file_two(names)
    assert counts[0] == counts[1]
