"""The one page of the counter: who asks and for whom, every question asked, the papers joined or seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import corrections
from requests_app.catalogue.asking import FILE_TYPES, Asked
from requests_app.catalogue.field_types.groups import rearranged
from requests_app.catalogue.field_types.step_form import SHOWN, Posted
from requests_app.catalogue.forms import StepForm, flat_definitions
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import in_active_language
from requests_app.contact_form import Voice, contact_fields, contact_of, kind_of, lacks_a_phone, typed_for
from requests_app.file_inputs import PIECE_PREFIX, add_pieces
from requests_app.models import Evidence, OnBehalf, PartialUpload, ServiceRequest
from requests_app.walk_ins import papers

# No question begins with "_": these are the counter's own; so do those of `contact_form`.
OWN = "_"
ON_BEHALF, SHOWN_FOR, NAME, PHONE = "_on_behalf", "_shown_for", "_name", "_phone"
HELPER_NAME, CONTACT_TO = "_helper_name", "_contact_to"
DECLARED, AGAIN, SEEN_PREFIX = "_declared", "_again", "_seen-"
# Every mobile number of Bénin begins so since 2024.
PHONE_BEGINS = "01 "
AT_THE_COUNTER = Voice(
    on_behalf=gettext_lazy("Pour qui ?"),
    kinds=[
        (OnBehalf.SELF, gettext_lazy("pour elle-même")),
        (OnBehalf.CHILD, gettext_lazy("pour son enfant")),
        (OnBehalf.MANDATE, gettext_lazy("pour une personne qui lui a donné procuration")),
        (OnBehalf.ASSOCIATION, gettext_lazy("pour une association ou une entreprise")),
    ],
    name=gettext_lazy("Nom et prénoms"),
    phone=gettext_lazy("Téléphone"),
    phone_help="",
    email=gettext_lazy("Adresse électronique"),
    email_help="",
    helper_name=gettext_lazy("Nom et prénoms de la personne au guichet"),
    helper_phone=gettext_lazy("Téléphone de la personne au guichet"),
    helper=gettext_lazy("La personne au guichet"),
    person=gettext_lazy("La personne qui a donné procuration"),
    alone=gettext_lazy("Écrivez ce numéro, ou choisissez de ne prévenir que la personne au guichet."),
    fills_in_by_itself=False,
)


class CounterForm(StepForm):
    """The questions of a version, with the contact, the papers and the declaration of the walk-in."""

    version: ServiceVersion
    said: Asked
    kind: OnBehalf = OnBehalf.SELF
    pieces: list[dict[str, Any]]
    held: dict[str, list[Evidence]]
    # The files that came before the button was pressed: `walk_ins.papers`.
    coming: dict[str, list[PartialUpload]]
    twins: Sequence[str] = ()

    def complete_with(
        self, version: ServiceVersion, said: Asked, draft: ServiceRequest | None, *, kind: OnBehalf
    ) -> None:
        """Add what no step asks. `draft` holds the files already received; `kind` is for whom one asks."""
        self.version, self.said, self.kind = version, said, kind
        self.held, self.coming = (held_by(draft), papers.waiting(draft)) if draft else ({}, {})
        self.pieces = corrections.pieces_under(version, said, mandate=needs_mandate(kind))
        self.fields = {**_contact_fields(kind), **self.fields}
        add_pieces(self, self.pieces)
        for piece in self.pieces:
            if piece["key"] not in self._answered_by_files:
                self.fields[SEEN_PREFIX + piece["key"]] = forms.BooleanField(label=_("Vue au guichet"), required=False)
        self.fields[DECLARED] = forms.BooleanField(
            label=_("La personne a relu ses réponses et les déclare exactes."),
            error_messages={"required": _("Relisez les réponses avec la personne, puis cochez.")},
        )
        self._focus()

    def clean(self) -> dict[str, Any]:
        """The applicant's phone is needed only when he is to be told."""
        given = super().clean() or {}
        judged = PHONE in self.fields and not {PHONE, CONTACT_TO} & self.errors.keys()
        if judged and lacks_a_phone(self.kind, self._own(given)):
            self.add_error(PHONE, AT_THE_COUNTER.alone)
        return given

    def ask_papers(self, coming: set[str]) -> None:
        """Say beside each piece that is needed that it was neither received, nor seen, nor is `coming` now."""
        for piece in self.pieces if self.judged else []:
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
        """Who asks and for whom, as `filing.save_contact` takes it; what is not answered well is left empty."""
        return contact_of(self.kind, self._own(self.cleaned_data))

    def may_go_on(self, twins: Sequence[str]) -> bool:
        """Whether no request alike is open (`twins`: their references), or the clerk has read so and goes on."""
        self.twins = twins
        if not twins:
            return True
        self.fields[AGAIN] = forms.BooleanField(label=_("Déposer quand même une autre demande"))
        if self.data.get(AGAIN):
            return True
        self.add_error(AGAIN, _("Cochez cette case pour déposer quand même une autre demande."))
        self._focus()
        return False

    def seen_pieces(self) -> list[str]:
        """The keys of the papers that were seen and of which no file is kept."""
        received = {*self.held, *self.coming}
        keys = [piece["key"] for piece in self.pieces]
        return [key for key in keys if self.cleaned_data.get(SEEN_PREFIX + key) and key not in received]

    def all_answers(self) -> dict[str, Any]:
        """The answers of the form, with the ids of the files of the questions answered by files."""
        files = {key: [file.pk for file in self.held[key]] for key in self._answered_by_files if key in self.held}
        return self.answers() | files

    def sections(self) -> list[dict[str, Any]]:
        """(title, fields) in the order of the page: contact, the steps that are asked."""
        boxes = [{"field": self[name], "is_new": False} for name in _contact_fields(self.kind)]
        first: dict[str, Any] = {"title": _("Qui demande"), "questions": boxes}
        return [first, *self._steps()]

    def papers(self) -> list[dict[str, Any]]:
        """Each piece: its box for a file, the files received, its box "seen"."""
        return [
            {
                "piece": piece,
                "field": self[PIECE_PREFIX + piece["key"]],
                "files": self.held.get(piece["key"], []),
                "coming": self.coming.get(piece["key"], []),
                "seen": self[SEEN_PREFIX + piece["key"]] if SEEN_PREFIX + piece["key"] in self.fields else None,
            }
            for piece in self.pieces
        ]

    def declaration(self) -> forms.BoundField:
        return self[DECLARED]

    def again(self) -> forms.BoundField | None:
        """The box to go on although a request alike is open, when one is."""
        return self[AGAIN] if AGAIN in self.fields else None

    def hidden(self) -> Mapping[str, str]:
        """What lets the server know which questions this page held, and for whom it was drawn."""
        return dict(self.marks) | {SHOWN: " ".join(self.definitions), SHOWN_FOR: self.kind}

    @staticmethod
    def _own(given: Mapping[str, Any]) -> dict[str, Any]:
        """The cleaned answers of the counter's own fields, under the names of `contact_form`."""
        return {name.removeprefix(OWN): value for name, value in given.items() if name.startswith(OWN)}

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
        """The cursor waits where there is something to do: the first new question, the first fault, or the name.

        For whom one asks comes before the name: "Maj + Tab" goes there, and filing for oneself costs no key more.
        """
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        wrong = [name for name in self.fields if name in self.errors] if self.is_bound else []
        name = NAME if self.kind == OnBehalf.SELF else HELPER_NAME
        first = next(iter([*(key for key in self.definitions if key in self.appeared), *wrong, name]))
        self.fields[first].widget.attrs["autofocus"] = True


def counter_form(version: ServiceVersion, data: QueryDict | None, draft: ServiceRequest | None) -> CounterForm:
    """The page as it is asked under what was posted, bound when `data` is given."""
    today = timezone.localdate()
    kind, turned = OnBehalf.SELF, False
    if data is not None:
        data = data.copy()
        kind = kind_of(data.setdefault(ON_BEHALF, OnBehalf.SELF))
        if turned := data.get(SHOWN_FOR, kind) != kind:
            _turn(data, kind)
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
    # For somebody else there are other questions: they are shown first.
    form.judged = data is None or not (turned or {"add", "drop", "remove"} & data.keys())
    form.complete_with(version, said, draft, kind=kind)
    return form


def needs_mandate(kind: OnBehalf) -> bool:
    """Whether who asks for such a person must prove that he may."""
    return ServiceRequest(on_behalf=kind).needs_mandate


def held_by(draft: ServiceRequest) -> dict[str, list[Evidence]]:
    """The files of a draft, by piece, oldest first."""
    held: dict[str, list[Evidence]] = {}
    for file in draft.evidence.order_by("id"):
        held.setdefault(file.piece, []).append(file)
    return held


def _contact_fields(kind: OnBehalf) -> dict[str, forms.Field]:
    fields = {OWN + name: field for name, field in contact_fields(kind, AT_THE_COUNTER).items()}
    fields[ON_BEHALF].initial = kind
    fields[PHONE].initial = PHONE_BEGINS
    return fields


def _turn(data: QueryDict, kind: OnBehalf) -> None:
    """Move who asks and who helps, as they were posted, where the questions for `kind` have them."""
    typed = {name.removeprefix(OWN): str(value) for name, value in data.items() if name.startswith(OWN)}
    for name, value in typed_for(kind, data.get(SHOWN_FOR, ""), typed).items():
        data[OWN + name] = value
