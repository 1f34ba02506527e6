from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArrondissementsConfig(AppConfig):
    name = "arrondissements"
    verbose_name = _("Arrondissements")
