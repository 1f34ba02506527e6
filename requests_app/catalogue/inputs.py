"""Form fields that forgive how people type, and say in plain words what does not fit."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.utils.translation import get_language, gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from requests_app.catalogue.plain_text import one_line

BETWEEN_FIGURES = str.maketrans("", "", " .-")
DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
CLOCK = re.compile(r"([0-9]{1,2}) ?[h:.]? ?(?:([0-9]{2})(?: ?min)?)?")
LONGEST_NUMBER = 12
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
    """A whole number; spaces between its figures are forgiven."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(str(value or "").split()))


class BoundedField(TextField):
    """A number typed as text, between `least` and `most`, both included."""

    def __init__(self, *, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def refuse_outside(self, number: Decimal) -> None:
        """Raises ValidationError outside the bounds, which it says."""
        if number < Decimal(str(self.least)):
            raise ValidationError(gettext("Écrivez %(limit)s au moins.") % {"limit": self.limit(self.least)})
        if number > Decimal(str(self.most)):
            raise ValidationError(gettext("Écrivez %(limit)s au plus.") % {"limit": self.limit(self.most)})

    def limit(self, number: float) -> str:
        """A bound as it is said."""
        whole = float(number).is_integer()
        return f"{int(number):,}".replace(",", "\u202f") if whole else f"{number:g}".replace(".", ",")


class DecimalTextField(BoundedField):
    """A number with a comma or a point, cleaned to its exact text: `2,50` → "2.50"."""

    def __init__(self, *, decimals: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.decimals = decimals

    def to_python(self, value: Any) -> str:
        text = super().to_python(value).replace(" ", "").replace(",", ".")
        if not text:
            return ""
        if not DECIMAL.fullmatch(text):
            raise ValidationError(gettext("Écrivez un nombre en chiffres, par exemple 12,5."), code="invalid")
        whole, dot, rest = text.partition(".")
        if len(rest) > self.decimals:
            sentence = ngettext(
                "Écrivez %(count)d chiffre au plus après la virgule.",
                "Écrivez %(count)d chiffres au plus après la virgule.",
                self.decimals,
            )
            raise ValidationError(sentence % {"count": self.decimals}, code="too_precise")
        number = f"{int(whole)}{dot}{rest}"
        self.refuse_outside(Decimal(text))
        return f"-{number}" if whole.startswith("-") and int(whole) == 0 and Decimal(number) else number


class FrancsField(BoundedField):
    """Whole francs: `2 500`, `2500 F CFA`, `2 500 FCFA`."""

    def to_python(self, value: Any) -> Any:
        text = "".join(super().to_python(value).upper().split())
        for ending in ("FCFA", "XOF", "CFA", "F"):
            text = text.removesuffix(ending)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
            raise ValidationError(gettext("Écrivez le montant en francs, en chiffres, sans virgule."), code="invalid")
        self.refuse_outside(Decimal(text))
        return int(text)


class CoordinateField(BoundedField):
    """Degrees with a comma or a point, kept to five decimals (a metre)."""

    def __init__(self, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(least=least, most=most, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value).replace(" ", "").replace(",", ".")
        if not text:
            return None
        if not DECIMAL.fullmatch(text):
            raise ValidationError(gettext("Écrivez des degrés en chiffres, par exemple 6,3703."), code="invalid")
        if not self.least <= float(text) <= self.most:
            raise ValidationError(gettext("Ce point n’est pas au Bénin. Vérifiez les deux nombres."), code="elsewhere")
        return round(float(text), 5)


class ClockField(TextField):
    """An hour cleaned to "14:30", typed `14:30`, `14h30`, `14 h` or `8.05`."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        found = CLOCK.fullmatch(text.casefold())
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise ValidationError(gettext("Écrivez l’heure ainsi : 14 h 30."), code="clock")
        return f"{int(found[1]):02d}:{int(found[2] or 0):02d}"


def clock_in_words(stored: str) -> str:
    """ "14:30" → "14 h 30", "08:00" → "8 h"; the 24-hour clock in English."""
    hours, minutes = stored.split(":")
    if get_language() == "en":
        return f"{int(hours)}:{minutes}"
    return f"{int(hours)}\u00a0h" + (f"\u00a0{minutes}" if minutes != "00" else "")


class BeninPhoneField(PhoneNumberField):
    """Accepts `97 00 00 00`, `01 97 00 00 00`, `+229 01-97-00-00-00`, `00229…` and foreign numbers with +."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
        super().__init__(region="BJ", widget=widget, **kwargs)
        self.error_messages["invalid"] = _("Ce numéro de téléphone n’existe pas. Exemple : 01 97 00 00 00.")

    def to_python(self, value: Any) -> Any:
        number = with_01(str(value or ""))
        # The box begins with "01" at the counter: alone it is no answer.
        return super().to_python("" if number == "01" else number)


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


class FiguresField(TextField):
    """An exact count of figures; spaces, dots and hyphens between them are forgiven."""

    def __init__(self, count: int, sentence: Any, **kwargs: Any) -> None:
        self.count, self.sentence = count, sentence
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        figures = super().to_python(value).translate(BETWEEN_FIGURES)
        if figures and not (figures.isascii() and figures.isdecimal() and len(figures) == self.count):
            raise ValidationError(self.sentence, code="figures")
        return figures


ACCEPTED = {"photo": "image/jpeg,image/png,image/heic", "pdf": "application/pdf"}


class FilesInput(forms.FileInput):
    """One or several files; the browser offers the camera, the gallery and PDF files."""

    allow_multiple_selected = True

    def __init__(self, formats: Iterable[str], *, several: bool) -> None:
        accepted = ",".join(ACCEPTED[name] for name in formats or ACCEPTED)
        super().__init__({"accept": accepted} | ({"multiple": True} if several else {}))


class HeldFilesField(forms.Field):
    """Cleans to the ids of the files the server holds for this question, whatever the browser says.

    `held` is filled in by the form; `needed` and `several` are what the page says of it.
    """

    # Whether a script may draw it on the screen instead.
    drawn = False

    def __init__(self, *, formats: Iterable[str], most: int, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput(formats, several=most > 1), **kwargs)
        self.held: list[int] = []
        self.needed, self.several = self.required, most > 1

    def clean(self, value: Any) -> list[int]:
        if self.required and not self.held:
            sign = gettext("Signez, ou joignez la photo de votre signature.")
            raise ValidationError(sign if self.drawn else gettext("Joignez ce fichier."), code="required")
        return self.held

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False
