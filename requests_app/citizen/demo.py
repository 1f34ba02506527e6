"""The letter box of the demonstration: what would have left by e-mail and SMS. Never outside it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from arrondissements.models import OutboxMessage

PER_PAGE = 20


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """E-mails and SMS, newest first, with their state. 2 queries."""
    if not settings.DEMO:
        raise Http404
    letters = OutboxMessage.objects.filter(kind__in=["email", "sms"]).order_by("-id")
    page_obj = Paginator(letters, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "requests_app/mailbox.html", {"page_obj": page_obj})
