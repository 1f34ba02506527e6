from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class RequestsAppConfig(AppConfig):
    name = "requests_app"
    verbose_name = _("Demandes")

    def ready(self) -> None:
        from requests_app.evidence.probing import antivirus_reads_whole

        checks.register(antivirus_reads_whole, deploy=True)
