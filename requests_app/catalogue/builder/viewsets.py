"""The menu "Démarches" of the admin."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permissions import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from requests_app.catalogue.builder import panels
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.builder.views import checking, moving, trying, writing

# Name → word of its address, view.
PAGES = {
    "check": ("verifier", checking.CheckView),
    "try": ("essayer", trying.TryView),
    "paper": ("document", trying.PaperView),
    "export": ("exporter", moving.ExportView),
    "duplicate": ("dupliquer", moving.DuplicateView),
}


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
    index_view_class = writing.DraftIndexView
    add_view_class = writing.DraftCreateView
    edit_view_class = writing.DraftEditView
    list_display = ["title_fr", Column("standing", label=_("État")), DateColumn("updated_at", label=_("Modifié le"))]
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

    @property
    def names(self) -> dict[str, str]:
        """The pages of a draft by their short name."""
        pages = ("list", "edit", "import", *PAGES)
        return {page: self.get_url_name(page) for page in pages}

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(names=self.names, **kwargs)

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_edit_view_kwargs(names=self.names, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        """Wagtail's, and the pages beside the draft."""
        beside = [path(f"{word}/<int:pk>/", self.page(view), name=name) for name, (word, view) in PAGES.items()]
        return [*super().get_urlpatterns(), path("importer/", self.page(moving.ImportView), name="import"), *beside]

    def page(self, view: Any) -> Any:
        """A page of the workshop that knows its neighbours."""
        return self.construct_view(view, names=self.names, permission_policy=self.permission_policy)


class ServicesGroup(SnippetViewSetGroup):
    """One entry of the menu for services and what belongs to them."""

    items = (ServiceDraftViewSet,)
    menu_label = _("Démarches")
    menu_icon = "form"
    menu_order = 120
