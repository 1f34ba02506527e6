"""A page that its script sends again until it arrives: it is told where to go instead of going there.

Without scripts the same page is posted by its button, to the same address.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

HEADER = "X-Portal-Quiet"
KEEP, SEND = "keep", "send"
View = Callable[..., HttpResponse]


def told_where(view: View) -> View:
    """Answer `{"next": address}` instead of a redirection to whoever sends the page again until it arrives.

    `next` is empty when the page has something to say (an error, one more question): nothing was done, and the
    browser then posts it to show it.
    """

    @wraps(view)
    def answered(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get(HEADER) != SEND:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            address = view(request, *args, **kwargs).headers.get("Location", "")
            transaction.set_rollback(not address)
        return JsonResponse({"next": address})

    return answered


def is_keeping(request: HttpRequest) -> bool:
    """Whether the page only wants to be kept: nobody pressed a button."""
    return request.method == "POST" and request.headers.get(HEADER) == KEEP
