import signal
import threading

from django.core.management.base import BaseCommand, CommandParser

from arrondissements import outbox


class Command(BaseCommand):
    """Deliver what waits in the outbox until told to stop; `--once` delivers what is due and ends."""

    help = "Envoie ce qui attend dans la boîte d’envoi."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS")

    def handle(self, *, once: bool, every: float, **options: object) -> None:
        stop = threading.Event()
        if not once:
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, lambda *_: stop.set())
        sent = 0
        while not stop.is_set():
            delivered = outbox.deliver_due()
            sent += delivered
            if once and not delivered:
                break
            stop.wait(0 if delivered else every)
        self.stdout.write(f"{sent} messages envoyés")
