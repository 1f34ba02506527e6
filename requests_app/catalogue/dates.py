"""A date asked as day, month and year: three small boxes, easier on a phone than a calendar."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.plain_text import one_line

PARTS = ("day", "month", "year")
EARLIEST_YEAR = 1900
ISO = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


class DatePartsWidget(forms.MultiWidget):
    """Three text boxes named `<field>_day`, `<field>_month`, `<field>_year`, each with its own label."""

    template_name = "catalogue/widgets/date_parts.html"
    use_fieldset = True
    labels = {"day": _("Jour"), "month": _("Mois"), "year": _("Année")}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__({part: forms.TextInput(box | {"size": 4 if part == "year" else 2}) for part in PARTS}, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for box, part in zip(context["widget"]["subwidgets"], PARTS, strict=True):
            box["label"] = self.labels[part]
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: Any) -> list[str]:
        return parts_of(value)


class DatePartsField(forms.Field):
    """Cleans to ISO text: "1962-05-03", "1962-05" or "1962" as `month_alone` and `year_alone` allow.

    `limit` is "past" (today at the latest), "future" (today at the earliest) or "any";
    `max_days` bounds how far from today, in days.
    """

    widget = DatePartsWidget

    def __init__(
        self,
        *,
        limit: str = "any",
        max_days: int | None = None,
        year_alone: bool = False,
        month_alone: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.limit, self.max_days, self.year_alone, self.month_alone = limit, max_days, year_alone, month_alone

    def to_python(self, value: Any) -> str:
        day, month, year = (one_line(str(part or "")) for part in (value or ("", "", "")))
        if not (day or month or year):
            return ""
        if self.year_alone and year and not (day or month):
            return f"{self._number(year, _year_sentence()):04d}"
        if self.month_alone and year and month and not day:
            return self._date("1", month, year).isoformat()[:7]
        if not (day and month and year):
            raise ValidationError(self._missing(day, month, year), code="incomplete")
        return self._date(day, month, year).isoformat()

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            self._check_limits(value)

    def _date(self, day: str, month: str, year: str) -> datetime.date:
        sentence = gettext("Écrivez le jour, le mois et l’année en chiffres, par exemple 27 3 1985.")
        numbers = [self._number(part, sentence) for part in (year, month, day)]
        if numbers[0] < 100:
            raise ValidationError(_year_sentence(), code="year")
        try:
            return datetime.date(*numbers)
        except ValueError as error:
            raise ValidationError(
                gettext("Cette date n’existe pas : %(date)s. Vérifiez le jour et le mois."),
                code="impossible",
                params={"date": f"{numbers[2]}/{numbers[1]}/{numbers[0]}"},
            ) from error

    def _number(self, text: str, sentence: str) -> int:
        if not (text.isdecimal() and len(text) <= 4):
            raise ValidationError(sentence, code="not_a_number")
        return int(text)

    def _missing(self, day: str, month: str, year: str) -> str:
        if not year:
            return gettext("Il manque l’année.")
        if not day and not month:
            return gettext("Il manque le jour et le mois.")
        return gettext("Il manque le jour.") if not day else gettext("Il manque le mois.")

    def _check_limits(self, value: str) -> None:
        today = timezone.localdate()
        first, last = ends_of(value)
        if not EARLIEST_YEAR <= int(value[:4]) <= today.year + 50:
            raise ValidationError(_year_sentence(), code="year")
        if self.limit == "past" and first > today.isoformat():
            raise ValidationError(gettext("Cette date n’est pas encore passée."), code="future")
        if self.limit == "future" and last < today.isoformat():
            raise ValidationError(gettext("Cette date est déjà passée."), code="past")
        distance = abs((datetime.date.fromisoformat(first) - today).days)
        if self.max_days is not None and distance > self.max_days:
            raise ValidationError(
                ngettext(
                    "Cette date est trop éloignée : %(days)d jour au plus.",
                    "Cette date est trop éloignée : %(days)d jours au plus.",
                    self.max_days,
                ),
                code="too_far",
                params={"days": self.max_days},
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return parts_of(initial) != [str(part or "") for part in (data or ("", "", ""))]


def parts_of(value: Any) -> list[str]:
    """Day, month, year as typed ("1962-05-03" → ["3", "5", "1962"], "1962" → ["", "", "1962"])."""
    if not value:
        return ["", "", ""]
    if isinstance(value, list | tuple) and len(value) == len(PARTS):
        return [str(part or "") for part in value]
    if not ISO.fullmatch(str(value)):
        return ["", "", str(value)]
    pieces = [piece.lstrip("0") for piece in str(value).split("-")]
    return [""] * (len(PARTS) - len(pieces)) + pieces[::-1]


def ends_of(value: str) -> tuple[str, str]:
    """The first and the last day an ISO date may mean; the last of a month known alone is written "31"."""
    return {4: (f"{value}-01-01", f"{value}-12-31"), 7: (f"{value}-01", f"{value}-31")}.get(len(value), (value, value))


def _year_sentence() -> str:
    return gettext("Vérifiez l’année : elle s’écrit avec quatre chiffres, par exemple 1985.")


def date_in_words(value: str) -> str:
    """ "3 mai 1962", "1er mai 1962", "mai 1962", or "vers 1962" for a year alone, in the active language."""
    if len(value) == 4:
        return gettext("vers %(year)s") % {"year": value}
    if len(value) == 7:
        return date_format(datetime.date.fromisoformat(f"{value}-01"), "F Y")
    day = datetime.date.fromisoformat(value)
    words = date_format(day, "j F Y")
    first_in_french = day.day == 1 and (get_language() or "fr").startswith("fr")
    return words.replace("1 ", "1er ", 1) if first_in_french else words
