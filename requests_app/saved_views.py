"""The ways to look at the queue that somebody keeps for himself; nobody else sees or changes them."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from arrondissements.models import User
from requests_app.models import SavedView
from requests_app.moving import Refused

MOST_VIEWS = 20


def of(user: User) -> QuerySet[SavedView]:
    """The views `user` kept, by name."""
    return SavedView.objects.filter(user=user)


def keep(user: User, *, name: str, query: str) -> SavedView:
    """Keep what `query` shows under a name; the same name again shows the new one. Raises `Refused`."""
    name = _clean(name)
    if of(user).exclude(name=name).count() >= MOST_VIEWS:
        raise Refused(_("Vous gardez déjà %(most)d vues. Effacez-en une d’abord.") % {"most": MOST_VIEWS})
    view, _is_new = SavedView.objects.update_or_create(user=user, name=name, defaults={"query": query})
    return view


def rename(view: SavedView, *, name: str) -> None:
    """Another name for a view. Raises `Refused`."""
    view.name = _clean(name)
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:
        raise Refused(_("Vous avez déjà une vue de ce nom.")) from None


def _clean(name: str) -> str:
    name = " ".join(name.split())[:60]
    if not name:
        raise Refused(_("Donnez un nom à cette vue."))
    return name
