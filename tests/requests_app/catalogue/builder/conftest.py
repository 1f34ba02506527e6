"""An editor and a designer of services, and the draft of the certificate of life."""

import pytest
from django.contrib.auth.models import Group

from arrondissements.models import User
from requests_app.catalogue.builder import acts
from requests_app.catalogue.models import Service


def person(login: str, group: str) -> User:
    user = User.objects.create_user(login, password="mot-de-passe-de-test")
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def editor(db):
    """Inès writes."""
    return person("ines", "Rédacteurs")


@pytest.fixture
def designer(db):
    """Viviane publishes too."""
    return person("viviane", "Concepteurs de démarches")


@pytest.fixture
def draft(catalogue):
    """The draft of the certificate of life."""
    return acts.open_draft(Service.objects.get(slug="certificat-vie"))
