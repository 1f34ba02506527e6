"""Trying a draft on somebody's answers: what is asked, what it costs, where it goes, what is printed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.builder import preview, tryout
from requests_app.catalogue.builder.views.base import DraftPage


class TryView(DraftPage):
    """The draft on a sample, on the samples the editor wrote, and on answers changed by hand."""

    page_title = _("Essayer")
    template_name = "catalogue/builder/try.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The same page with answers changed by hand."""
        return self.get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything that follows from the answers."""
        seed = number(self.request.GET.get("seed", ""))
        version = preview.version_of(self.object)
        posted = self.request.POST if self.request.method == "POST" else None
        return super().get_context_data(**kwargs) | {
            "seed": seed,
            "another": seed + 1,
            "trial": tryout.on_answers(version, seed=seed, posted=posted),
            "samples": tryout.on_samples(version),
        }


class PaperView(DraftPage):
    """The paper of the sample, as a specimen in PDF."""

    page_title = _("Document")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The PDF; a sentence in plain text when it cannot be drawn yet."""
        try:
            pdf = tryout.paper(preview.version_of(self.object), seed=number(request.GET.get("seed", "")))
        except ValidationError as refusal:
            return HttpResponse(" ".join(refusal.messages), content_type="text/plain; charset=utf-8", status=422)
        if pdf is None:
            raise Http404
        return HttpResponse(pdf, content_type="application/pdf")


def number(text: str) -> int:
    """A small number of an address, 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
