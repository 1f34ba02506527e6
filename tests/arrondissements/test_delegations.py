"""Nobody signs outside a posting or a delegation that covers the office and the day."""

import datetime

import pytest

from arrondissements.delegations import roles_signed_by, signing_power
from arrondissements.models import Delegation, Posting, Role

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)
YESTERDAY, TOMORROW = TODAY - datetime.timedelta(1), TODAY + datetime.timedelta(1)


def delegate(user, *, role=Role.EXECUTIVE_SECRETARY, office=None, starts=TODAY, ends=TODAY):
    return Delegation.objects.create(
        delegate=user, role=role, office=office, act_number="N°7/SE", signed_on=YESTERDAY, starts=starts, ends=ends
    )


def test_the_executive_secretary_signs_for_every_office(cast):
    for office in (cast.first, cast.fifth, cast.funerals):
        assert signing_power(cast.secretary, Role.EXECUTIVE_SECRETARY, office, TODAY).title == "Le Secrétaire exécutif"


def test_a_registrar_signs_for_his_own_office_only(cast):
    assert signing_power(cast.rekia, Role.REGISTRAR, cast.first, TODAY)
    assert signing_power(cast.rekia, Role.REGISTRAR, cast.fifth, TODAY) is None


def test_a_clerk_signs_nothing(cast):
    assert signing_power(cast.sena, Role.REGISTRAR, cast.first, TODAY) is None
    assert roles_signed_by(cast.sena, TODAY) == {}


def test_a_delegation_is_read_with_its_act(cast):
    delegate(cast.sena, office=cast.funerals)
    power = signing_power(cast.sena, Role.EXECUTIVE_SECRETARY, cast.funerals, TODAY)
    assert power.delegation == "Pour le Secrétaire exécutif et par délégation"
    assert (power.act_number, power.act_date) == ("N°7/SE", YESTERDAY)


def test_a_delegation_for_one_office_is_not_one_for_another(cast):
    delegate(cast.sena, office=cast.funerals)
    assert signing_power(cast.sena, Role.EXECUTIVE_SECRETARY, cast.first, TODAY) is None


@pytest.mark.parametrize(("starts", "ends"), [(TOMORROW, None), (YESTERDAY, YESTERDAY)])
def test_a_delegation_is_worth_nothing_before_and_after_its_dates(cast, starts, ends):
    delegate(cast.sena, starts=starts, ends=ends)
    assert signing_power(cast.sena, Role.EXECUTIVE_SECRETARY, cast.first, TODAY) is None


def test_a_posting_that_has_ended_gives_no_power(cast):
    Posting.objects.filter(user=cast.rekia).update(ends=YESTERDAY)
    assert signing_power(cast.rekia, Role.REGISTRAR, cast.first, TODAY) is None
    assert signing_power(cast.rekia, Role.REGISTRAR, cast.first, YESTERDAY)


def test_what_one_may_sign_is_listed_by_role(cast):
    delegate(cast.rekia, office=cast.funerals)
    assert roles_signed_by(cast.rekia, TODAY) == {
        Role.REGISTRAR: {cast.first.pk},
        Role.EXECUTIVE_SECRETARY: {cast.funerals.pk},
    }
    assert roles_signed_by(cast.secretary, TODAY) == {Role.EXECUTIVE_SECRETARY: None}
