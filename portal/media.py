"""Pictures and files published by the editors; a reverse proxy may serve them instead."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

PUBLIC = ("images/", "original_images/")
A_MONTH = 30 * 24 * 3600


@require_safe
@login_not_required
def public_media(request: HttpRequest, name: str) -> HttpResponseBase:
    """A published picture; nothing else under the media folder has an address."""
    if not name.startswith(PUBLIC):
        raise Http404
    response = serve(request, name, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = f"public, max-age={A_MONTH}"
    return response
