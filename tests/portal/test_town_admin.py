"""Who serves and who signs is edited by administrators, and every change is written down."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django_otp import devices_for_user

from arrondissements import calendar
from arrondissements.models import Delegation, JournalEntry, LocalHoliday, Posting
from requests_app.models import EscalationRule

pytestmark = pytest.mark.django_db
POSTING = {"role": "CLERK", "starts": "2026-11-23", "ends": ""}


@pytest.fixture
def admin(cast, signed_in):
    cast.ines.is_superuser = cast.ines.is_staff = True
    cast.ines.save()
    return signed_in(cast.ines)


def test_an_administrator_posts_somebody_and_the_journal_says_so(admin, cast):
    admin.post("/admin/postings/new/", POSTING | {"user": cast.codjo.pk, "office": cast.first.pk})
    posting = Posting.objects.get(user=cast.codjo, office=cast.first)
    line = JournalEntry.objects.get(act="posting.created")
    assert (line.obj, line.by) == (f"posting:{posting.pk}", cast.ines)


def test_a_clerk_does_not_post_himself(cast, signed_in):
    answer = signed_in(cast.sena).post(
        "/admin/postings/new/", POSTING | {"user": cast.sena.pk, "office": cast.fifth.pk}
    )
    assert answer.status_code in (302, 403)
    assert not Posting.objects.filter(user=cast.sena, office=cast.fifth).exists()


def test_a_posting_is_ended_and_never_erased(admin, cast):
    posting = cast.sena.postings.get()
    admin.post(f"/admin/postings/delete/{posting.pk}/")
    assert Posting.objects.filter(pk=posting.pk).exists()


def test_a_delegation_that_ends_before_it_starts_is_refused_with_a_sentence(admin, cast):
    answer = admin.post(
        "/admin/delegations/new/",
        {
            "delegate": cast.sena.pk,
            "role": "REGISTRAR",
            "office": cast.first.pk,
            "act_number": "N°1",
            "signed_on": "2026-11-20",
            "starts": "2026-11-23",
            "ends": "2026-11-22",
        },
    )
    assert "La délégation finit avant de commencer." in answer.content.decode()
    assert not Delegation.objects.exists()


def test_a_local_holiday_moves_the_promises(admin):
    admin.post("/admin/local_holidays/new/", {"day": "2026-11-24", "name": "Fête de la ville"})
    assert LocalHoliday.objects.get().name == "Fête de la ville"


def test_a_closure_of_an_office_is_counted_from_the_next_promise_on(admin, cast, django_capture_on_commit_callbacks):
    before = calendar.add_working_days(datetime.date(2026, 11, 23), 1, cast.first.pk)
    closure = {"office": cast.first.pk, "starts": "2026-11-24", "ends": "2026-11-25", "reason": "Travaux"}
    with django_capture_on_commit_callbacks(execute=True):
        admin.post("/admin/closures/new/", closure)
    after = calendar.add_working_days(datetime.date(2026, 11, 23), 1, cast.first.pk)
    assert (before, after) == (datetime.date(2026, 11, 24), datetime.date(2026, 11, 26))
    assert JournalEntry.objects.filter(act="officeclosure.created").count() == 1


def test_a_closure_without_a_last_day_is_refused_with_a_sentence(admin, cast):
    answer = admin.post("/admin/closures/new/", {"office": cast.first.pk, "starts": "2026-11-24", "reason": "Travaux"})
    assert "Une fermeture a un dernier jour" in answer.content.decode()


def test_the_town_hall_writes_a_reminder_once(admin, cast):
    rule = {"days": "3", "tells": "SUPERVISOR", "is_active": "on"}
    admin.post("/admin/escalation_rules/new/", rule)
    again = admin.post("/admin/escalation_rules/new/", rule)
    assert "Ce rappel existe déjà." in again.content.decode()
    assert EscalationRule.objects.filter(days=3).count() == 1


@pytest.mark.parametrize(
    "page",
    [
        "offices", "opening_hours", "local_holidays", "closures", "quartiers", "postings", "delegations",
        "escalation_rules",
    ],
)  # fmt: skip
def test_every_list_opens(admin, cast, page):
    assert admin.get(f"/admin/{page}/").status_code == 200


def test_a_lost_phone_is_forgotten_with_a_reason(cast, signed_in):
    signed_in(cast.sena)
    call_command("forget_phone", "sena", reason="téléphone volé")
    assert not list(devices_for_user(cast.sena))
    assert JournalEntry.objects.get(act="staff.phone_forgotten").reason == "téléphone volé"
    with pytest.raises(CommandError):
        call_command("forget_phone", "personne", reason="x")
