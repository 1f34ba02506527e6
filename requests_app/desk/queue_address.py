"""A way to look at the queue as an address: what follows `?`, read and written in one place."""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.http import urlencode

from requests_app.models import Channel
from requests_app.queues import ORDERS, Group, Looked
from requests_app.states import State

OLDEST_DAYS = 3650


class LookForm(forms.Form):
    """The filters of a queue. What makes no sense is ignored: a filter is never an error page."""

    group = forms.ChoiceField(choices=Group, required=False)
    service = forms.SlugField(required=False)
    state = forms.ChoiceField(choices=[(s, s.label) for s in State if s != State.DRAFT], required=False)
    q = forms.CharField(required=False, max_length=120)
    days = forms.IntegerField(min_value=0, max_value=OLDEST_DAYS, required=False)
    channel = forms.ChoiceField(choices=Channel, required=False)
    label = forms.IntegerField(min_value=1, max_value=2**31, required=False)
    assigned = forms.CharField(required=False, max_length=150)
    sort = forms.ChoiceField(choices=[(way + name, name) for name in ORDERS for way in ("", "-")], required=False)


@dataclass(frozen=True)
class Look:
    """What is looked at, and the column it is sorted by ("" is the usual order, `-` in front the other way)."""

    looked: Looked
    sort: str = ""

    def address(self, after: str = "") -> str:
        """`?…`, the same for the same look; `after` is the place of a page."""
        return "?" + self.query(after)

    def query(self, after: str = "") -> str:
        """The address without its question mark."""
        looked = self.looked
        asked: dict[str, Any] = {
            "group": looked.group if looked.group != Group.OPEN else "",
            "service": looked.service,
            "state": looked.state,
            "q": looked.text,
            "days": "" if looked.days is None else looked.days,
            "channel": looked.channel,
            "label": "" if looked.label is None else looked.label,
            "assigned": looked.assigned,
            "sort": self.sort,
            "after": after,
        }
        return urlencode({name: value for name, value in asked.items() if value != ""})

    def sorted_by(self, name: str) -> str:
        """The address that sorts by this column; once more, the other way."""
        return replace(self, sort=f"-{name}" if self.sort == name else name).address()

    def of_group(self, group: str) -> str:
        """The address of another group of the day, for the same service and the same person's desk."""
        return Look(Looked(group, self.looked.service), self.sort).address()


def read(asked: Any) -> Look:
    """The look that an address asks for (a `QueryDict`)."""
    form = LookForm(asked)
    form.is_valid()
    known = {name: form.cleaned_data.get(name) for name in form.fields}
    return Look(
        Looked(
            group=known["group"] or Group.OPEN,
            service=known["service"] or "",
            state=known["state"] or "",
            text=(known["q"] or "").strip(),
            days=known["days"],
            channel=known["channel"] or "",
            label=known["label"],
            assigned=known["assigned"] or "",
        ),
        known["sort"] or "",
    )
