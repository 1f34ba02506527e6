"""What all pages of the site share: a summary, a body, words to be found by."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from arrondissements.spelling import fold
from portal.blocks import BodyBlock
from requests_app.catalogue.builder.streams import QuietStreamField


class SitePage(Page):
    """A page whose words are kept folded (no accents, no case), so that search is the same on every database."""

    lead = models.TextField(
        _("chapeau"), max_length=400, blank=True, help_text=_("Deux phrases : ce que le lecteur trouvera ici.")
    )
    body = QuietStreamField(BodyBlock(), verbose_name=_("texte"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the folded words beside the page; Wagtail calls this on publication, not on drafts."""
        super().save(*args, **kwargs)
        SearchText.objects.update_or_create(
            page_id=self.pk, defaults={"title": fold(self.title), "words": fold(self.words())[:50_000]}
        )

    def words(self) -> str:
        """Everything a reader might search this page by."""
        body = strip_tags(" ".join(self.body.stream_block.get_searchable_content(self.body)))
        return " ".join([self.title, self.lead, body])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        parents = [] if self.depth <= 2 else list(self.get_ancestors().filter(depth__gt=1).live())
        context["crumbs"] = [
            {"label": _("Accueil") if p.depth == 2 else p.title, "url": p.get_url(request)} for p in parents
        ]
        return context


class SearchText(models.Model):
    """The folded words of one published page; written by the page itself when it is saved."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="search_text")
    title = models.CharField(max_length=255)
    words = models.TextField()

    class Meta:
        verbose_name = _("mots d’une page")
        verbose_name_plural = _("mots des pages")

    def __str__(self) -> str:
        return self.title
