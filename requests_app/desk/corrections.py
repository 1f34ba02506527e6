"""Marking what is wrong: only what was asked of this citizen, each thing with its own reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app import corrections
from requests_app.catalogue.forms import in_words
from requests_app.catalogue.models import CorrectionReason, Marked
from requests_app.catalogue.translated import in_active_language
from requests_app.desk.forms import LONGEST_WORDS, ActForm
from requests_app.models import Evidence

REASON_WORDS = 300


@dataclass(frozen=True)
class Mark:
    """One line of the page: an answer or a piece (or one file of it), and the three boxes that mark it."""

    key: str
    label: str
    words: str
    files: tuple[Evidence, ...]
    is_piece: bool


class MarkForm(ActForm):
    """For each answer and each piece: wrong or not, a ready reason, or one's own words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(self._lines())
        self.reasons = list(CorrectionReason.objects.filter(is_active=True))
        for line in self.lines:
            self._add(line)
        self.fields["message"] = forms.CharField(
            label=_("Un mot de plus pour le demandeur"),
            required=False,
            max_length=LONGEST_WORDS,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Facultatif. Avec des mots simples : il lira ce texte tel quel."),
        )

    @property
    def marks(self) -> list[dict[str, Any]]:
        """The lines with their boxes, for the page."""
        return [
            {
                "line": line,
                "box": self[f"wrong-{line.key}"],
                "ready": self[f"ready-{line.key}"],
                "own": self[f"own-{line.key}"],
            }
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        marked = [line for line in self.lines if typed.get(f"wrong-{line.key}")]
        if not marked and not self.errors:
            self.add_error(f"wrong-{self.lines[0].key}", _("Cochez au moins une réponse ou une pièce."))
        for line in marked:
            if not self._reason(typed, line):
                self.add_error(f"wrong-{line.key}", _("Choisissez une raison, ou écrivez-la."))
        return typed

    def words(self) -> dict[str, Any]:
        typed = self.cleaned_data
        marked = [line for line in self.lines if typed[f"wrong-{line.key}"]]
        pieces = [line.key.partition(corrections.ONE_FILE)[0] for line in marked if line.is_piece]
        return {
            "fields": [line.key for line in marked if not line.is_piece],
            "pieces": list(dict.fromkeys(pieces)),
            "reasons": {line.key: self._reason(typed, line) for line in marked},
            "message": typed["message"],
        }

    def _lines(self) -> Iterator[Mark]:
        case = self.case
        for definition in corrections.questions_of(case):
            label = in_active_language(definition["label"])
            yield Mark(definition["key"], label, in_words(definition, case.answers), (), is_piece=False)
        old, files = corrections.replaced(case), list(case.evidence.filter(message=None, opinion=None))
        seen = set(case.seen_pieces.values_list("piece", flat=True))
        for piece in corrections.pieces_of(case):
            mine = tuple(file for file in files if file.piece == piece["key"] and file.pk not in old)
            words = gettext("Vue au guichet") if piece["key"] in seen else gettext("Non jointe")
            yield Mark(piece["key"], piece["label"], "" if mine else words, mine, is_piece=True)
            if len(mine) > 1:
                for file in mine:
                    key = f"{piece['key']}{corrections.ONE_FILE}{file.pk}"
                    yield Mark(key, file.original_name, "", (file,), is_piece=True)

    def _add(self, line: Mark) -> None:
        ready = [(reason.code, str(reason)) for reason in self._ready(line)]
        self.fields[f"wrong-{line.key}"] = forms.BooleanField(label=_("À corriger"), required=False)
        self.fields[f"ready-{line.key}"] = forms.ChoiceField(
            label=_("Raison"), required=False, choices=[("", _("Choisissez…")), *ready]
        )
        self.fields[f"own-{line.key}"] = forms.CharField(
            label=_("Ou avec vos mots"), required=False, max_length=REASON_WORDS
        )

    def _reason(self, typed: dict[str, Any], line: Mark) -> str:
        """The words of the clerk, or the ready ones in the language of the request."""
        if own := str(typed.get(f"own-{line.key}") or "").strip():
            return own
        code = typed.get(f"ready-{line.key}")
        return next((reason.body_in(self.case.language) for reason in self._ready(line) if reason.code == code), "")

    def _ready(self, line: Mark) -> list[CorrectionReason]:
        """The ready reasons for such a line; the citizen reads them as they are, in the language of the request."""
        about = Marked.FILE if line.is_piece else Marked.ANSWER
        return [reason for reason in self.reasons if reason.about == about]
