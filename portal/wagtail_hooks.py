"""What the Wagtail admin adds for our editors: notices, and menus that follow a publication at once."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from arrondissements.models import User
from portal import navigation, service_pages
from portal.models import Notice
from portal.page_lint import remarks_on_pages
from portal.services_admin import ServiceRulesGroup
from portal.town_admin import TownGroup
from requests_app.catalogue.lint import Remark
from requests_app.catalogue.models import Service


class NoticeViewSet(SnippetViewSet):
    """Notices, newest first."""

    model = Notice
    icon = "warning"
    menu_label = _("Avis")
    add_to_admin_menu = True
    list_display = ["text", "level", "starts", "ends"]
    list_filter = ["level"]


register_snippet(NoticeViewSet)


@hooks.register("register_admin_viewset")
def town_group() -> TownGroup:
    """The town hall's own data, beside the pages."""
    return TownGroup()


@hooks.register("register_admin_viewset")
def service_rules_group() -> ServiceRulesGroup:
    """Closures, ready words and motives, beside the services."""
    return ServiceRulesGroup()


@hooks.register("service_comes")
def page_of_a_service(service: Service, titles: dict[str, str], by: User) -> None:
    """A service that was just published, or will be at an hour, has its page in the list."""
    service_pages.offer(service, titles, by=by)


@hooks.register("service_remarks")
def pictures_of_a_service(service: Service) -> list[Remark]:
    """The pictures of its pages, beside the remarks on its definition."""
    return remarks_on_pages(service)


@hooks.register("after_publish_page")
@hooks.register("after_unpublish_page")
@hooks.register("after_delete_page")
@hooks.register("after_move_page")
@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
@hooks.register("after_delete_snippet")
def forget_menus(*args: Any) -> None:
    """Show an editor's change on the next page instead of a minute later."""
    navigation.forget()
