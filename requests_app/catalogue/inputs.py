"""Form fields that forgive how people type, and say in plain words what does not fit."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from requests_app.catalogue.plain_text import one_line

TOO_LONG = ngettext_lazy(
    "Ce texte est trop long : %(limit_value)d signe au plus, le vôtre en a %(show_value)d.",
    "Ce texte est trop long : %(limit_value)d signes au plus, le vôtre en a %(show_value)d.",
    "limit_value",
)
TOO_SHORT = ngettext_lazy(
    "Ce texte est trop court : %(limit_value)d signe au moins.",
    "Ce texte est trop court : %(limit_value)d signes au moins.",
    "limit_value",
)


class TextField(forms.CharField):
    """Text cleaned of invisible signs before its length is judged; the browser never cuts what is pasted."""

    def __init__(self, *, clean: Callable[[str], str] = one_line, **kwargs: Any) -> None:
        self.make_plain = clean
        longest, shortest = kwargs.pop("longest", None), kwargs.pop("shortest", None)
        super().__init__(strip=False, **kwargs)
        if longest:
            self.validators.append(MaxLengthValidator(longest, TOO_LONG))
        if shortest:
            self.validators.append(MinLengthValidator(shortest, TOO_SHORT))

    def to_python(self, value: Any) -> str:
        return "" if value in self.empty_values else self.make_plain(str(value))


def looks_like_a_name(value: str) -> None:
    """A name has a letter and no figure. Raises ValidationError."""
    if not any(sign.isalpha() for sign in value) or any(sign.isdigit() for sign in value):
        raise ValidationError(_("Écrivez le nom en lettres, comme sur l’acte."), code="not_a_name")


class WholeNumberField(forms.IntegerField):
    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(str(value or "").split()))


class BeninPhoneField(PhoneNumberField):
    """Accepts `97 00 00 00`, `01 97 00 00 00`, `+229 01-97-00-00-00`, `00229…` and foreign numbers with +."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
        super().__init__(region="BJ", widget=widget, **kwargs)
        self.error_messages["invalid"] = _("Ce numéro de téléphone n’existe pas. Exemple : 01 97 00 00 00.")

    def to_python(self, value: Any) -> Any:
        return super().to_python(with_01(str(value or "")))


def with_01(text: str) -> str:
    """The number without spaces, its 8 old figures completed with 01 (reform of 30 November 2024)."""
    number = "".join(sign for sign in one_line(text) if sign not in " .-/()")
    number = f"+{number[2:]}" if number.startswith("00") else number
    prefix = "+229" if number.startswith("+229") else ""
    rest = number.removeprefix("+229")
    return f"{prefix}01{rest}" if rest.isdecimal() and len(rest) == 8 else number


def phone_in_words(stored: str) -> str:
    """`+2290197000000` → "01 97 00 00 00"; other countries keep their code."""
    if stored.startswith("+22901") and len(stored) == 14:
        figures = stored[4:]
        return "\u00a0".join(figures[i : i + 2] for i in range(0, 10, 2))
    return PhoneNumber.from_string(stored).as_international


class NpiField(TextField):
    def to_python(self, value: Any) -> str:
        figures = super().to_python(value).replace(" ", "").replace("-", "")
        if figures and not (figures.isascii() and figures.isdecimal() and len(figures) == 10):
            raise ValidationError(_("Le NPI a 10 chiffres. Il est écrit sur votre carte ou votre CIP."), code="npi")
        return figures
