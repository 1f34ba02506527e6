"""What a relay agent types: for whom and for what, then the citizen's code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.inputs import BeninPhoneField
from requests_app.catalogue.published import filed_here
from requests_app.code_field import CodeField


class ServiceChoice(forms.ModelChoiceField):
    """A service by the title of its version in force."""

    def label_from_instance(self, obj: Any) -> str:
        """The title, in the active language."""
        return str(obj.current.title)


class BeginForm(forms.Form):
    """The citizen's phone and what she asks for."""

    use_required_attribute = False
    phone = BeninPhoneField(
        label=_("Téléphone du citoyen"),
        help_text=_("Il y reçoit le code de son accord, puis nos SMS. Exemple : 01 97 00 00 00."),
        error_messages={"required": _("Écrivez le numéro du citoyen.")},
    )
    service = ServiceChoice(
        filed_here(),
        label=_("Démarche"),
        to_field_name="slug",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une démarche."), "invalid_choice": _("Choisissez une démarche.")},
    )


class ConsentForm(forms.Form):
    """The six figures the citizen reads on her phone."""

    use_required_attribute = False
    code = CodeField(
        label=_("Code reçu par le citoyen"), help_text=_("6 chiffres. Il sert une fois, pendant 10 minutes.")
    )
