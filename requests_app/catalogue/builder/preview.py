"""The form of a draft, step by step, through the citizen's own templates and the real form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from requests_app.catalogue.builder import convert
from requests_app.catalogue.forms import form_for_step
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.publishing import columns, complete
from requests_app.catalogue.translated import in_active_language

if TYPE_CHECKING:
    from requests_app.catalogue.builder.models import ServiceDraft


class NobodysCase:
    """What the pages of a draft request show of a case, when there is none."""

    def __init__(self) -> None:
        self.created_at = self.updated_at = timezone.now()


def version_of(draft: ServiceDraft) -> ServiceVersion:
    """The version the draft would become, never saved."""
    service = draft.service or Service(slug=draft.slug or "brouillon")
    return ServiceVersion(service=service, **columns(complete(convert.definition_of(draft))))


def modes(draft: ServiceDraft) -> list[tuple[str, str]]:
    """(name, title) of each step."""
    titles = [in_active_language(step.get("title")) for step in version_of(draft).steps]
    return [(str(number), f"{number}. {title}") for number, title in enumerate(titles, 1)] or [
        ("1", gettext("Étape 1"))
    ]


def step_page(draft: ServiceDraft, request: HttpRequest, mode_name: str | None) -> HttpResponse:
    """One step as on the citizen's phone; a sentence when the draft cannot be shown yet."""
    version = version_of(draft)
    index = int(mode_name or 1) - 1 if (mode_name or "").isdecimal() else 0
    try:
        form = form_for_step(version, index)
    except (LookupError, TypeError, ValueError):
        return render(request, "catalogue/builder/no_preview.html", {"draft": draft})
    context: dict[str, Any] = {
        "case": NobodysCase(),
        "version": version,
        "titles": [*version.step_titles, gettext("Vos coordonnées"), gettext("Vérifier et envoyer")],
        "current": index + 1,
        "total": len(version.steps) + 2,
        "stage": form.title,
        "back": "#",
        "to_review": False,
        "resume": "#",
        "form": form,
        "title": form.title,
        "intro": form.intro,
    }
    return render(request, "requests_app/step.html", context)
