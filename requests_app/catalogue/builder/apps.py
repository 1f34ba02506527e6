from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BuilderConfig(AppConfig):
    name = "requests_app.catalogue.builder"
    label = "builder"
    verbose_name = _("Atelier des démarches")
    default_auto_field = "django.db.models.BigAutoField"
