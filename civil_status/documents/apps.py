from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Issued documents and what proves them."""

    name = "civil_status.documents"
    label = "documents"
    verbose_name = _("documents délivrés")
