"""What an editor may put in the body of a page."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

RICH_TEXT = ["bold", "italic", "link", "document-link", "ol", "ul"]


class PictureBlock(blocks.StructBlock):
    """A picture with its words: the alternative text is asked for unless the picture is only decoration."""

    image = ImageBlock(label=_("image"))
    caption = blocks.CharBlock(label=_("légende"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("image")
        template = "portal/blocks/picture.html"


class NoticeBlock(blocks.StructBlock):
    """A box that stands out in the text."""

    level = blocks.ChoiceBlock(
        label=_("ton"),
        choices=[("info", _("information")), ("success", _("bonne nouvelle")), ("warning", _("attention"))],
        default="info",
    )
    text = blocks.TextBlock(label=_("texte"), max_length=500)

    class Meta:
        icon = "warning"
        label = _("encadré")
        template = "portal/blocks/notice.html"


class BodyBlock(blocks.StreamBlock):
    """The body of every page."""

    heading = blocks.CharBlock(
        label=_("intertitre"), icon="title", max_length=120, template="portal/blocks/heading.html"
    )
    text = blocks.RichTextBlock(label=_("texte"), features=RICH_TEXT, template="portal/blocks/text.html")
    steps = blocks.ListBlock(
        blocks.CharBlock(label=_("étape"), max_length=300),
        label=_("étapes numérotées"),
        icon="list-ol",
        template="portal/blocks/steps.html",
    )
    notice = NoticeBlock()
    picture = PictureBlock()
