"""A service as one file that another town hall can load: nothing in it is an identifier of this town's tables.

{"format": "pole-cotonou/service", "version": 1, "slug", "life_event", "order", "offices": [{"code", "kind", "name"}],
"definition"}. Offices are named by their code, with their kind and names, so that whoever imports can map those
that do not exist there. Importing reads and reports; it never publishes.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from arrondissements.models import Office
from requests_app.catalogue.lint import Remark, remarks_of
from requests_app.catalogue.models import LifeEvent, Service, ServiceVersion
from requests_app.catalogue.publishing import complete, definition_of
from requests_app.catalogue.schema import MOST_SENTENCES, DefinitionError, shape_faults, validate_definition

FORMAT = "pole-cotonou/service"
VERSION = 1
# A definition of 200 questions in two languages weighs about 150 kB.
MOST_BYTES = 2_000_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Unreadable(ValueError):
    """The file is not a service; `sentences` say why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Imported:
    """What was read in a file: a definition for a draft, and what must be looked at before it can be published."""

    slug: str
    life_event: str
    definition: dict[str, Any]
    # Offices of the file that this town hall lacks: {code: name}; each is still in the definition under its code.
    unknown_offices: dict[str, str]
    # Why it could not be published as it is, one sentence each; empty when it could.
    faults: list[str]
    remarks: list[Remark]
    # The service of this town hall that has this slug already.
    existing: Service | None

    @property
    def sentences(self) -> list[str]:
        """The report, for whoever imports."""
        return [*self._about_the_name(), *self._about_the_offices(), *self._about_the_faults()]

    def _about_the_name(self) -> Iterator[str]:
        name = {"slug": self.slug}
        if self.existing:
            yield gettext("La démarche « %(slug)s » existe ici : l’import devient son brouillon.") % name
        else:
            yield gettext("La démarche « %(slug)s » est nouvelle ici. Rien n’est publié.") % name

    def _about_the_offices(self) -> Iterator[str]:
        for code, name in self.unknown_offices.items():
            yield gettext("Le bureau « %(name)s » (%(code)s) n’existe pas ici : choisissez le vôtre.") % {
                "name": name,
                "code": code,
            }

    def _about_the_faults(self) -> Iterator[str]:
        if self.faults:
            yield gettext("À corriger avant de publier :")
            yield from self.faults
        else:
            yield gettext("La définition est complète : elle peut être essayée et publiée.")


def export_service(service: Service, version: ServiceVersion | None = None) -> dict[str, Any]:
    """The file of a version (default: the one in force). Raises `Unreadable` when the service has none."""
    version = version or service.current
    if version is None:
        raise Unreadable([gettext("Cette démarche n’a pas encore de version publiée.")])
    return as_file(service, definition_of(version))


def as_file(service: Service, definition: Mapping[str, Any]) -> dict[str, Any]:
    """The file of any definition of a service: a draft may be exported too."""
    codes = set(offices_named(definition))
    offices = Office.objects.filter(code__in=codes).order_by("code")
    return {
        "format": FORMAT,
        "version": VERSION,
        "slug": service.slug,
        "life_event": service.life_event,
        "order": service.order,
        "town_hall": settings.TOWN_HALL,
        "offices": [
            {"code": office.code, "kind": office.kind, "name": {"fr": office.name_fr, "en": office.name_en}}
            for office in offices
        ],
        "definition": complete(dict(definition)),
    }


def written(data: Mapping[str, Any]) -> bytes:
    """The file as bytes: the same service gives the same bytes, so that two exports can be compared."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def read(content: bytes, *, slug: str = "", offices: Mapping[str, str] | None = None) -> Imported:
    """Read a file into a draft. `slug` loads it under another name; `offices` maps codes of the file to codes of here.

    Raises `Unreadable` for what has not the shape of a service; what this town hall must decide first (an office it
    lacks) is reported, not raised.
    """
    data = _checked(_parsed(content))
    definition = _with_offices(complete(data["definition"]), offices or {})
    name = slug or data["slug"]
    return Imported(
        slug=name,
        life_event=data["life_event"],
        definition=definition,
        unknown_offices=_unknown_offices(definition, data.get("offices", [])),
        faults=_faults(definition),
        remarks=remarks_of(definition),
        existing=Service.objects.filter(slug=name).first(),
    )


def offices_named(definition: Mapping[str, Any]) -> Iterator[str]:
    """The codes of the offices a definition names, wherever it does."""
    routing = definition.get("routing") or {}
    yield from _codes([routing.get("default"), *(rule.get("office") for rule in routing.get("rules", []))])
    yield from _codes(sample.get("office") for sample in routing.get("samples", []))
    yield from _codes(opinion.get("office") for opinion in (definition.get("flow") or {}).get("opinions", []))


def _codes(codes: Any) -> Iterator[str]:
    return (code for code in codes if isinstance(code, str) and code)


def _parsed(content: bytes) -> Any:
    if len(content) > MOST_BYTES:
        raise Unreadable([gettext("Ce fichier est trop lourd pour une démarche : deux mégaoctets au plus.")])
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable(
            [gettext("Ce fichier ne se lit pas : choisissez un fichier exporté depuis « Exporter ».")]
        ) from None


def _checked(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unreadable([gettext("Ce fichier n’est pas une démarche exportée par ce logiciel.")])
    if data.get("version") != VERSION:
        raise Unreadable([_about_the_version(data.get("version"))])
    sentences = list(_slug_faults(data.get("slug")))
    if data.get("life_event") not in LifeEvent.values:
        sentences.append(
            gettext("Le moment de vie de ce fichier n’est pas connu ici : exportez de nouveau la démarche.")
        )
    if isinstance(data.get("definition"), dict):
        sentences += [fault.in_words for fault in islice(shape_faults(complete(data["definition"])), MOST_SENTENCES)]
    else:
        sentences.append(gettext("Il manque la définition de la démarche."))
    if sentences:
        raise Unreadable(sentences)
    return data


def _about_the_version(version: Any) -> str:
    if isinstance(version, int) and version > VERSION:
        return gettext("Ce fichier vient d’une version plus récente : mettez le site à jour.")
    return gettext("La version de ce fichier n’est pas connue : exportez de nouveau la démarche là où elle est.")


def _slug_faults(slug: Any) -> Iterator[str]:
    if not isinstance(slug, str) or len(slug) > 60 or not SLUG.fullmatch(slug):
        yield gettext("Le nom dans l’adresse s’écrit en minuscules sans accent, avec des tirets : « permis-de-port ».")


def _with_offices(definition: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The definition with the codes of the file replaced by those of this town hall."""
    if not names:
        return definition
    changed = copy.deepcopy(definition)
    routing, flow = changed.get("routing") or {}, changed.get("flow") or {}
    for holder in (*routing.get("rules", []), *routing.get("samples", []), *flow.get("opinions", [])):
        if "office" in holder:
            holder["office"] = names.get(holder["office"], holder["office"])
    if "default" in routing:
        routing["default"] = names.get(routing["default"], routing["default"])
    return changed


def _unknown_offices(definition: Mapping[str, Any], described: Any) -> dict[str, str]:
    """The offices named that do not exist here, with the name the file gives them if it does."""
    named = list(dict.fromkeys(offices_named(definition)))
    known = set(Office.objects.filter(code__in=named).values_list("code", flat=True))
    names = {
        office["code"]: _name_of(office)
        for office in (described if isinstance(described, list) else [])
        if isinstance(office, dict) and isinstance(office.get("code"), str)
    }
    return {code: names.get(code, code) for code in named if code not in known}


def _name_of(office: Mapping[str, Any]) -> str:
    name = office.get("name")
    return str((name.get("fr") if isinstance(name, dict) else "") or office["code"])[:120]


def _faults(definition: dict[str, Any]) -> list[str]:
    try:
        validate_definition(definition)
    except DefinitionError as error:
        return [fault.in_words for fault in error.faults]
    return []
