"""Who asks, for whom, and whom to tell: the same questions and rules on the citizen's page and at the counter.

Short for oneself; for somebody else, the questions that this needs. Only the words differ: see `Voice`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.field_types import REQUIRED, TYPES
from requests_app.catalogue.inputs import BeninPhoneField, TextField, looks_like_a_name, phone_in_words
from requests_app.models import ContactTo, OnBehalf, ServiceRequest

HELPER_FIELDS = ("helper_name", "helper_phone", "contact_to")
FIELDS_FOR_ANOTHER = ("on_behalf", "helper_name", "helper_phone", "name", "contact_to", "phone", "email")
PHONE_EXAMPLE = _("Exemple : 01 97 00 00 00.")
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
    },
    OnBehalf.ASSOCIATION: {
        "name": _("Nom de l’association ou de l’entreprise"),
        "phone": _("Téléphone de l’association ou de l’entreprise"),
        "told": _("L’association ou l’entreprise"),
    },
}


@dataclass(frozen=True)
class Voice:
    """How a page speaks of whoever asks: to her, or to the clerk about her. `person` is who gave a mandate."""

    on_behalf: Any
    kinds: list[tuple[str, Any]]
    name: Any
    phone: Any
    phone_help: Any
    email: Any
    email_help: Any
    helper_name: Any
    helper_phone: Any
    helper: Any
    person: Any
    alone: Any
    fills_in_by_itself: bool = True


TO_THE_CITIZEN = Voice(
    on_behalf=_("Pour qui faites-vous cette demande ?"),
    kinds=OnBehalf.choices,
    name=_("Votre nom et vos prénoms"),
    phone=_("Votre numéro de téléphone"),
    phone_help=_("Pour suivre votre demande et recevoir nos SMS. Exemple : 01 97 00 00 00."),
    email=_("Votre adresse électronique"),
    email_help=_("Si vous en avez une : vous y recevez les mêmes messages."),
    helper_name=_("Votre nom et vos prénoms"),
    helper_phone=_("Votre numéro de téléphone"),
    helper=_("Moi"),
    person=_("La personne pour qui je demande"),
    alone=_("Écrivez ce numéro, ou choisissez « Moi » : vous serez la seule personne prévenue."),
)


def kind_of(chosen: Any) -> OnBehalf:
    """For whom, as chosen; for oneself when it is none of the list."""
    return OnBehalf(chosen) if chosen in OnBehalf else OnBehalf.SELF


def contact_fields(kind: OnBehalf, voice: Voice) -> dict[str, forms.Field]:
    """The questions of a request made for `kind`, in the order of the page."""
    kinds = [(value, capfirst(words)) for value, words in voice.kinds]
    fields: dict[str, Any] = {
        "on_behalf": forms.ChoiceField(label=voice.on_behalf, choices=kinds, widget=forms.RadioSelect),
        "name": _name_field(voice.name, voice),
        "phone": _phone_field(voice.phone, voice.phone_help),
        "email": TYPES["email"].form_field({"label": {}, "required": False}),
    }
    fields["email"].label, fields["email"].help_text = voice.email, voice.email_help
    if kind == OnBehalf.SELF:
        return fields
    fields |= {
        "helper_name": _name_field(voice.helper_name, voice),
        "helper_phone": _phone_field(voice.helper_phone, PHONE_EXAMPLE),
    }
    words = {"told": voice.person} | WORDS_FOR_ANOTHER[kind]
    fields["contact_to"] = forms.ChoiceField(
        label=_("Qui doit être prévenu, et peut suivre la demande ?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites qui doit être prévenu.")},
        choices=[
            (ContactTo.HELPER, voice.helper),
            (ContactTo.APPLICANT, words["told"]),
            (ContactTo.BOTH, _("Les deux")),
        ],
    )
    fields["name"].label, fields["phone"].label = words["name"], words["phone"]
    if kind == OnBehalf.ASSOCIATION:
        fields["name"].validators.remove(looks_like_a_name)
    fields["name"].widget.attrs["autocomplete"] = fields["phone"].widget.attrs["autocomplete"] = "off"
    fields["phone"].required = False
    fields["phone"].help_text = gettext("Seulement pour être prévenu aussi. Exemple : 01 97 00 00 00.")
    return {key: fields[key] for key in FIELDS_FOR_ANOTHER}


def lacks_a_phone(kind: OnBehalf, given: Mapping[str, Any]) -> bool:
    """Whether the applicant is to be told and has no phone: it is needed only then."""
    told = given.get("contact_to", ContactTo.APPLICANT)
    return kind != OnBehalf.SELF and told != ContactTo.HELPER and not given.get("phone")


def contact_of(kind: OnBehalf, given: Mapping[str, Any]) -> dict[str, str]:
    """The cleaned answers as `filing.save_contact` takes them; what was not answered well is left empty."""
    contact = {"name": given.get("name") or "", "phone": _e164(given.get("phone")), "email": given.get("email") or ""}
    if kind == OnBehalf.SELF:
        return contact | {"on_behalf": kind}
    return contact | {
        "on_behalf": kind,
        "helper_name": given.get("helper_name") or "",
        "helper_phone": _e164(given.get("helper_phone")),
        "contact_to": given.get("contact_to") or ContactTo.HELPER,
    }


def typed_for(kind: OnBehalf, shown_for: str, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed on the page drawn for `shown_for`, where it belongs on that for `kind`."""
    moved = {key: typed.get(key, "") for key in ("name", "phone", *HELPER_FIELDS, "email")}
    if kind == OnBehalf.SELF:
        moved |= {"name": moved["helper_name"], "phone": moved["helper_phone"]}
    elif shown_for == OnBehalf.SELF:
        moved |= {"helper_name": moved["name"], "helper_phone": moved["phone"], "name": "", "phone": ""}
    return moved | {"on_behalf": str(kind), "contact_to": moved["contact_to"] or str(ContactTo.HELPER)}


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


class ContactForm(forms.Form):
    """Who asks, and how to reach him; a phone is enough. For somebody else: who helps, and whom to tell."""

    use_required_attribute = False
    # For whom the page that was sent was drawn: another answer needs other questions.
    shown_for = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, case: ServiceRequest) -> None:
        if data is not None and "on_behalf" not in data:
            data = {**data.dict(), "on_behalf": case.on_behalf}
        super().__init__(data, initial=known(case))
        self.kind = kind_of((data or {}).get("on_behalf", case.on_behalf))
        self.fields["shown_for"].initial = self.kind
        self.fields |= contact_fields(self.kind, TO_THE_CITIZEN)

    @property
    def is_turned(self) -> bool:
        """Whether the page sent was drawn for somebody else than who is chosen in it now."""
        return self.is_bound and self.data.get("shown_for", self.kind) != self.kind

    def turned(self) -> "ContactForm":
        """The questions for whom was chosen, with what was typed where it belongs now."""
        turned = ContactForm(None, case=ServiceRequest(on_behalf=self.kind))
        turned.initial.update(typed_for(self.kind, self.data.get("shown_for", ""), self.data))
        return turned

    def clean(self) -> dict[str, Any]:
        """The applicant's phone is needed only when he is to be told."""
        given = super().clean() or {}
        if not self.errors and lacks_a_phone(self.kind, given):
            self.add_error("phone", TO_THE_CITIZEN.alone)
        return given

    def contact(self) -> dict[str, str]:
        """The cleaned answers as `filing.save_contact` takes them."""
        return contact_of(self.kind, self.cleaned_data)


def _name_field(label: Any, voice: Voice) -> TextField:
    attrs = {"autocapitalize": "words", "spellcheck": "false"}
    attrs["autocomplete"] = "name" if voice.fills_in_by_itself else "off"
    return TextField(
        label=label,
        longest=120,
        validators=[looks_like_a_name],
        error_messages={"required": REQUIRED},
        widget=forms.TextInput(attrs=attrs),
    )


def _phone_field(label: Any, help_text: Any) -> BeninPhoneField:
    return BeninPhoneField(label=label, help_text=help_text, error_messages={"required": REQUIRED})


def _e164(phone: Any) -> str:
    return phone.as_e164 if phone else ""
