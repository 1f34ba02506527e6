"""What the pages of a service add to the remarks on its definition: pictures that weigh, pictures without words."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from wagtail.images.models import SourceImageIOError

from portal.models import ServicePage
from requests_app.catalogue.lint import Remark
from requests_app.catalogue.models import Service

# What the picture block serves; see templates/portal/blocks/picture.html.
SERVED = "width-640|format-webp|webpquality-55"
# A service page is held to 30 kB in all, and a picture is what a phone waits for.
HEAVIEST = 25_000
# "IMG_2031.jpg", "photo1", "DSC00012": the name of a file tells nothing to who does not see.
FILE_NAME = re.compile(r"(?:img|dsc|photo|image|capture|whatsapp)?[\W_]*\d*(?:\.\w{2,4})?", re.IGNORECASE)


def remarks_on_pages(service: Service) -> list[Remark]:
    """Remarks on the pictures of every page of a service, in each language."""
    pages = ServicePage.objects.filter(service=service).order_by("pk")
    return [remark for page in pages for remark in _remarks_on(page)]


def _remarks_on(page: ServicePage) -> Iterator[Remark]:
    for number, picture in enumerate(_pictures(page), 1):
        name = {"number": number, "page": page.title}
        if (weight := _served_weight(picture)) > HEAVIEST:
            yield Remark(
                f"page:{page.pk}",
                "heavy_picture",
                gettext("L’image %(number)d de « %(page)s » pèse %(weight)d ko une fois servie.")
                % (name | {"weight": weight // 1000}),
                gettext("Choisissez une image plus simple, ou recadrez-la : %(most)d ko suffisent.")
                % {"most": HEAVIEST // 1000},
            )
        if not picture.decorative and FILE_NAME.fullmatch((picture.contextual_alt_text or "").strip()):
            yield Remark(
                f"page:{page.pk}",
                "no_alternative",
                gettext("L’image %(number)d de « %(page)s » n’est pas décrite.") % name,
                gettext("Dites en une phrase ce qu’elle montre, ou déclarez-la décorative."),
            )


def _pictures(page: ServicePage) -> list[Any]:
    pictures = [block.value["image"] for block in page.body if block.block_type == "picture"]
    return [picture for picture in pictures if picture is not None]


def _served_weight(picture: Any) -> int:
    """Bytes of the file a visitor receives; 0 when the original is lost, which the page itself shows."""
    try:
        return int(picture.get_rendition(SERVED).file.size)
    except (SourceImageIOError, FileNotFoundError):
        return 0
