"""Choosing files on a page, the citizen's or the desk's: one field per piece, and the files of a letter."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.inputs import TextField
from requests_app.catalogue.plain_text import paragraphs

PIECE_PREFIX = "piece-"
ACCEPTED_FILES = {"photo": "image/jpeg,image/png,image/heic", "pdf": "application/pdf"}
LONGEST_LETTER = 2000


class FilesInput(forms.FileInput):
    """One or several files; the browser offers the camera, the gallery and PDF files."""

    allow_multiple_selected = True


class PieceField(forms.Field):
    """The files of one piece; `requests_app.evidence.checks` judges them, not the form."""

    widget = FilesInput

    def __init__(self, piece: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(label=piece["label"], help_text=piece["help"], required=False, **kwargs)
        self.needed, self.several = piece["required"], piece["max_files"] > 1
        formats = piece["formats"] or list(ACCEPTED_FILES)
        self.widget.attrs["accept"] = ",".join(ACCEPTED_FILES[kind] for kind in formats)
        if self.several:
            self.widget.attrs["multiple"] = True


def add_pieces(form: forms.Form, pieces: Iterable[Mapping[str, Any]]) -> None:
    """Give a form one field per piece, named `piece-<key>`."""
    for piece in pieces:
        form.fields[PIECE_PREFIX + piece["key"]] = PieceField(piece)


def files_of_words(label: Any) -> forms.Field:
    """The files that go with a letter or an opinion; `requests_app.letters.checked` judges them, not the form."""
    return forms.Field(
        label=label,
        required=False,
        help_text=_("3 fichiers au plus, de 5 Mo au plus chacun."),
        widget=FilesInput(attrs={"accept": ",".join(ACCEPTED_FILES.values()), "multiple": True}),
    )


class LetterForm(forms.Form):
    """Words and files; `requests_app.letters` judges the files."""

    use_required_attribute = False
    body = TextField(
        label=_("Votre message"),
        clean=paragraphs,
        longest=LONGEST_LETTER,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Écrivez votre message.")},
    )
    attached = files_of_words(_("Joindre des photos ou des PDF"))
