"""Public verification. Nobody logs in, nothing is written, nothing is kept."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from civil_status.documents import keys, letterhead, limits
from civil_status.documents.answer_page import answer_page
from civil_status.documents.document_codes import SYMBOLS, MalformedCode, read_document_code, shown
from civil_status.documents.verification import verify

View = Callable[..., HttpResponse]


def unrecorded(view: View) -> View:
    """Mark a public page that neither caches, search engines nor the next site may learn from."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        patch_vary_headers(response, ["Accept"])
        return response

    return login_not_required(require_safe(answer))


@unrecorded
def type_code(request: HttpRequest) -> HttpResponse:
    """The form where a code is typed; it sends to the page of that code."""
    if typed := request.GET.get("code", "").strip():
        return _page_of(request, typed)
    return render(request, "verification/type_code.html", {"site": letterhead.site()})


def _page_of(request: HttpRequest, typed: str) -> HttpResponse:
    try:
        return redirect("documents:verify", code=shown(read_document_code(typed)))
    except MalformedCode:
        return _malformed(request, typed)


@unrecorded
def answer_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the registry says of a code: a page, or JSON for whoever prefers it. 1 query, 2 when replaced."""
    try:
        code = read_document_code(code)
    except MalformedCode:
        return _malformed(request, code)
    if not limits.may_look_up(request):
        return _too_many(request)
    answer = verify(code)
    if _wants_json(request):
        return JsonResponse(answer.as_json())
    return HttpResponse(answer_page(answer, code))


@login_not_required
@require_safe
def published_keys(request: HttpRequest) -> HttpResponse:
    """The seal's public keys. 1 query."""
    response = JsonResponse(keys.public_list())
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _malformed(request: HttpRequest, typed: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": "malformed"}, status=404)
    incomplete = sum(symbol.isalnum() for symbol in typed) != SYMBOLS
    context = {"typed": typed[:40], "malformed": True, "incomplete": incomplete, "site": letterhead.site()}
    return render(request, "verification/type_code.html", context, status=404)


def _too_many(request: HttpRequest) -> HttpResponse:
    if _wants_json(request):
        response: HttpResponse = JsonResponse({"error": "too many requests"}, status=429)
    else:
        response = render(request, "verification/too_many.html", status=429)
    response["Retry-After"] = "60"
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
