from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "requests_app.catalogue"
    label = "catalogue"
    verbose_name = _("Catalogue des démarches")
    default_auto_field = "django.db.models.BigAutoField"
