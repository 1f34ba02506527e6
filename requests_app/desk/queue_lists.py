"""What the filters of a queue offer, kept a few minutes: services, people, labels; and one's own views."""

from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language

from arrondissements.models import Office, Posting, User
from requests_app import labelling, saved_views
from requests_app.catalogue.models import Service
from requests_app.models import Label
from requests_app.permissions import INSTRUCTING

KEPT = 300  # seconds
KEPT_OF_OFFICE = 60
VIEWS = "desk_views"
ANY_LABEL = "desk:any_label"

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Lists:
    """Values with their words, in the order they are offered."""

    services: Choices
    people: Choices
    labels: Choices
    # Whether some label, even one no longer offered, may be on a case here.
    are_labelled: bool


def of(office: Office) -> Lists:
    """What is offered in this office, in the active language. No query once it is kept."""
    services, people = f"desk:services:{get_language()}", f"desk:people:{office.pk}"
    known = cache.get_many([services, people, ANY_LABEL])
    if services not in known:
        known[services] = _published_services()
        cache.set(services, known[services], KEPT)
    if people not in known:
        known[people] = _people(office)
        cache.set(people, known[people], KEPT_OF_OFFICE)
    offered = labels(office)
    if not offered and ANY_LABEL not in known:
        known[ANY_LABEL] = Label.objects.exists()
        cache.set(ANY_LABEL, known[ANY_LABEL], KEPT_OF_OFFICE)
    return Lists(known[services], known[people], offered, bool(offered) or known[ANY_LABEL])


def labels(office: Office) -> Choices:
    """The labels that may be put on the cases of this office. No query once it is kept."""
    if (known := cache.get(_labels_key(office))) is None:
        known = [(str(label.pk), label.name) for label in labelling.offered(office)]
        cache.set(_labels_key(office), known, KEPT_OF_OFFICE)
    kept: Choices = known
    return kept


def forget_labels(office: Office) -> None:
    """Offer at once what has just changed, here; the other processes follow within the minute."""
    cache.delete_many([_labels_key(office), ANY_LABEL])


def views(session: SessionBase, user: User) -> list[list[str]]:
    """Name and query of each view of `user`, as this session knows them. 1 query the first time."""
    known: list[list[str]] | None = session.get(VIEWS)
    return read_views(session, user) if known is None else known


def read_views(session: SessionBase, user: User) -> list[list[str]]:
    """The same, read again after a change. 1 query."""
    session[VIEWS] = [[view.name, view.query] for view in saved_views.of(user)]
    fresh: list[list[str]] = session[VIEWS]
    return fresh


def _labels_key(office: Office) -> str:
    return f"desk:labels:{office.pk}"


def _people(office: Office) -> Choices:
    """Those who instruct here today, by their login."""
    today = Posting.objects.on(timezone.localdate()).filter(office=office, role__in=INSTRUCTING)
    people = User.objects.filter(pk__in=today.values("user"), is_active=True)
    return sorted(
        ((person.username, person.get_full_name() or person.username) for person in people), key=lambda one: one[1]
    )


def _published_services() -> Choices:
    rows = Service.objects.exclude(current=None).exclude(current__mode="ORIENTATION").select_related("current")
    return [
        (service.slug, service.current.title)
        for service in rows.only("slug", "current__title_i18n")
        if service.current is not None
    ]
