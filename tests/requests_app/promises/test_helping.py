"""An office less loaded helps: within what the service allows, always written, and the competent office stays so."""

import copy
import datetime
import threading

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from arrondissements.models import JournalEntry, Office, OutboxMessage, Posting, Role
from requests_app import access, permissions, queues, workflow
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import definition_of, publish_definition
from requests_app.models import Capacity, Help, ServiceRequest
from requests_app.moving import Refused
from requests_app.promises import helping
from requests_app.states import State
from tests.requests_app.citizen import LIFE
from tests.requests_app.desk import read_by
from tests.together import all_at_once

pytestmark = pytest.mark.django_db
TUESDAY = datetime.datetime(2026, 11, 17, 9, 0, tzinfo=datetime.UTC)
NAMES = ["UN", "DEUX", "TROIS", "QUATRE", "CINQ", "SIX", "SEPT", "HUIT"]
BASIS = {"fr": "À confirmer par la mairie.", "en": "To be confirmed by the town hall."}


@pytest.fixture
def clock(db):
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def helpable(catalogue, clock, cast, filed_case):
    """`helpable(days=0)`: a certificate of the 1st, of a version that may be helped after `days` working days."""

    def _helpable(days=0, **options):
        service = Service.objects.select_related("current").get(slug=LIFE)
        flow = {"overflow": {"basis": BASIS, "after_days": days}}
        definition = copy.deepcopy(definition_of(service.current)) | {"flow": flow}
        if definition_of(service.current) != definition:
            publish_definition(service, definition)
        return filed_case(LIFE, **options)

    return _helpable


@pytest.fixture
def helped(helpable, cast):
    """A case of the 1st that the 5th helps with."""
    case = helpable()
    helping.accept(helping.offer(case, to=cast.fifth, by=cast.mahugnon), by=cast.codjo)
    return stored(case)


def stored(case):
    rows = ServiceRequest.objects.select_related("version__service", "office", "helping_office", "document")
    return rows.get(pk=case.pk)


def acts(case):
    return list(JournalEntry.objects.filter(obj=case.obj).order_by("seq").values_list("act", flat=True))


# -- Offering -----------------------------------------------------------------------------------


def test_a_service_that_says_nothing_is_never_helped(filed_case, cast):
    with pytest.raises(Refused, match="ne prévoit pas"):
        helping.offer(filed_case(), to=cast.fifth, by=cast.mahugnon)


def test_the_guard_of_the_service_is_counted_in_working_days(helpable, cast, clock):
    case = helpable(days=3)
    clock.move_to(TUESDAY + datetime.timedelta(days=2))  # Thursday: two days
    with pytest.raises(Refused, match="après 3 jours ouvrés"):
        helping.offer(stored(case), to=cast.fifth, by=cast.mahugnon)
    clock.move_to(TUESDAY + datetime.timedelta(days=3))
    assert helping.offer(stored(case), to=cast.fifth, by=cast.mahugnon).pk


def test_only_the_head_of_the_competent_office_offers(helpable, cast):
    case = helpable()
    for nobody in (cast.sena, cast.rekia, cast.codjo, cast.secretary):
        with pytest.raises(PermissionDenied):
            helping.offer(case, to=cast.fifth, by=nobody)


def test_a_case_is_offered_to_one_office_of_the_same_kind(helpable, cast):
    case = helpable()
    for wrong in (cast.first, cast.funerals):
        with pytest.raises(Refused, match="de même nature"):
            helping.offer(case, to=wrong, by=cast.mahugnon)
    helping.offer(case, to=cast.fifth, by=cast.mahugnon)
    with pytest.raises(Refused, match="déjà proposée"):
        helping.offer(case, to=Office.objects.get(code="arrondissement-2"), by=cast.mahugnon)


def test_a_decided_case_is_not_offered(helpable, cast):
    with pytest.raises(Refused, match="n’attend plus"):
        helping.offer(helpable(state=State.ACCEPTED), to=cast.fifth, by=cast.mahugnon)


# -- Answering ----------------------------------------------------------------------------------


def test_before_it_accepts_the_other_office_sees_nothing_of_the_applicant(helpable, cast, signed_in, site):
    case = helpable()
    helping.offer(case, to=cast.fifth, by=cast.mahugnon)
    assert not permissions.can_read(cast.codjo, stored(case))
    page = signed_in(cast.codjo).get(reverse("desk:to-help")).text
    assert "Certificat de vie" in page
    assert case.applicant_name not in page
    assert case.shown_reference not in page


def test_the_head_of_the_other_office_is_written_to_and_reads_no_name(helpable, cast):
    Posting.objects.create(user=cast.afiavi, office=cast.fifth, role=Role.SUPERVISOR, starts="2026-01-05")
    cast.afiavi.email = "afiavi@example.bj"
    cast.afiavi.save()
    case = helpable()
    helping.offer(case, to=cast.fifth, by=cast.mahugnon)
    letter = OutboxMessage.objects.get(key__startswith="help:").payload
    assert letter["to"] == "afiavi@example.bj"
    assert reverse("desk:to-help") in letter["body"]
    assert case.applicant_name not in letter["body"]
    assert case.shown_reference not in letter["body"]


def test_the_office_that_helps_instructs_and_the_competent_one_signs(helped, cast):
    assert permissions.can_read(cast.codjo, helped)
    workflow.take(helped, by=cast.codjo)
    workflow.accept(helped, by=cast.codjo)
    assert not permissions.can_read(cast.codjo, stored(helped))  # it is decided: nothing more to read there
    document = workflow.issue(stored(helped), by=cast.rekia)
    assert document.office == cast.first
    assert document.number.split("/")[1:2] != ["A05"]
    assert acts(helped)[-5:] == ["case.help_offered", "case.help_accepted", "case.take", "case.accept", "case.issue"]


@pytest.mark.parametrize("act", ["reject", "transfer", "complete", "close", "deliver"])
def test_it_neither_refuses_nor_ends_nor_hands_over(helped, cast, act):
    assert not permissions.can_perform(cast.codjo, act, helped)
    assert permissions.can_perform(cast.sena, act, helped)


def test_who_may_not_read_a_helped_case_is_shown_no_name_by_a_filter(helped, cast, signed_in, site):
    """The counter of the office that helps instructs nothing."""
    Posting.objects.filter(user=cast.fifame).update(office=cast.fifth)
    queue = reverse("desk:queue", args=[cast.fifth.code])
    for filters in ({}, {"state": "SUBMITTED"}):
        page = signed_in(cast.fifame).get(queue, {"group": "MINE"} | filters).text
        assert helped.applicant_name not in page
        assert helped.reference not in page
    assert helped.reference in signed_in(cast.codjo).get(queue, {"group": "MINE", "state": "SUBMITTED"}).text


def test_a_third_office_gets_nothing(helped, cast):
    Posting.objects.create(user=cast.ines, office=Office.objects.get(code="arrondissement-2"), role=Role.CLERK,
                           starts="2026-01-05")  # fmt: skip
    assert not permissions.can_perform(cast.ines, "take", helped)
    with pytest.raises(Http404):
        access.readable(cast.ines, helped.reference)


def test_the_signatory_of_the_helping_office_does_not_sign(helped, cast):
    workflow.take(helped, by=cast.codjo)
    workflow.accept(helped, by=cast.codjo)
    with pytest.raises(Refused):
        workflow.issue(stored(helped), by=cast.afiavi)


def test_the_second_answer_loses(helpable, cast):
    offered = helping.offer(helpable(), to=cast.fifth, by=cast.mahugnon)
    helping.accept(offered, by=cast.codjo)
    with pytest.raises(Refused, match="déjà reçu une réponse"):
        helping.accept(offered, by=cast.afiavi)


def test_an_offer_accepted_after_the_decision_changes_nothing(helpable, cast):
    case = helpable()
    offered = helping.offer(case, to=cast.fifth, by=cast.mahugnon)
    workflow.take(case, by=cast.sena)
    workflow.accept(case, by=cast.sena)
    with pytest.raises(Refused, match="n’attend plus"):
        helping.accept(offered, by=cast.codjo)
    assert stored(case).helping_office is None
    assert Help.objects.get().accepted_at is None


def test_the_helping_office_gives_back_with_a_reason(helped, cast):
    offered = Help.objects.get()
    with pytest.raises(Refused):
        helping.give_back(offered, by=cast.codjo, reason=" ")
    helping.give_back(offered, by=cast.codjo, reason="Le registre est chez vous.")
    assert stored(helped).helping_office is None
    assert not permissions.can_read(cast.codjo, stored(helped))
    assert acts(helped)[-1] == "case.help_returned"


def test_the_head_takes_it_back_and_a_stranger_does_not(helped, cast):
    with pytest.raises(PermissionDenied):
        helping.give_back(Help.objects.get(), by=cast.koffi, reason="Non.")
    helping.give_back(Help.objects.get(), by=cast.mahugnon, reason="Nous avons le temps.")
    assert stored(helped).helping_office is None


def test_a_transfer_ends_the_help(helped, cast):
    workflow.transfer(helped, by=cast.sena, to=Office.objects.get(code="arrondissement-2"), reason="Elle habite là.")
    assert stored(helped).helping_office is None
    assert Help.objects.get().ended_at is not None


# -- By the rule --------------------------------------------------------------------------------


def figures(case, office, days, ahead=None):
    pace = {"minutes": 60.0, "signing": 0.0, "a_day": 60.0, "due": 2, "days": days}
    services = {str(case.version.service_id): pace}
    Capacity.objects.update_or_create(
        office=office, defaults={"at": TUESDAY, "ahead": ahead or [60.0] * 30, "services": services}
    )


def test_the_rule_offers_what_would_be_late_to_who_is_ready_sooner(helpable, cast):
    case = helpable()
    figures(case, cast.first, 9, [0.0] * 8 + [60.0] * 20)
    figures(case, cast.fifth, 2)
    assert (helping.sweep(), helping.sweep()) == (1, 0)
    offered = Help.objects.get()
    assert (offered.office, offered.offered_by, offered.case) == (cast.fifth, None, case)


def test_the_rule_leaves_what_will_be_ready_in_time(helpable, cast):
    """The near miss."""
    case = helpable()
    figures(case, cast.first, 1)
    figures(case, cast.fifth, 1)
    assert helping.sweep() == 0


def test_the_rule_respects_the_guard_and_a_given_back_case(helpable, cast):
    early = helpable(days=3)
    figures(early, cast.first, 9, [0.0] * 8 + [60.0] * 20)
    figures(early, cast.fifth, 2)
    assert helping.sweep() == 0
    case = helpable(days=0, surname="AUTRE")
    assert helping.sweep() == 1
    helping.give_back(Help.objects.get(case=case), by=cast.codjo, reason="Nous sommes trois absents.")
    assert helping.sweep() == 0


def test_the_rule_floods_nobody(helpable, cast):
    cases = [helpable(surname=name) for name in NAMES[: helping.MOST_TO_ONE + 2]]
    figures(cases[0], cast.first, 9, [0.0] * 8 + [60.0] * 20)
    figures(cases[0], cast.fifth, 2)
    assert helping.sweep() == helping.MOST_TO_ONE


# -- On the pages -------------------------------------------------------------------------------


def test_from_the_offer_to_the_return_on_the_pages(helpable, cast, signed_in, site):
    case = helpable()
    head, clerk = signed_in(cast.mahugnon), signed_in(cast.codjo)
    offer = reverse("desk:offer-help", args=[case.reference])
    assert offer in read_by(head, case).text
    assert head.post(offer, {}).status_code == 422
    assert head.post(offer, {"to": cast.fifth.pk}).status_code == 302
    pk = Help.objects.get().pk
    answer = clerk.post(reverse("desk:accept-help", args=[pk]))
    assert answer.url == reverse("desk:case", args=[case.reference])
    assert clerk.get(answer.url).status_code == 200
    assert case.shown_reference in clerk.get(reverse("desk:to-help")).text
    assert "Bureau du 5e arrondissement" in head.get(reverse("desk:to-help")).text
    clerk.post(reverse("desk:give-back", args=[pk]), {"reason": "Registre absent."})
    assert clerk.get(answer.url).status_code == 404


def test_nobody_else_reaches_the_offer_nor_the_answer(helpable, cast, signed_in, site):
    case = helpable()
    pk = helping.offer(case, to=cast.fifth, by=cast.mahugnon).pk
    assert signed_in(cast.sena).get(reverse("desk:offer-help", args=[case.reference])).status_code == 404
    assert signed_in(cast.koffi).post(reverse("desk:accept-help", args=[pk])).status_code == 404
    assert signed_in(cast.fifame).post(reverse("desk:give-back", args=[pk]), {"reason": "x"}).status_code == 404


def test_the_citizen_reads_who_helps(helped, client, site):
    client.get(reverse("requests:track"))
    session = client.session
    access.grant(session, helped)
    session.save()
    client.cookies["sessionid"] = session.session_key
    page = client.get(reverse("requests:case", args=[helped.shown_reference])).text
    assert "Un autre bureau aide" in page
    assert "Bureau du 5e arrondissement" in page


def test_the_list_costs_the_same_for_many(helpable, cast, signed_in, site, django_assert_max_num_queries):
    client, page = signed_in(cast.codjo), reverse("desk:to-help")
    helping.offer(helpable(), to=cast.fifth, by=cast.mahugnon)
    with django_assert_max_num_queries(20) as one:
        client.get(page)
    for name in NAMES[:4]:
        helping.offer(helpable(surname=name), to=cast.fifth, by=cast.mahugnon)
    with django_assert_max_num_queries(len(one)):
        client.get(page)


# -- At once, on PostgreSQL ---------------------------------------------------------------------


def offered_to_the_fifth(case, cast):
    definition = {"overflow": {"basis": BASIS, "after_days": 0}}
    ServiceRequest.objects.filter(pk=case.pk).update(version=published_with(case.version, definition))
    return helping.offer(stored(case), to=cast.fifth, by=cast.mahugnon)


def published_with(version, flow):
    definition = copy.deepcopy(definition_of(version)) | {"flow": flow}
    return publish_definition(version.service, definition)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_an_offer_accepted_by_many_at_once_is_accepted_once(filed_case, cast):
    pk = offered_to_the_fifth(filed_case(), cast).pk
    clerks = [cast.codjo, cast.afiavi] * 3
    results = all_at_once(6, lambda i: helping.accept(_offer(pk), by=clerks[i]))
    assert results.count(None) == 1
    assert JournalEntry.objects.filter(act="case.help_accepted").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_without_the_comparison_two_would_believe_they_accepted(filed_case, cast):
    """Negative control: everybody reads first, then everybody writes."""
    pk, seen = offered_to_the_fifth(filed_case(), cast).pk, threading.Barrier(2)

    def accept_without_comparing(_):
        offered = _offer(pk)
        seen.wait()
        if offered.accepted_at is None:
            Help.objects.filter(pk=pk).update(accepted_at=TUESDAY)
            return "accepted"
        return "lost"

    assert all_at_once(2, accept_without_comparing) == ["accepted", "accepted"]


def _offer(pk):
    return Help.objects.select_related("case__version", "case__office", "office").get(pk=pk)


# -- On the desk of who helps -------------------------------------------------------------------


def mine(user, office):
    return queues.cases_of(office, queues.Looked(queues.Group.MINE), user)


def test_what_one_helps_with_is_on_ones_desk_and_on_no_other(helped, cast, signed_in, site):
    assert stored(helped).assigned_to == cast.codjo
    assert list(mine(cast.codjo, cast.fifth)) == [helped]
    assert queues.counts([cast.fifth], cast.codjo)[cast.fifth.pk][queues.Group.MINE] == 1
    assert not mine(cast.afiavi, cast.fifth)
    assert queues.counts([cast.fifth], cast.afiavi)[cast.fifth.pk][queues.Group.MINE] == 0
    assert queues.counts([cast.fifth], cast.codjo)[cast.fifth.pk][queues.Group.OPEN] == 0
    page = signed_in(cast.codjo).get("/agent/arrondissement-5/?group=MINE").text
    assert helped.shown_reference in page


def test_decided_it_is_on_the_desk_of_who_helped_no_more(helped, cast):
    workflow.take(stored(helped), by=cast.codjo)
    workflow.accept(stored(helped), by=cast.codjo)
    assert not mine(cast.codjo, cast.fifth)
    assert queues.counts([cast.fifth], cast.codjo)[cast.fifth.pk][queues.Group.MINE] == 0


def test_who_helps_gives_it_to_a_colleague_of_his_office_with_a_reason(helped, cast, signed_in, site):
    give = reverse("desk:give", args=[helped.reference])
    client = signed_in(cast.codjo)
    offered = client.get(give).text
    assert f'<option value="{cast.afiavi.pk}">' in offered
    assert f'<option value="{cast.sena.pk}">' not in offered
    assert client.post(give, {"to": cast.afiavi.pk, "reason": "Elle connaît ce registre."}).status_code == 302
    assert list(mine(cast.afiavi, cast.fifth)) == [helped]
    assert not mine(cast.codjo, cast.fifth)
    assert signed_in(cast.koffi).get(give).status_code == 404


@pytest.mark.parametrize(("login", "told"), [("codjo", "mahugnon"), ("mahugnon", "afiavi")])
def test_the_other_side_is_written_to_when_help_is_over(helped, cast, login, told):
    Posting.objects.create(user=cast.afiavi, office=cast.fifth, role=Role.SUPERVISOR, starts="2026-01-05")
    for person in ("mahugnon", "afiavi"):
        user = getattr(cast, person)
        user.email = f"{person}@example.bj"
        user.save()
    helping.give_back(Help.objects.get(), by=getattr(cast, login), reason="Registre absent.")
    letter = OutboxMessage.objects.get(key__startswith="help-over:").payload
    assert letter["to"] == f"{told}@example.bj"
    assert helped.shown_reference in letter["body"] + letter["subject"]
    assert "Registre absent." in letter["body"]
    assert helped.applicant_name not in letter["body"]
    assert not mine(cast.codjo, cast.fifth)
