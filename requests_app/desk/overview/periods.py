"""Which days a page of figures is about: so many days that end today, or from a day to another."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from requests_app.oversight.figures import Period, last_days

USUAL = 30
LONGEST = 3 * 366  # days
CHOICES: dict[int, str | Promise] = {7: _("7 jours"), 30: _("30 jours"), 90: _("90 jours"), 365: _("1 an")}


class PeriodForm(forms.Form):
    """From a day to another. What makes no sense is the usual period: a filter is never an error page."""

    days = forms.TypedChoiceField(choices=list(CHOICES.items()), coerce=int, required=False, empty_value=None)
    since = forms.DateField(label=_("Du"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("au"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


@dataclass(frozen=True)
class Chosen:
    """The days asked for; `days` is one of the choices, or None when two dates were written."""

    period: Period
    days: int | None

    @property
    def query(self) -> str:
        """What follows `?` to see the same days elsewhere."""
        if self.days:
            return urlencode({"days": self.days})
        return urlencode({"since": self.period.first.isoformat(), "until": self.period.last.isoformat()})

    @property
    def choices(self) -> list[tuple[int, str | Promise, bool]]:
        """Each usual period, its words, and whether it is this one."""
        return [(days, words, days == self.days) for days, words in CHOICES.items()]


def chosen(asked: Any) -> Chosen:
    """The period that an address asks for (a `QueryDict`)."""
    form, today = PeriodForm(asked), timezone.localdate()
    form.is_valid()
    since, until = form.cleaned_data.get("since"), form.cleaned_data.get("until")
    if since and (until or today) >= since:
        length = min((until or today) - since, datetime.timedelta(days=LONGEST))
        return Chosen(Period(since, since + length), None)
    days = form.cleaned_data.get("days") or USUAL
    return Chosen(last_days(days), days)
