"""Taking again a file already given with an earlier request: offered on the page of the pieces, with consent."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from requests_app import access, filing, phone_session
from requests_app.evidence.checks import RefusedFile
from requests_app.file_inputs import PIECE_PREFIX
from requests_app.models import Evidence, ServiceRequest


def offered(request: HttpRequest, case: ServiceRequest, pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pieces of the page, each with the earlier files that may serve again (`earlier`)."""
    files: dict[str, list[Evidence]] = {}
    seen = set()
    for file in access.earlier_files(request.session, case):
        if file.sha256 not in seen:
            files.setdefault(file.piece, []).append(file)
        seen.add(file.sha256)
    return [piece | {"earlier": _not_taken(files.get(piece["key"], []), piece["files"])} for piece in pieces]


def way_to_prove(request: HttpRequest, case: ServiceRequest) -> str:
    """Where this browser proves the phone of the draft; "" when it did, or when nothing may be taken again.

    The same whether or not something was given before: it tells nothing of anybody.
    """
    if not any(piece["reuse"] for piece in case.version.evidence):
        return ""
    if not case.phone or phone_session.verified_phone(request.session) == case.phone:
        return ""
    return f"{reverse('requests:phone')}?{urlencode({phone_session.NEXT: request.path})}"


def take_asked(request: HttpRequest, case: ServiceRequest, form: forms.Form) -> None:
    """Copy the file whose button was pressed, once its consent is ticked; anything else is left alone."""
    wanted = request.POST.get("reuse", "")
    for file in access.earlier_files(request.session, case) if wanted else []:
        if str(file.pk) == wanted and PIECE_PREFIX + file.piece in form.fields:
            _take(case, file, form, consents=request.POST.getlist("consent"))


def _take(case: ServiceRequest, file: Evidence, form: forms.Form, *, consents: list[str]) -> None:
    name = PIECE_PREFIX + file.piece
    if str(file.pk) not in consents:
        form.add_error(name, gettext("Cochez la case pour donner votre accord, puis reprenez le fichier."))
        return
    try:
        filing.reuse(case, file)
    except (RefusedFile, filing.Refused) as refusal:
        form.add_error(name, str(refusal))


def _not_taken(earlier: list[Evidence], files: list[Evidence]) -> list[Evidence]:
    here = {file.sha256 for file in files}
    return [file for file in earlier if file.sha256 not in here][:3]
