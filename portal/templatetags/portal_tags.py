"""What every template of the site may use: icons, money, dates, phones, menus, notices, languages."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from portal import icons

register = template.Library()

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
LANGUAGE_NAMES = (("fr", "Français"), ("en", "English"))


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one icon of `portal.icons`, hidden from screen readers: a word always stands beside it."""
    return mark_safe(
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{icons.PATHS[name]}</svg>'
    )


@register.filter
def life_event_icon(life_event: str) -> str:
    """Name of the icon of a life event of the catalogue."""
    return icons.LIFE_EVENTS.get(life_event, "document")


@register.filter
def state_tone(state: Any) -> str:
    """CSS tone of a state of a request or of a document (good, warn, bad-tone, info, quiet)."""
    return icons.STATES.get(str(state).upper(), ("quiet", "info"))[0]


@register.filter
def state_icon(state: Any) -> str:
    """Icon name of a state of a request or of a document."""
    return icons.STATES.get(str(state).upper(), ("quiet", "info"))[1]


@register.filter
def money(amount: int) -> str:
    """Write an amount in francs CFA: 2500 → "2 500 F CFA", with spaces that do not break."""
    grouped = f"{int(amount):,}".replace(",", NARROW_SPACE)
    return f"{grouped}{NO_BREAK_SPACE}F{NO_BREAK_SPACE}CFA"


@register.filter
def long_date(value: dt.date | dt.datetime | None) -> str:
    """Write a date in full in the active language: "lundi 23 novembre 2026"; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, "l j F Y")


@register.filter(expects_localtime=True)
def clock(value: dt.time | dt.datetime) -> str:
    """Write an hour as people say it: "8 h", "12 h 30"; "8:00", "12:30" in English."""
    if get_language() == "en":
        return f"{value.hour}:{value.minute:02d}"
    minutes = f"{NO_BREAK_SPACE}{value.minute:02d}" if value.minute else ""
    return f"{value.hour}{NO_BREAK_SPACE}h{minutes}"


@register.filter
def phone(number: Any) -> str:
    """Write a number of Bénin in pairs: +2290197000000 → "01 97 00 00 00"; others are left alone."""
    text = str(number)
    digits = "".join(filter(str.isdigit, text))
    digits = digits.removeprefix("229") if len(digits) > 10 else digits
    if len(digits) != 10:
        return text
    return NO_BREAK_SPACE.join(digits[i : i + 2] for i in range(0, 10, 2))


class Wrong(NamedTuple):
    """A field in error, and the name of what it is part of ("Enfant 2"), or ""."""

    field: BoundField
    within: str


@register.filter
def fields_in_error(form: BaseForm) -> list[Wrong]:
    """Fields in error, in the order of the page; for one made of several questions, those inside it."""
    return list(_in_error(form, ""))


def _in_error(form: BaseForm, within: str) -> Iterator[Wrong]:
    for field in form:
        if not field.errors:
            continue
        inside = field.field.widget.in_error() if hasattr(field.field.widget, "in_error") else []
        for title, inner in inside:
            yield from _in_error(inner, f"{within} – {title or field.label}" if within else title or str(field.label))
        if not inside:
            yield Wrong(field, within)


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, Any]]:
    """Links to this very page in each language; a page without translation leads to the other home page."""
    request: HttpRequest | None = context.get("request")
    path = request.get_full_path() if request and request.method in {"GET", "HEAD"} else "/"
    known = _translations_of(context.get("page"))
    active = get_language()
    return [
        {
            "code": code,
            "name": name,
            "current": code == active,
            "url": path if code == active else known.get(code) or _elsewhere(path, code, is_page=bool(known)),
        }
        for code, name in LANGUAGE_NAMES
    ]


def _elsewhere(path: str, code: str, *, is_page: bool) -> str:
    home = "/" if code == "fr" else f"/{code}/"
    translated = path if is_page else translate_url(path, code)
    return home if translated == path else translated


def _translations_of(page: Any) -> dict[str, str]:
    from wagtail.models import Page

    if not isinstance(page, Page) or not page.pk:
        return {}
    found = page.get_translations(inclusive=True).live().select_related("locale").defer_streamfields()
    return {other.locale.language_code: other.get_url() for other in found}


@register.simple_tag(takes_context=True)
def site_menu(context: template.Context) -> dict[str, list]:
    """Header and footer links of the active language: `{"header": […], "footer": […]}`."""
    from portal.navigation import menu

    request: HttpRequest | None = context.get("request")
    return menu(path=request.path if request else "/")


@register.simple_tag(takes_context=True)
def site_notices(context: template.Context) -> list:
    """Notices of the town hall to show now on this page, the gravest first."""
    from portal.navigation import current_notices

    return current_notices(page=context.get("page"))


@register.simple_tag(takes_context=True)
def page_address(context: template.Context, number: int) -> str:
    """Address of this list at another page number, keeping the filters of the query string."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def ordinal(number: int) -> SafeString:
    """Write the number of a borough: 1 → 1er, 2 → 2e (1st, 2nd in English)."""
    if get_language() == "en":
        suffix = "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    else:
        suffix = "er" if number == 1 else "e"
    return format_html("{}<sup>{}</sup>", number, suffix)
