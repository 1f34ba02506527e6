"""May this service be begun, or filed in an office, on a day? Pure functions of a service and its restrictions.

What was decided, where the rules leave a choice:
- A retired service is no longer begun after its last day; a draft begun before is still filed, on its version.
- A closure stops beginning and filing, whoever began: nobody is there to take the request. The draft is kept and is
  filed afterwards. A closure of one office stops only what goes to that office, known once the answers are.
- A cap over the whole period that is reached stops beginning too; a cap per day only stops filing until tomorrow,
  because preparing takes time. Every filed request counts, withdrawn or not; drafts and trials do not.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext

from requests_app.catalogue.models import Per, Restriction, Service

# How many requests a cap has already taken on a day, or since the period began.
Taken = Callable[[Restriction], int]


@dataclass(frozen=True)
class Notice:
    """A sentence for whoever is about to begin; `stops` when the button goes away."""

    words: str
    stops: bool
    office: str = ""


def why_not_begin(service: Service, restrictions: Iterable[Restriction], day: datetime.date, taken: Taken) -> str:
    """Why nobody may begin this service on `day`; "" when one may."""
    if is_retired(service, day):
        return service.retired_message or gettext("Cette démarche n’existe plus.")
    for rule in in_force(restrictions, day):
        if rule.office_id is None and (_closes(rule) or (rule.per == Per.PERIOD and _is_full(rule, taken))):
            return rule.message
    return ""


def why_not_file(restrictions: Iterable[Restriction], office_id: int, day: datetime.date, taken: Taken) -> str:
    """Why a complete draft may not be filed in this office on `day`; "" when it may."""
    for rule in in_force(restrictions, day):
        if rule.office_id in (None, office_id) and (_closes(rule) or _is_full(rule, taken)):
            return rule.message
    return ""


def notices(service: Service, restrictions: Iterable[Restriction], day: datetime.date, taken: Taken) -> list[Notice]:
    """What one reads before beginning: that it is closed and why, or what is closed here and there."""
    restrictions = list(restrictions)
    if stop := why_not_begin(service, restrictions, day, taken):
        return [Notice(stop, stops=True)]
    told = [_notice(rule) for rule in in_force(restrictions, day) if _closes(rule) or _is_full(rule, taken)]
    if service.retired_on is not None:
        sentence = gettext("Cette démarche se commence jusqu’au %(day)s. Ensuite : %(message)s")
        words = {"day": date_format(service.retired_on, "j F Y"), "message": service.retired_message}
        told.append(Notice(sentence % words, stops=False))
    return told


def is_retired(service: Service, day: datetime.date) -> bool:
    """Whether the last day on which one may begin has passed."""
    return service.retired_on is not None and day > service.retired_on


def in_force(restrictions: Iterable[Restriction], day: datetime.date) -> list[Restriction]:
    """Those whose period holds `day`, first and last day included; closures before caps."""
    held = [rule for rule in restrictions if rule.starts <= day and (rule.ends is None or day <= rule.ends)]
    return sorted(held, key=lambda rule: (not _closes(rule), rule.starts, rule.pk or 0))


def counted_days(rule: Restriction, day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and last day over which a cap counts, up to `day`."""
    return (day if rule.per == Per.DAY else rule.starts), day


def _closes(rule: Restriction) -> bool:
    return rule.cap is None


def _is_full(rule: Restriction, taken: Taken) -> bool:
    return rule.cap is not None and taken(rule) >= rule.cap


def _notice(rule: Restriction) -> Notice:
    return Notice(rule.message, stops=False, office=str(rule.office) if rule.office else "")
