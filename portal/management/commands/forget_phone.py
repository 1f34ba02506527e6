from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django_otp import devices_for_user

from arrondissements import journal
from arrondissements.models import User


class Command(BaseCommand):
    """For a lost phone and lost recovery codes: the next login enrols again. Written in the journal."""

    help = "Oublie le second facteur d’une personne, qui en crée un nouveau à sa prochaine connexion."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login")
        parser.add_argument("--reason", required=True)

    @transaction.atomic
    def handle(self, *, login: str, reason: str, **options: object) -> None:
        user = User.objects.filter(username=login).first()
        if user is None:
            raise CommandError(f"Personne ne porte l’identifiant « {login} ».")
        for device in devices_for_user(user, confirmed=None):
            device.delete()
        journal.record("staff.phone_forgotten", obj=f"user:{user.pk}", by=None, reason=reason)
        self.stdout.write(f"{login} créera un nouveau second facteur à sa prochaine connexion.")
