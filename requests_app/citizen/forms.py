"""The forms that do not come from the catalogue: pieces, tracking, phone, one-time code."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from arrondissements.codes import MalformedCode, clean_code
from requests_app.catalogue.forms import StepForm
from requests_app.catalogue.inputs import BeninPhoneField, TextField
from requests_app.catalogue.plain_text import one_line, paragraphs
from requests_app.code_field import CodeField
from requests_app.file_inputs import add_pieces
from requests_app.models import REFERENCE_SYMBOLS


class PlainForm(forms.Form):
    """No bubbles of the browser: the server answers in plain words, in the language of the page."""

    use_required_attribute = False


class EvidenceForm(PlainForm):
    """The pieces of a draft: one field each."""

    def __init__(self, pieces: Iterable[Mapping[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_pieces(self, pieces)


def with_a_word(form: StepForm, pieces: Iterable[Mapping[str, Any]]) -> StepForm:
    """The form with the pieces to join, and a word for the office."""
    add_pieces(form, pieces)
    form.fields["message"] = TextField(
        label=_("Un mot pour le bureau"),
        required=False,
        clean=paragraphs,
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    return form


class SubmitForm(PlainForm):
    """The declaration on honour; and one tick more to go on although the same request seems to be open."""

    again = forms.BooleanField(
        label=_("Je sais, et je veux déposer une autre demande."),
        error_messages={"required": _("Cochez cette case pour déposer quand même une autre demande.")},
    )

    declaration = forms.BooleanField(
        label=_("Je déclare sur l’honneur que ces renseignements sont exacts et que les pièces sont authentiques."),
        help_text=_("Une fausse déclaration peut être punie par la loi."),
        error_messages={"required": _("Cochez cette case pour envoyer votre demande.")},
    )

    def __init__(self, data: Any = None, *, warned: bool = False) -> None:
        super().__init__(data)
        if not warned:
            del self.fields["again"]


class TrackingForm(PlainForm):
    """Reference and phone; the check symbol is verified before anything is looked up."""

    reference = forms.CharField(
        label=_("Numéro de suivi"),
        help_text=_("Il est sur votre récépissé et dans le SMS. Exemple : K7M2-X4TD-B."),
        error_messages={"required": _("Écrivez le numéro de suivi.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "medium"}
        ),
    )
    phone = BeninPhoneField(
        label=_("Téléphone donné dans la demande"),
        help_text=_("Laissez vide pour voir seulement où en est la demande, en un mot."),
        required=False,
    )

    def clean_reference(self) -> str:
        try:
            return clean_code(one_line(self.cleaned_data["reference"]), REFERENCE_SYMBOLS)
        except MalformedCode:
            raise forms.ValidationError(
                _("Ce numéro est mal recopié. Il a 9 lettres et chiffres, par exemple K7M2-X4TD-B."),
                code="malformed",
            ) from None


class StartForm(PlainForm):
    """A phone left at once, if one likes: the draft is then found again on any device."""

    phone = BeninPhoneField(
        label=_("Votre numéro de téléphone"),
        help_text=_("Pour retrouver cette demande sur un autre appareil, avec un code par SMS."),
        required=False,
    )

    def phone_given(self) -> str:
        """The phone as +229…, "" when none was left."""
        phone = self.cleaned_data["phone"]
        return phone.as_e164 if phone else ""


class PhoneForm(PlainForm):
    """The phone whose drafts and requests are looked for."""

    phone = BeninPhoneField(
        label=_("Votre numéro de téléphone"),
        help_text=_("Celui que vous avez donné dans vos demandes. Exemple : 01 97 00 00 00."),
        error_messages={"required": _("Écrivez votre numéro de téléphone.")},
    )


class CodeForm(PlainForm):
    """The six figures received by SMS."""

    code = CodeField(label=_("Code reçu par SMS"), help_text=_("6 chiffres. Il sert une fois, pendant 10 minutes."))
