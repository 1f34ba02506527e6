"""What the workshop adds to the Wagtail admin."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.snippets.models import register_snippet

from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.builder.viewsets import ServicesGroup

register_snippet(ServicesGroup)


@hooks.register("before_delete_snippet")
def keep_what_became_a_service(request: HttpRequest, instances: Iterable[Any]) -> HttpResponse | None:
    """A draft whose service exists is never deleted, alone or with others: a service is retired."""
    if not any(isinstance(draft, ServiceDraft) and draft.service_id for draft in instances):
        return None
    messages.error(request, gettext("Une démarche publiée ou essayée ne se supprime pas : retirez-la."))
    return redirect(reverse(ServiceDraft.snippet_viewset.get_url_name("list")))


@hooks.register("insert_editor_js")
def lead_to_the_block() -> str:
    """A link to a fault opens the tab and the drawers that hide its block."""
    return format_html('<script type="module" src="{}"></script>', static("builder/lead.js"))


@hooks.register("insert_global_admin_css")
def calm_blocks() -> str:
    """Two languages side by side, drawers, the table of keys."""
    return format_html('<link rel="stylesheet" href="{}">', static("builder/builder.css"))
