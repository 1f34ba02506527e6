"""How long an act took: from the opening of the case on the screen to the act, kept for the estimates.

The hour of opening stays in the session of the person, for the last cases opened; nothing of the citizen is kept.
"""

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from arrondissements.models import User
from requests_app.models import Handling, ServiceRequest
from requests_app.promises.measuring import LONGEST_SECONDS

OPENED = "opened_cases"
MOST_OPENED = 10


def note_opening(session: SessionBase, case: ServiceRequest) -> None:
    """The case comes on the screen: its minutes run from the first time. A page seen again writes nothing."""
    now = int(timezone.now().timestamp())
    opened: dict[str, int] = session.get(OPENED, {})
    if now - opened.get(str(case.pk), 0) < LONGEST_SECONDS:
        return
    opened[str(case.pk)] = now
    session[OPENED] = dict(sorted(opened.items(), key=lambda one: one[1])[-MOST_OPENED:])


def note_act(session: SessionBase, case: ServiceRequest, act: str, by: User) -> None:
    """The act is done: write what it took, half an hour at most, and let the minutes run for the next one.

    Nothing is written of a trial, nor of an act done without opening the case. 1 query.
    """
    opened: dict[str, int] = session.get(OPENED, {})
    since, now = opened.get(str(case.pk)), int(timezone.now().timestamp())
    place = case.helping_office_id or case.office_id
    if since is None or place is None or case.is_trial:
        return
    seconds = min(max(now - since, 0), LONGEST_SECONDS)
    Handling.objects.create(service_id=case.version.service_id, office_id=place, by=by, act=act, seconds=seconds)
    session[OPENED] = opened | {str(case.pk): now}
