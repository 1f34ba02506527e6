"""People and motives of the tests of a case."""

import pytest

from arrondissements.models import Posting, Role, User
from requests_app.catalogue.models import RejectionMotive, Service
from tests.cast import SINCE


@pytest.fixture
def auditor(cast):
    user = User.objects.create_user("aurelle")
    Posting.objects.create(user=user, office=cast.funerals, role=Role.AUDITOR, starts=SINCE)
    return user


@pytest.fixture
def motive(cast, catalogue):
    made = RejectionMotive.objects.create(
        code="essai",
        label_i18n={"fr": "Dossier vide", "en": "Empty file"},
        remedy_i18n={"fr": "Recommencez.", "en": "Start again."},
        legal_basis_i18n={"fr": "Article à confirmer", "en": "Article to be confirmed"},
    )
    made.services.add(Service.objects.get(slug="certificat-vie"))
    return made
