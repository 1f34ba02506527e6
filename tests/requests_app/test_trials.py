"""A trial walks the whole way on the same pages, and leaves no number, no document, no message and no count."""

import datetime
import io

import pikepdf
import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arrondissements import chores
from arrondissements.models import Chore, JournalEntry, OutboxMessage
from civil_status.documents import rendering
from civil_status.documents.models import IssuedDocument, NumberSeries
from portal.demo import cases
from requests_app import access, duplicates, filing, queues, trials, workflow
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.publishing import definition_of, trial_version
from requests_app.models import Message, ServiceRequest
from requests_app.queues import Group, Looked
from requests_app.states import State
from tests.cast import deliver_all
from tests.requests_app.citizen import LIFE, fill, page, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(catalogue):
    """The certificate of life as a designer is about to change it: an essay in three working days."""
    service = Service.objects.select_related("current").get(slug=LIFE)
    return trial_version(service, definition_of(service.current) | {"processing_days": 3}, by=None)


@pytest.fixture
def ines(cast):
    """The editor, who may publish services."""
    cast.ines.user_permissions.add(Permission.objects.get(codename="publish_service"))
    return cast.ines


@pytest.fixture
def begun(site, ines, version, signed_in):
    """A trial begun by Inès, with her browser."""
    client = signed_in(ines)
    answer = client.post(reverse("requests:trial", args=[version.pk]))
    case = ServiceRequest.objects.select_related("version__service").get(is_trial=True)
    assert answer.url == reverse("requests:resume", args=[case.token])
    return client, case


def fresh(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def filed(client, case):
    fill(client, case)
    assert sent(client, case).status_code == 303
    return fresh(case)


def walk_to_the_end(case, cast):
    """What the office and the signatory do with any request."""
    workflow.take(case, by=cast.sena)
    workflow.accept(case, by=cast.sena)
    document = workflow.issue(case, by=cast.rekia)
    deliver_all()
    return document


def counted():
    """All that must not move."""
    return {
        "documents": IssuedDocument.objects.count(),
        "numbers": list(NumberSeries.objects.values_list("last", flat=True)),
        "messages": OutboxMessage.objects.count(),
    }


def test_only_who_writes_or_publishes_services_opens_the_door(site, cast, version, signed_in, ines, awa):
    address = reverse("requests:trial", args=[version.pk])
    assert signed_in(ines).get(address).status_code == 200
    assert signed_in(cast.sena).get(address).status_code == 404
    assert signed_in(cast.mahugnon).post(address).status_code == 404
    assert awa.get(address).status_code == 302
    assert not ServiceRequest.objects.exists()


def test_a_published_version_is_not_tried(site, ines, version, signed_in):
    address = reverse("requests:trial", args=[version.service.current_id])
    assert signed_in(ines).post(address).status_code == 404
    with pytest.raises(workflow.Refused):
        trials.start(version.service.current, language="fr", by=ines)


def test_a_trial_walks_the_whole_way_and_leaves_no_trace_where_it_counts(begun, cast, seal_key):
    client, case = begun
    before = counted()
    case = filed(client, case)
    assert (case.state, case.office, case.version.number) == (State.SUBMITTED, cast.first, None)
    assert walk_to_the_end(case, cast) is None
    case = fresh(case)
    assert (case.state, case.document, case.signed_by) == (State.READY, None, cast.rekia)
    assert counted() == before
    client.post(reverse("requests:follow-trial", args=[case.token]))
    pdf = client.get(reverse("requests:download", args=[case.shown_reference]))
    assert pdf["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(pdf.content)) as paper:
        assert len(paper.pages) == 1
    assert fresh(case).state == State.DELIVERED


def test_the_same_walk_that_is_no_trial_numbers_counts_and_tells(draft, cast, seal_key):
    """Negative control."""
    before = counted()
    document = walk_to_the_end(workflow.submit(draft(LIFE)), cast)
    after = counted()
    assert document.number
    assert after["documents"] == before["documents"] + 1
    assert after["numbers"] != before["numbers"]
    assert after["messages"] > before["messages"]


def test_the_paper_of_a_trial_says_what_it_is(begun, cast, seal_key):
    client, case = begun
    assert trials.paper(case) is None
    walk_to_the_end(filed(client, case), cast)
    content = trials.content(fresh(case))
    html = rendering.preview_html(content, mark=rendering.TRIAL)
    assert "ESSAI – SANS VALEUR" in html
    assert "SPÉCIMEN" not in html
    assert (content.number, "Code QR" in html) == ("", False)
    assert trials.paper(fresh(case)) == rendering.preview_pdf(content, mark=rendering.TRIAL)
    assert trials.paper(fresh(case)) != rendering.preview_pdf(content)


def test_every_page_of_a_trial_carries_the_band_and_no_page_of_a_request_does(begun, cast, seal_key, signed_in, awa):
    client, case = begun
    for address in (page(case, "step", 1), page(case, "contact"), page(case, "evidence"), page(case, "review")):
        assert "trial-band" in client.get(address).text
    case = filed(client, case)
    assert "trial-band" in client.get(page(case, "receipt")).text
    assert client.post(reverse("requests:follow-trial", args=[case.token])).status_code == 302
    assert "trial-band" in client.get(reverse("requests:case", args=[case.shown_reference])).text
    clerk = signed_in(cast.sena)
    assert "trial-band" in clerk.get(reverse("desk:case", args=[case.reference])).text
    real = workflow.submit(fresh_draft(cast))
    assert "trial-band" not in clerk.get(reverse("desk:case", args=[real.reference])).text
    assert "trial-band" not in awa.get(page(real, "receipt")).text


def fresh_draft(cast):
    return cases.draft(cases.EXAMPLES[LIFE])


def test_what_would_have_left_is_read_on_the_receipt(begun):
    client, case = begun
    case = filed(client, case)
    text = client.get(page(case, "receipt")).text
    assert "SMS (+2290196000002)" in text
    assert case.shown_reference in text
    assert not OutboxMessage.objects.exists()


def test_a_real_request_is_never_opened_without_its_code(draft, awa):
    case = workflow.submit(draft(LIFE))
    assert awa.post(reverse("requests:follow-trial", args=[case.token])).status_code == 404
    assert awa.get(reverse("requests:case", args=[case.shown_reference])).status_code == 404


def test_the_queue_shows_trials_under_their_own_filter_only(begun, filed_case, cast):
    client, case = begun
    case, real = filed(client, case), filed_case(surname="VRAIE")
    for group in Group:
        found = set(queues.cases_of(cast.first, Looked(group), cast.sena))
        assert (case in found) == (group == Group.TRIALS)
    assert set(queues.cases_of(cast.first, Looked(text=real.reference), cast.sena)) == {real}
    assert not queues.cases_of(cast.first, Looked(text=case.reference), cast.sena).exists()
    assert set(queues.cases_of(cast.first, Looked(Group.TRIALS), cast.sena)) == {case}


def test_the_counters_and_the_list_to_sign_do_not_see_a_trial(begun, cast):
    client, case = begun
    case = filed(client, case)
    workflow.take(case, by=cast.sena)
    workflow.accept(case, by=cast.sena)
    assert set(queues.counts([cast.first], cast.rekia)[cast.first.pk].values()) == {0}
    assert not queues.awaiting_signature(cast.rekia).exists()


def test_a_trial_leaves_by_no_export(begun, cast, signed_in):
    client, case = begun
    case = filed(client, case)
    clerk = signed_in(cast.sena)
    address = reverse("desk:export", args=[cast.first.code])
    assert case.shown_reference not in b"".join(clerk.get(address).streaming_content).decode()
    assert clerk.get(address, {"group": "TRIALS"}).status_code == 404
    listed = clerk.get(reverse("desk:queue", args=[cast.first.code]), {"group": "TRIALS"})
    assert case.shown_reference in listed.text
    assert "export.csv" not in listed.text


def test_a_trial_is_signed_at_the_desk_like_a_request(begun, cast, seal_key, signed_in):
    client, case = begun
    case = filed(client, case)
    workflow.take(case, by=cast.sena)
    workflow.accept(case, by=cast.sena)
    registrar = signed_in(cast.rekia)
    address = reverse("desk:issue", args=[case.reference])
    seen = registrar.get(address).context["form"]["seen"].value()
    answer = registrar.post(address, {"seen": seen}, follow=True)
    assert "sans numéro ni cachet" in answer.text
    assert fresh(case).state == State.READY
    assert not IssuedDocument.objects.exists()


def test_two_trials_with_the_same_words_do_not_hinder_each_other_nor_a_request(begun, draft):
    client, case = begun
    first = filed(client, case)
    client.post(reverse("requests:trial", args=[case.version_id]))
    second = ServiceRequest.objects.filter(is_trial=True, state=State.DRAFT).select_related("version__service").get()
    assert filed(client, second).state == State.SUBMITTED
    assert (first.fingerprint, second.fingerprint) == ("", "")
    assert workflow.submit(draft(LIFE)).state == State.SUBMITTED


def test_no_citizens_space_shows_a_trial(begun):
    client, case = begun
    case = filed(client, case)
    assert access.claimed(case.reference, case.phone) is None
    assert not access.knows(case.phone)


def test_a_trial_is_no_likely_duplicate_of_a_request(begun, draft, cast):
    client, case = begun
    filed(client, case)
    real = draft(LIFE)
    assert real.phone == fresh(case).phone
    assert not duplicates.of_applicant(real, cast.sena).exists()
    workflow.submit(real)
    assert set(duplicates.of_applicant(draft(LIFE), cast.sena)) == {real}


def test_each_act_of_a_trial_is_in_the_journal(begun, cast, seal_key):
    client, case = begun
    walk_to_the_end(filed(client, case), cast)
    acts = list(JournalEntry.objects.filter(obj=case.obj).order_by("seq").values_list("act", flat=True))
    assert acts == [f"case.{act}" for act in ("start_trial", "submit", "take", "accept", "issue", "make_ready")]


# -- Forgotten ----------------------------------------------------------------------------------


def days_later(days):
    return time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False)


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
def test_a_trial_is_forgotten_after_thirty_days_with_its_files_and_its_version(
    begun, version, cast, seal_key, private_files, django_capture_on_commit_callbacks, days, stays
):
    client, case = begun
    walk_to_the_end(filed(client, case), cast)
    path = private_files / case.evidence.get().file.name
    with days_later(days), django_capture_on_commit_callbacks(execute=True):
        assert chores.run_now("forget-trials")
    assert Chore.objects.get(pk="forget-trials").report == ("0 trials, 0 versions" if stays else "1 trials, 1 versions")
    assert ServiceRequest.objects.filter(pk=case.pk).exists() is stays
    assert ServiceVersion.objects.filter(pk=version.pk).exists() is stays
    assert path.exists() is stays
    assert JournalEntry.objects.filter(obj=case.obj, act="case.forget_trial").exists() is not stays


def test_what_was_asked_answered_and_attached_in_a_trial_goes_with_it(begun, version, cast):
    client, case = begun
    case = filed(client, case)
    workflow.take(case, by=cast.sena)
    workflow.ask_information(
        case, by=cast.sena, fields=["birth_place"], pieces=["identity"], reasons={"birth_place": "?", "identity": "?"}
    )
    filing.attach(case, "identity", cases.picture("autre.jpg", "autre"))
    workflow.answer(fresh(case), answers={"birth_place": "Ouidah"})
    assert case.corrections.exists()
    with days_later(31):
        assert trials.forget_due() == "1 trials, 1 versions"
        assert trials.forget_due() == "0 trials, 0 versions"
    assert not Message.objects.exists()


def test_a_request_of_a_citizen_and_a_version_in_force_are_never_forgotten_as_trials(filed_case, draft, version):
    """The near miss: as old, on the same service."""
    filed_case()
    draft(LIFE)
    numbered = set(ServiceVersion.objects.exclude(number=None).values_list("pk", flat=True))
    with days_later(4000):
        assert trials.forget_due() == "0 trials, 1 versions"
    assert ServiceRequest.objects.count() == 2
    assert set(ServiceVersion.objects.values_list("pk", flat=True)) == numbered


def test_a_version_somebody_still_tries_stays(begun, version, ines):
    """One trial is old, another was begun yesterday."""
    _client, case = begun
    with days_later(30):
        young = trials.start(version, language="fr", by=ines)
    with days_later(31):
        assert trials.forget_due() == "1 trials, 0 versions"
    assert list(ServiceRequest.objects.filter(is_trial=True)) == [young]


def test_forgetting_many_trials_costs_the_same_for_each(version, ines):
    costs = []
    for count in (1, 2, 3):
        for _ in range(count):
            trials.start(version, language="fr", by=ines)
        young = trials.start(version, language="fr", by=ines)
        with days_later(31):
            ServiceRequest.objects.filter(pk=young.pk).update(updated_at=timezone.now())
            with CaptureQueriesContext(connection) as queries:
                assert trials.forget_due() == f"{count} trials, 0 versions"
        ServiceRequest.objects.filter(pk=young.pk).delete()
        costs.append(len(queries))
    assert costs[2] - costs[1] == costs[1] - costs[0]
