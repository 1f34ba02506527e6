"""The town hall's own data in the Wagtail admin: offices, hours, holidays, postings, delegations, relay agents.

Each change is a line of the journal: who may instruct and who may sign is as much an act as a signature.
Postings, delegations and accreditations are ended by a date, never erased.
"""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permission_policies import ModelPermissionPolicy

from arrondissements import calendar, journal
from arrondissements.models import (
    Delegation,
    LocalHoliday,
    Office,
    OfficeClosure,
    OpeningHours,
    Posting,
    Quartier,
    RelayAgent,
    User,
)
from requests_app.models import Label

# What the working calendar is made of: a change is seen at once.
OF_THE_CALENDAR = (LocalHoliday, OfficeClosure, OpeningHours)


class CreateView(generic.CreateView):
    """Create, and write it in the journal in the same transaction."""

    @transaction.atomic
    def save_instance(self) -> models.Model:
        instance: models.Model = super().save_instance()
        record("created", instance, self.request.user, sorted(self.form.cleaned_data))
        return instance


class EditView(generic.EditView):
    """Edit, and write which columns changed."""

    @transaction.atomic
    def save_instance(self) -> models.Model:
        instance: models.Model = super().save_instance()
        record("edited", instance, self.request.user, sorted(self.form.changed_data))
        return instance


class KeptForever(ModelPermissionPolicy):
    """Nobody erases these rows, not even a superuser: an end date closes them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Deny deletion, ask Django's permissions for the rest."""
        return action != "delete" and bool(super().user_has_permission(user, action))


def record(act: str, instance: models.Model, by: User, columns: list[str]) -> None:
    """Write "posting.created" and the like, with the names of the columns and never their content."""
    name = str(instance._meta.model_name)
    journal.record(f"{name}.{act}", obj=f"{name}:{instance.pk}", by=by, details={"columns": columns})
    if isinstance(instance, OF_THE_CALENDAR):
        transaction.on_commit(calendar.forget)


class TownViewSet(ModelViewSet):
    """What the viewsets below share."""

    add_view_class = CreateView
    edit_view_class = EditView
    copy_view_enabled = False
    inspect_view_enabled = True

    @property
    def permission_policy(self) -> ModelPermissionPolicy:
        """Rows of people and places are kept."""
        return KeptForever(self.model)


class OfficeViewSet(TownViewSet):
    model = Office
    icon = "home"
    menu_label = _("Bureaux")
    list_display = ["name_fr", "kind", "phone", "address"]
    form_fields = [
        "code",
        "kind",
        "arrondissement",
        "name_fr",
        "name_en",
        "short_code",
        "address",
        "landmark",
        "phone",
        "email",
    ]
    search_fields = ["name_fr", "code"]


class OpeningHoursViewSet(TownViewSet):
    model: type[models.Model] = OpeningHours
    icon = "time"
    menu_label = _("Horaires")
    list_display = ["office", "weekday", "opens", "closes"]
    form_fields = ["office", "weekday", "opens", "closes"]

    @property
    def permission_policy(self) -> ModelPermissionPolicy:
        """An opening that no longer exists is removed."""
        return ModelPermissionPolicy(self.model)


class LocalHolidayViewSet(OpeningHoursViewSet):
    model = LocalHoliday
    icon = "date"
    menu_label = _("Jours fériés locaux")
    list_display = ["day", "name", "is_open"]
    form_fields = ["day", "name", "is_open"]


class OfficeClosureViewSet(OpeningHoursViewSet):
    model = OfficeClosure
    icon = "no-view"
    menu_label = _("Fermetures d’un bureau")
    list_display = ["office", "starts", "ends", "reason"]
    list_filter = ["office"]
    form_fields = ["office", "starts", "ends", "reason"]


class QuartierViewSet(TownViewSet):
    model = Quartier
    icon = "site"
    menu_label = _("Quartiers")
    list_display = ["name", "arrondissement", "lists_that_agree"]
    list_filter = ["arrondissement"]
    form_fields = ["arrondissement", "name", "aliases"]
    search_fields = ["name"]


class PostingViewSet(TownViewSet):
    model = Posting
    icon = "group"
    menu_label = _("Affectations")
    list_display = ["user", "office", "role", "starts", "ends"]
    list_filter = ["office", "role"]
    form_fields = ["user", "office", "role", "starts", "ends"]


class DelegationViewSet(TownViewSet):
    model = Delegation
    icon = "edit"
    menu_label = _("Délégations de signature")
    list_display = ["delegate", "role", "office", "act_number", "starts", "ends"]
    list_filter = ["role"]
    form_fields = ["delegate", "role", "office", "act_number", "signed_on", "starts", "ends"]


class RelayAgentViewSet(TownViewSet):
    model = RelayAgent
    icon = "user"
    menu_label = _("Agents relais")
    list_display = ["number", "user", "place", "fee_ceiling", "starts", "ends"]
    form_fields = ["user", "number", "place", "fee_ceiling", "starts", "ends"]


class LabelViewSet(TownViewSet):
    """A label without an office is offered in all of them; it is retired, never erased."""

    model = Label
    icon = "tag"
    menu_label = _("Étiquettes des demandes")
    list_display = ["name", "tone", "office", "is_active"]
    list_filter = ["office", "is_active"]
    form_fields = ["name", "tone", "office", "is_active"]


class TownGroup(ModelViewSetGroup):
    """One menu entry for all of it."""

    menu_label = _("Mairie")
    menu_icon = "home"
    menu_order = 150
    items = (
        OfficeViewSet("offices"),
        OpeningHoursViewSet("opening_hours"),
        LocalHolidayViewSet("local_holidays"),
        OfficeClosureViewSet("closures"),
        QuartierViewSet("quartiers"),
        PostingViewSet("postings"),
        DelegationViewSet("delegations"),
        LabelViewSet("labels"),
        RelayAgentViewSet("relay_agents"),
    )
