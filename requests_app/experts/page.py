"""What the link of an expert opens: his question, what was shared with him, and his answer, once."""

import uuid
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from requests_app import access
from requests_app.evidence.checks import RefusedFile
from requests_app.experts import asking, shared
from requests_app.file_answers import evidence_answer
from requests_app.file_inputs import files_of_words
from requests_app.models import Opinion
from requests_app.moving import Refused

GONE = 410


class AnswerForm(forms.Form):
    """Yes or no, and why."""

    use_required_attribute = False
    favourable = forms.TypedChoiceField(
        label=_("Votre avis"),
        choices=[("yes", _("Favorable")), ("no", _("Défavorable"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une réponse.")},
    )
    body = forms.CharField(
        label=_("Vos raisons"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 6})
    )
    attached = files_of_words(_("Joindre votre rapport : photos ou PDF"))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The question and what was shared; closed, a plain sentence and nothing of the case. Another token: 404."""
    asked = access.expert_opinion(token)
    if closed := asking.why_closed(asked):
        # What was just sent is not an error; a link opened too late is gone.
        return _page(request, {"closed": closed}, status=200 if asked.answered_at else GONE)
    form = AnswerForm(request.POST, request.FILES) if request.method == "POST" else AnswerForm()
    if form.is_valid() and _answered(request, asked, form):
        return redirect("experts:opinion", token)
    context = {
        "closed": "",
        "asked": asked,
        "case": asked.case,
        "identity": asked.shared.get("identity", False),
        "answers": shared.answers_of(asked),
        "files": shared.files_of(asked),
        "form": form,
    }
    return _page(request, context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_safe
def file(request: HttpRequest, token: uuid.UUID, pk: int) -> HttpResponseBase:
    """A file that was shared, while the link is open; an identity paper is marked, as for the staff."""
    asked = access.expert_opinion(token)
    found = next((one for one in shared.files_of(asked) if one.pk == pk), None)
    if found is None or asking.why_closed(asked):
        raise Http404
    return evidence_answer(request, found, to_staff=True, inline=found.is_picture)


def _answered(request: HttpRequest, asked: Opinion, form: AnswerForm) -> bool:
    """Whether the opinion is given; refused, the form says why and nothing of it is kept but what was typed."""
    said = form.cleaned_data
    files = request.FILES.getlist("attached")
    try:
        asking.answer(asked, favourable=said["favourable"], body=said["body"], files=files)
    except RefusedFile as refused:
        form.add_error("attached", str(refused))
    except Refused as refused:
        form.add_error(None, str(refused))
    return not form.errors


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "experts/opinion.html", context, status=status)
