"""A browser on the citizen's pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation


@pytest.fixture
def site(catalogue: None, private_files: Any) -> Iterator[None]:
    """The services open to citizens, in French. Changing STORAGES here would forget the folder of `private_files`."""
    with translation.override("fr"):
        yield


@pytest.fixture
def awa(site: None) -> Client:
    """A citizen who has no account."""
    return Client()
