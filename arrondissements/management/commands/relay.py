import signal
import threading

from django.core.management.base import BaseCommand, CommandParser

from arrondissements import chores, outbox


class Command(BaseCommand):
    """Deliver what waits in the outbox and do the chores until told to stop; `--once` does what is due and ends."""

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
            done = delivered or chores.run_due()
            if once and not done:
                break
            stop.wait(0 if done else every)
        self.stdout.write(f"{sent} messages envoyés")
