"""The form on paper, and where its code leads."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arrondissements import limits
from requests_app.blank_form import blank_pdf
from requests_app.catalogue.models import ServiceVersion

# Drawing a form takes a second of a worker: a comfort limit, for each address and for everybody, in a minute.
EACH, TOGETHER = 12, 60


@login_not_required
@require_safe
def blank(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The blank form as a PDF: of the version in force, or of a numbered one."""
    version = _published(slug, number)
    if not limits.allows(request, "blank", each=EACH, together=TOGETHER):
        return HttpResponse(_("Trop de demandes. Attendez une minute."), status=429, content_type="text/plain")
    name = _("formulaire-%(slug)s-%(number)d.pdf") % {"slug": slug, "number": version.number}
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(blank_pdf(version), content_type="application/pdf", headers=headers)


@login_not_required
@require_safe
def scanned(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Where the code on a form leads: staff to the counter for that version, anybody else to the service."""
    version = _published(slug, number)
    if request.user.is_authenticated:
        return redirect("desk:counter-version", slug, version.number)
    return redirect(reverse("requests:start", args=[slug]))


def _published(slug: str, number: int | None) -> ServiceVersion:
    """A version that was published and is filed here, or 404."""
    versions = ServiceVersion.objects.select_related("service").filter(service__slug=slug)
    if number is None:
        found = versions.filter(pk=F("service__current")).first()
    else:
        found = versions.filter(number=number, published_at__lte=timezone.now()).first()
    if found is None or not found.is_filed_online or found.number is None:
        raise Http404
    return found
