"""Who lives in the town, and the hundred and thirty who serve it: ten in each of the thirteen offices."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from django.utils import timezone

from arrondissements.models import Office, OfficeKind, Posting, Quartier, Role, User
from arrondissements.spelling import fold, sounds
from portal.town.names import GIVEN_NAMES, SURNAMES

CASES_EACH = 4  # what one person asks for in three years, a family's paper after the other
USUAL_SPELLING = 0.8
# Ten people at the office of an arrondissement.
TEAM = (Role.SUPERVISOR, Role.REGISTRAR, Role.COUNTER, Role.COUNTER, *[Role.CLERK] * 6)
# How many of a thousand inhabitants live in each arrondissement: they are far from equal.
SHARES = (88, 72, 61, 54, 49, 98, 46, 55, 88, 64, 62, 118, 145)
# The columns of a case that are made of the name of its applicant, as a filing makes them.
DERIVED: dict[str, Callable[[str], str]] = {"applicant_key": fold}


@dataclass(frozen=True)
class Team:
    """Who works in one office."""

    office: Office
    clerks: list[User]
    counter: list[User]
    supervisor: User


def offices() -> list[Office]:
    """The offices of the arrondissements, in their order. Empty before `manage.py load_places`."""
    return list(Office.objects.filter(kind=OfficeKind.BOROUGH).order_by("arrondissement"))


def teams(places: list[Office]) -> list[Team]:
    """Ten people for each office, made when they are missing; without password: nobody logs in as one of them."""
    return [_team(office) for office in places]


def homes(places: list[Office]) -> list[str]:
    """For each office, one quarter of its arrondissement, as answers name it ("" where none is known)."""
    quarters = Quartier.objects.order_by("arrondissement", "-name")
    first = {quartier.arrondissement_id: quartier.key for quartier in quarters}
    return [first.get(office.arrondissement_id or 0, "") for office in places]


def persons(count: int, places: int, seed: int) -> Iterator[tuple[object, ...]]:
    """Rows (n, office, surname, given names, name, phone, sounds, each of `DERIVED`); `office` is below `places`."""
    chance = Random(seed)  # noqa: S311 - nothing secret is drawn
    everywhere, shares = range(places), list(itertools.islice(itertools.cycle(SHARES), places))
    phone = 0
    for n in range(count):
        surname = _spelling(chance, SURNAMES)
        given = " ".join(_spelling(chance, GIVEN_NAMES) for _ in range(1 + (chance.random() < 0.4)))
        name = f"{given} {surname}"
        # One telephone in ten serves the next person of the house too.
        phone = phone if n and chance.random() < 0.1 else n
        derived = [make(name) for make in DERIVED.values()]
        (office,) = chance.choices(everywhere, shares)
        yield (n, office, surname.upper(), given, name, f"+2290100{phone:06d}", sounds(name), *derived)


def _spelling(chance: Random, names: tuple[tuple[str, ...], ...]) -> str:
    usual, *others = chance.choice(names)
    return usual if chance.random() < USUAL_SPELLING else chance.choice(others)


def _team(office: Office) -> Team:
    chance = Random(office.code)  # noqa: S311 - the same people at each run
    people: dict[Role, list[User]] = {}
    for rank, role in zip(itertools.count(1), TEAM):
        names = {"first_name": chance.choice(GIVEN_NAMES)[0], "last_name": chance.choice(SURNAMES)[0]}
        user, created = User.objects.get_or_create(username=f"{office.code}-agent-{rank}", defaults=names)
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            Posting.objects.create(user=user, office=office, role=role, starts=timezone.localdate())
        people.setdefault(role, []).append(user)
    return Team(office, people[Role.CLERK], people[Role.COUNTER], people[Role.SUPERVISOR][0])
