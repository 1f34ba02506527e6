"""Who asks, for whom, and whom to tell. Short for oneself; for somebody else, the questions that this needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.field_types import REQUIRED, TYPES
from requests_app.catalogue.inputs import BeninPhoneField, TextField, looks_like_a_name, phone_in_words
from requests_app.citizen.forms import PlainForm
from requests_app.models import ContactTo, OnBehalf, ServiceRequest

HELPER_FIELDS = ("helper_name", "helper_phone", "contact_to")
# How each of those for whom one may ask is named in the questions.
WORDS_FOR_ANOTHER: dict[str, dict[str, Any]] = {
    OnBehalf.CHILD: {
        "name": _("Nom et prénoms de l’enfant"),
        "phone": _("Téléphone de l’enfant, s’il en a un"),
        "told": _("L’enfant"),
    },
    OnBehalf.MANDATE: {
        "name": _("Nom et prénoms de la personne"),
        "phone": _("Téléphone de la personne"),
        "told": _("La personne pour qui je demande"),
    },
    OnBehalf.ASSOCIATION: {
        "name": _("Nom de l’association ou de l’entreprise"),
        "phone": _("Téléphone de l’association ou de l’entreprise"),
        "told": _("L’association ou l’entreprise"),
    },
}


def _name_field(label: Any, **kwargs: Any) -> TextField:
    widget = forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words", "spellcheck": "false"})
    return TextField(label=label, longest=120, error_messages={"required": REQUIRED}, widget=widget, **kwargs)


class ContactForm(PlainForm):
    """Who asks, and how to reach him; a phone is enough. For somebody else: who helps, and whom to tell."""

    on_behalf = forms.ChoiceField(
        label=_("Pour qui faites-vous cette demande ?"), choices=OnBehalf.choices, widget=forms.RadioSelect
    )
    # For whom the page that was sent was drawn: another answer needs other questions.
    shown_for = forms.CharField(required=False, widget=forms.HiddenInput)
    name = _name_field(_("Votre nom et vos prénoms"), validators=[looks_like_a_name])
    phone = BeninPhoneField(
        label=_("Votre numéro de téléphone"),
        help_text=_("Pour suivre votre demande et recevoir nos SMS. Exemple : 01 97 00 00 00."),
        error_messages={"required": REQUIRED},
    )
    helper_name = _name_field(_("Votre nom et vos prénoms"), validators=[looks_like_a_name])
    helper_phone = BeninPhoneField(
        label=_("Votre numéro de téléphone"),
        help_text=_("Exemple : 01 97 00 00 00."),
        error_messages={"required": REQUIRED},
    )
    contact_to = forms.ChoiceField(
        label=_("Qui doit être prévenu, et peut suivre la demande ?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites qui doit être prévenu.")},
    )
    email = TYPES["email"].form_field({"label": {}, "required": False})

    def __init__(self, data: Any = None, *, case: ServiceRequest) -> None:
        if data is not None and "on_behalf" not in data:
            data = {**data.dict(), "on_behalf": case.on_behalf}
        super().__init__(data, initial=self.known(case))
        chosen = (data or {}).get("on_behalf", case.on_behalf)
        self.kind = OnBehalf(chosen) if chosen in OnBehalf else OnBehalf.SELF
        self.fields["shown_for"].initial = self.kind
        self.fields["email"].label = gettext("Votre adresse électronique")
        self.fields["email"].help_text = gettext("Si vous en avez une : vous y recevez les mêmes messages.")
        if self.kind == OnBehalf.SELF:
            for key in HELPER_FIELDS:
                del self.fields[key]
        else:
            self._ask_for_another()

    @property
    def is_turned(self) -> bool:
        """Whether the page sent was drawn for somebody else than who is chosen in it now."""
        return self.is_bound and self.data.get("shown_for", self.kind) != self.kind

    def turned(self, case: ServiceRequest) -> "ContactForm":
        """The questions for whom was chosen, with what was typed where it belongs now."""
        typed = {key: self.data.get(key, "") for key in ("name", "phone", *HELPER_FIELDS, "email")}
        if self.kind == OnBehalf.SELF:
            typed |= {"name": typed["helper_name"], "phone": typed["helper_phone"]}
        elif self.data.get("shown_for") == OnBehalf.SELF:
            typed |= {"helper_name": typed["name"], "helper_phone": typed["phone"], "name": "", "phone": ""}
        turned = ContactForm(None, case=ServiceRequest(on_behalf=self.kind))
        told = typed["contact_to"] or ContactTo.HELPER
        turned.initial.update(typed, on_behalf=self.kind, contact_to=told)
        return turned

    def clean(self) -> dict[str, Any]:
        """The applicant's phone is needed only when he is to be told."""
        given = super().clean() or {}
        told = given.get("contact_to", ContactTo.APPLICANT)
        if self.kind != OnBehalf.SELF and told != ContactTo.HELPER and not given.get("phone") and not self.errors:
            self.add_error("phone", gettext("Écrivez ce numéro, ou choisissez de n’être prévenu que vous-même."))
        return given

    def contact(self) -> dict[str, str]:
        """The cleaned answers as `filing.save_contact` takes them."""
        given = self.cleaned_data
        contact = {
            "name": given["name"],
            "phone": given["phone"].as_e164 if given["phone"] else "",
            "email": given["email"],
            "on_behalf": self.kind,
        }
        if self.kind != OnBehalf.SELF:
            contact |= {"helper_name": given["helper_name"], "helper_phone": given["helper_phone"].as_e164}
            contact["contact_to"] = given["contact_to"]
        return contact

    def _ask_for_another(self) -> None:
        words = WORDS_FOR_ANOTHER[self.kind]
        self.fields["name"].label, self.fields["phone"].label = words["name"], words["phone"]
        if self.kind == OnBehalf.ASSOCIATION:
            self.fields["name"].validators.remove(looks_like_a_name)
        self.fields["name"].widget.attrs["autocomplete"] = self.fields["phone"].widget.attrs["autocomplete"] = "off"
        self.fields["phone"].required = False
        self.fields["phone"].help_text = gettext("Seulement pour être prévenu aussi. Exemple : 01 97 00 00 00.")
        contact_to: Any = self.fields["contact_to"]
        contact_to.choices = [
            (ContactTo.HELPER, gettext("Moi")),
            (ContactTo.APPLICANT, words["told"]),
            (ContactTo.BOTH, gettext("Les deux")),
        ]
        self.order_fields(["on_behalf", "helper_name", "helper_phone", "name", "contact_to", "phone", "email"])

    @staticmethod
    def known(case: ServiceRequest) -> dict[str, str]:
        """What a draft already says, as it was typed."""
        return {
            "on_behalf": case.on_behalf,
            "name": case.applicant_name,
            "phone": phone_in_words(case.phone) if case.phone else "",
            "email": case.email,
            "helper_name": case.helper_name,
            "helper_phone": phone_in_words(case.helper_phone) if case.helper_phone else "",
            "contact_to": case.contact_to,
        }
