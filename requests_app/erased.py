"""The words that stand where an answer was erased because its time was over: it was given, and is no longer kept."""

import datetime

from django.utils.translation import gettext

from requests_app.models import ServiceRequest


def in_words(case: ServiceRequest) -> dict[str, str]:
    """For each erased answer ("question", or "group.question"), when and why it was, in the active language."""
    sentence = gettext("effacé le %(day)s (délai de conservation)")
    days = {path: datetime.date.fromisoformat(day) for path, day in case.erased.items()}
    return {path: sentence % {"day": f"{day:%d/%m/%Y}"} for path, day in days.items()}
