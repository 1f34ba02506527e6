"""What the workshop adds to the Wagtail admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from requests_app.catalogue.builder.viewsets import ServicesGroup

register_snippet(ServicesGroup)


@hooks.register("insert_global_admin_css")
def calm_blocks() -> str:
    """Two languages side by side, drawers, the table of keys."""
    return format_html('<link rel="stylesheet" href="{}">', static("builder/builder.css"))
