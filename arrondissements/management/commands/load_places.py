import csv
import datetime
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from arrondissements import journal
from arrondissements.models import Arrondissement, Office, OfficeKind, OpeningHours, Quartier

DATA = Path(__file__).resolve().parents[2] / "data" / "quartiers.csv"
CENTRAL = [
    ("etat-civil", "Service de l’état civil", "Civil status department", "EC"),
    ("affaires-funeraires", "Service des affaires funéraires", "Funeral affairs department", "SAF"),
    ("domaine-public", "Service du domaine public", "Public space department", "DP"),
    ("secretariat-executif", "Secrétariat exécutif", "Executive secretariat", "SE"),
]
# Décret 2020-577 du 9 décembre 2020: Monday to Friday, 8 h–12 h 30 and 14 h–17 h 30.
HOURS = [(datetime.time(8), datetime.time(12, 30)), (datetime.time(14), datetime.time(17, 30))]
# Close spellings people still use (benin.md §1.3).
ALIASES = {
    (2, "Kpondéhou Tchémè"): ["Kpondéhou Tchémei"],
    (6, "Ahouansori Towéta Kpota"): ["Ahouansori Towéta Kpotaï"],
    (13, "Ahogbohouè-Cité Eucharistie"): ["Ahogbohouè-Cité Eucaristie"],
}


class Command(BaseCommand):
    """Idempotent: what exists is left as the town hall has edited it."""

    help = "Charge les 13 arrondissements, leurs quartiers, les bureaux et les horaires."

    @transaction.atomic
    def handle(self, **options: object) -> None:
        with DATA.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        numbers = sorted({int(row["arrondissement"]) for row in rows})
        before = self._counts()
        Arrondissement.objects.bulk_create([Arrondissement(number=n) for n in numbers], ignore_conflicts=True)
        Quartier.objects.bulk_create([_quartier(row) for row in rows], ignore_conflicts=True)
        Office.objects.bulk_create(_offices(numbers), ignore_conflicts=True)
        if not OpeningHours.objects.filter(office=None).exists():
            OpeningHours.objects.bulk_create(
                OpeningHours(weekday=day, opens=opens, closes=closes) for day in range(5) for opens, closes in HOURS
            )
        if self._counts() != before:
            journal.record("places.loaded", obj="places", by=None, details=self._counts())
        self.stdout.write(
            "{arrondissements} arrondissements, {quartiers} quartiers, {offices} bureaux".format(**self._counts())
        )

    def _counts(self) -> dict[str, int]:
        return {
            "arrondissements": Arrondissement.objects.count(),
            "quartiers": Quartier.objects.count(),
            "offices": Office.objects.count(),
        }


def _quartier(row: dict[str, str]) -> Quartier:
    key = (int(row["arrondissement"]), row["quartier"])
    return Quartier(
        arrondissement_id=key[0],
        name=key[1],
        aliases=ALIASES.get(key, []),
        lists_that_agree=int(row["lists_that_agree"]),
    )


def _offices(numbers: list[int]) -> list[Office]:
    boroughs = [
        Office(
            code=f"arrondissement-{n}",
            kind=OfficeKind.BOROUGH,
            arrondissement_id=n,
            name_fr=f"Bureau du {n}{'er' if n == 1 else 'e'} arrondissement",
            name_en=f"Office of arrondissement {n}",
            short_code=f"A{n:02d}",
        )
        for n in numbers
    ]
    central = [
        Office(code=code, kind=OfficeKind.CENTRAL, name_fr=fr, name_en=en, short_code=short)
        for code, fr, en, short in CENTRAL
    ]
    return boroughs + central
