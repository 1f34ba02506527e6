"""The one page of the counter: who asks, every question asked, the papers joined or seen."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app import corrections
from requests_app.catalogue.asking import FILE_TYPES, Asked
from requests_app.catalogue.field_types import REQUIRED, TYPES
from requests_app.catalogue.field_types.groups import rearranged
from requests_app.catalogue.field_types.step_form import SHOWN, Posted
from requests_app.catalogue.forms import StepForm, flat_definitions
from requests_app.catalogue.inputs import BeninPhoneField, TextField, looks_like_a_name
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import in_active_language
from requests_app.file_inputs import PIECE_PREFIX, add_pieces
from requests_app.models import Evidence, ServiceRequest

# No question begins with "_": these are the counter's own.
NAME, PHONE, EMAIL, DECLARED, SEEN_PREFIX = "_name", "_phone", "_email", "_declared", "_seen-"
# Every mobile number of Bénin begins so since 2024.
PHONE_BEGINS = "01 "


class CounterForm(StepForm):
    """The questions of a version, with the contact, the papers and the declaration of the walk-in."""

    version: ServiceVersion
    said: Asked
    pieces: list[dict[str, Any]]
    held: dict[str, list[Evidence]]

    def complete_with(self, version: ServiceVersion, said: Asked, held: dict[str, list[Evidence]]) -> None:
        """Add what no step asks. `held` are the files already received, by piece."""
        self.version, self.said, self.held = version, said, held
        self.pieces = corrections.pieces_under(version, said)
        self.fields = {**_contact_fields(), **self.fields}
        add_pieces(self, self.pieces)
        for piece in self.pieces:
            if piece["key"] not in self._answered_by_files:
                self.fields[SEEN_PREFIX + piece["key"]] = forms.BooleanField(label=_("Vue au guichet"), required=False)
        self.fields[DECLARED] = forms.BooleanField(
            label=_("La personne a relu ses réponses et les déclare exactes."),
            error_messages={"required": _("Relisez les réponses avec la personne, puis cochez.")},
        )
        self._focus()

    def ask_papers(self, coming: set[str]) -> None:
        """Say beside each piece that is needed that it was neither received, nor seen, nor is `coming` now."""
        for piece in self.pieces:
            key = piece["key"]
            given = key in self.held or key in coming or self.cleaned_data.get(SEEN_PREFIX + key)
            if piece["required"] and not given:
                self.add_error(PIECE_PREFIX + key, _("Joignez cette pièce, ou cochez que vous l’avez vue."))

    @property
    def is_complete(self) -> bool:
        """Whether it may be filed as it stands; says when an answer called for other questions."""
        if self.has_appeared and not self.non_field_errors():
            self.add_error(None, _("Une réponse appelle d’autres questions : elles sont marquées."))
        return self.settled

    def contact(self) -> dict[str, str]:
        """Who asks, as `filing.save_contact` takes it."""
        given = self.cleaned_data
        return {"name": given[NAME], "phone": given[PHONE].as_e164, "email": given[EMAIL]}

    def seen_pieces(self) -> list[str]:
        """The keys of the papers that were seen and of which no file is kept."""
        keys = [piece["key"] for piece in self.pieces]
        return [key for key in keys if self.cleaned_data.get(SEEN_PREFIX + key) and key not in self.held]

    def all_answers(self) -> dict[str, Any]:
        """The answers of the form, with the ids of the files of the questions answered by files."""
        files = {key: [file.pk for file in self.held[key]] for key in self._answered_by_files if key in self.held}
        return self.answers() | files

    def sections(self) -> list[dict[str, Any]]:
        """(title, fields) in the order of the page: contact, the steps that are asked."""
        boxes = [{"field": self[name], "is_new": False} for name in (NAME, PHONE, EMAIL)]
        first: dict[str, Any] = {"title": _("Qui demande"), "questions": boxes}
        return [first, *self._steps()]

    def papers(self) -> list[dict[str, Any]]:
        """Each piece: its box for a file, the files received, its box "seen"."""
        return [
            {
                "piece": piece,
                "field": self[PIECE_PREFIX + piece["key"]],
                "files": self.held.get(piece["key"], []),
                "seen": self[SEEN_PREFIX + piece["key"]] if SEEN_PREFIX + piece["key"] in self.fields else None,
            }
            for piece in self.pieces
        ]

    def declaration(self) -> forms.BoundField:
        return self[DECLARED]

    def hidden(self) -> Mapping[str, str]:
        """What lets the server know which questions this page held."""
        return dict(self.marks) | {SHOWN: " ".join(self.definitions)}

    @property
    def _answered_by_files(self) -> set[str]:
        return {field["key"] for field in corrections.file_fields(self.version)}

    def _steps(self) -> list[dict[str, Any]]:
        steps = []
        for index, step in enumerate(self.version.steps):
            asked = [field["key"] for field in self.said.fields(index) if field["key"] in self.definitions]
            if asked:
                fields = [{"field": self[key], "is_new": key in self.appeared} for key in asked]
                steps.append({"title": in_active_language(step["title"]), "questions": fields})
        return steps

    def _focus(self) -> None:
        """The cursor waits where there is something to do: the first new question, the first fault, or the name."""
        wrong = [name for name in self.fields if name in self.errors] if self.is_bound else []
        first = next(iter([*(key for key in self.definitions if key in self.appeared), *wrong, NAME]))
        self.fields[first].widget.attrs["autofocus"] = True


def counter_form(version: ServiceVersion, data: QueryDict | None, draft: ServiceRequest | None) -> CounterForm:
    """The page as it is asked under what was posted, bound when `data` is given."""
    today = timezone.localdate()
    definitions = [one for one in flat_definitions(version) if one["type"] not in FILE_TYPES]

    def under(given: Mapping[str, Any]) -> Asked:
        return Asked(version.steps, given, today=today)

    def made() -> CounterForm:
        return CounterForm.of(
            definitions,
            None if data is None else Posted(rearranged(data)),
            {},
            asked_under=lambda given: [one for one in definitions if under(given).field(one["key"])],
        )

    said = under(made().answers_that_hold() if data is not None else {})
    form = made()
    form.judged = data is None or not ({"add", "drop"} & data.keys())
    form.complete_with(version, said, held_by(draft) if draft else {})
    return form


def held_by(draft: ServiceRequest) -> dict[str, list[Evidence]]:
    """The files of a draft, by piece, oldest first."""
    held: dict[str, list[Evidence]] = {}
    for file in draft.evidence.order_by("id"):
        held.setdefault(file.piece, []).append(file)
    return held


def _contact_fields() -> dict[str, forms.Field]:
    email = TYPES["email"].form_field({"key": EMAIL, "type": "email", "label": {}, "required": False})
    email.label = _("Adresse électronique")
    return {
        NAME: TextField(
            label=_("Nom et prénoms"),
            longest=120,
            validators=[looks_like_a_name],
            error_messages={"required": REQUIRED},
            widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}),
        ),
        PHONE: BeninPhoneField(label=_("Téléphone"), initial=PHONE_BEGINS, error_messages={"required": REQUIRED}),
        EMAIL: email,
    }
