"""What the office has issued, and how it is declared void."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from arrondissements.models import User
from civil_status.documents import issuance
from civil_status.documents.models import IssuedDocument
from requests_app import revocation
from requests_app.desk import access
from requests_app.desk.desk import Desk, StaffRequest, show
from requests_app.desk.forms import RevokeForm

PAGE_ROWS = 25


@require_safe
def documents(request: StaffRequest) -> HttpResponse:
    """The documents of one's offices, newest first, found by a piece of their number.

    6 queries: session, user, device, postings (2), rows with their case; 2 more for the menu.
    """
    text = request.GET.get("q", "").strip()[:80]
    rows = _page(access.documents(request.user), text, request.GET.get("after", ""))
    desk = Desk(request.user)
    shown = rows[:PAGE_ROWS]
    context = {
        "desk": desk,
        "rows": [(document, desk.serves_as(document.office, *access.MAY_REVOKE)) for document in shown],
        "q": text,
        "following": "?" + urlencode({"q": text, "after": str(shown[-1].pk)}) if len(rows) > PAGE_ROWS else "",
        "is_first_page": "after" not in request.GET,
    }
    return show(request, "desk/documents.html", context)


@require_http_methods(["GET", "POST"])
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Declare a document void, or replaced by another; verification says so at once."""
    document = access.revocable(request.user, pk)
    form = RevokeForm(request.POST or None, document=document)
    if form.is_valid() and _revoke(document, form, request.user):
        messages.success(
            request,
            _("Le document %(number)s ne vaut plus. La vérification le dit dès maintenant.")
            % {"number": document.number},
        )
        return redirect("desk:documents")
    return show(request, "desk/revoke.html", {"document": document, "form": form}, status=409 if form.errors else 200)


def _page(documents: QuerySet[IssuedDocument], text: str, after: str) -> list[IssuedDocument]:
    if text:
        documents = documents.filter(number__icontains=text)
    if after.isascii() and after.isdecimal():
        documents = documents.filter(pk__lt=int(after))
    columns = ["number", "type_label", "status", "issued_on", "valid_until", "file_name", "holder_masked"]
    wanted = documents.select_related("case").only(*columns, "office__name_fr", "office__name_en", "case__reference")
    return list(wanted.order_by("-pk")[: PAGE_ROWS + 1])


def _revoke(document: IssuedDocument, form: RevokeForm, by: User) -> bool:
    try:
        revocation.end(document, by=by, **form.cleaned_data)
    except issuance.NoLongerValid as refused:
        form.add_error(None, str(refused))
        return False
    return True
