"""The menu "Démarches" of the admin."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permissions import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from requests_app.catalogue.builder import panels, views
from requests_app.catalogue.builder.models import ServiceDraft


class DraftPolicy(ModelPermissionPolicy):
    """A draft whose service exists is kept: citizens and clerks have seen it."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        """Deny the deletion of a draft that has become a service."""
        if action == "delete" and instance.service_id:
            return False
        return bool(super().user_has_permission_for_instance(user, action, instance))


class ServiceDraftViewSet(SnippetViewSet):
    """Every service, as it is being written."""

    model = ServiceDraft
    icon = "form"
    menu_label = _("Démarches")
    url_prefix = "demarches"
    copy_view_enabled = False
    add_view_class = views.DraftCreateView
    edit_view_class = views.DraftEditView
    list_display = ["title_fr", Column("standing", label=_("état")), DateColumn("updated_at", label=_("modifié le"))]
    list_filter = ["mode", "life_event"]
    search_fields = ["title_fr", "title_en", "slug"]
    search_backend_name = None
    ordering = ["title_fr", "pk"]

    @property
    def permission_policy(self) -> DraftPolicy:
        """Deleting is only for what never became a service."""
        return DraftPolicy(self.model)

    def get_queryset(self, request: Any) -> Any:
        """With what the list says of each (1 query)."""
        return self.model.objects.select_related("service__current")

    def get_edit_handler(self) -> Any:
        """The tabs."""
        return panels.edit_handler().bind_to_model(self.model)

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_edit_view_kwargs(check_url_name=self.get_url_name("check"), **kwargs)

    def page(self, view: Any) -> Any:
        """A page beside the draft."""
        return self.construct_view(
            view,
            edit_url_name=self.get_url_name("edit"),
            index_url_name=self.get_url_name("list"),
            check_url_name=self.get_url_name("check"),
            permission_policy=self.permission_policy,
        )

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("verifier/<int:pk>/", self.page(views.CheckView), name="check"),
        ]


class ServicesGroup(SnippetViewSetGroup):
    """One entry of the menu for services and what belongs to them."""

    items = (ServiceDraftViewSet,)
    menu_label = _("Démarches")
    menu_icon = "form"
    menu_order = 120
