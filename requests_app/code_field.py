"""The field where a one-time code is typed: six figures, spaces forgiven."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.plain_text import one_line
from requests_app.tracking import FIGURES


class CodeField(forms.CharField):
    """Six figures. Anything else is said at once, and costs no try."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": _("Écrivez le code.")})
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": 8})
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """The figures alone. Raises `ValidationError`."""
        figures = "".join(one_line(super().clean(value)).split())
        if not (figures.isascii() and figures.isdecimal() and len(figures) == FIGURES):
            raise forms.ValidationError(_("Le code a 6 chiffres."), code="malformed")
        return figures
