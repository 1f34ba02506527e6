"""The life of a request as a table: from, to, by whom, how the act is called.

`workflow` reads it and is the only writer of the state; templates read the labels.
"""

from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a request stands; staff and citizens read the same word."""

    DRAFT = "DRAFT", _("brouillon")
    SUBMITTED = "SUBMITTED", _("déposée")
    UNDER_REVIEW = "UNDER_REVIEW", _("en instruction")
    NEEDS_INFORMATION = "NEEDS_INFORMATION", _("complément demandé")
    ACCEPTED = "ACCEPTED", _("acceptée")
    READY = "READY", _("prête")
    DELIVERED = "DELIVERED", _("remise")
    REJECTED = "REJECTED", _("refusée")
    CLOSED = "CLOSED", _("classée")
    WITHDRAWN = "WITHDRAWN", _("retirée")


OPEN_STATES = [
    State.SUBMITTED,
    State.UNDER_REVIEW,
    State.NEEDS_INFORMATION,
    State.ACCEPTED,
]
# The office holds the case; the clock of the promise runs (it stops while the citizen is asked).
WITH_THE_OFFICE = [State.SUBMITTED, State.UNDER_REVIEW, State.ACCEPTED]
# What the queue of an office counts: on its desk, waiting for the citizen, waiting to be fetched.
HELD_STATES = [*WITH_THE_OFFICE, State.NEEDS_INFORMATION, State.READY]
FINAL_STATES = [State.DELIVERED, State.REJECTED, State.CLOSED, State.WITHDRAWN]


class Actor(models.TextChoices):
    """Who performs an act."""

    APPLICANT = "APPLICANT", _("demandeur")
    STAFF = "STAFF", _("agent du bureau")
    SIGNATORY = "SIGNATORY", _("signataire")
    SYSTEM = "SYSTEM", _("système")


class Transition(NamedTuple):
    """One allowed move; `sources == (target,)` is an act that leaves the state as it is."""

    act: str
    sources: tuple[State, ...]
    target: State
    who: Actor
    label: str | Promise


TRANSITIONS: dict[str, Transition] = {
    t.act: t
    for t in [
        Transition("submit", (State.DRAFT,), State.SUBMITTED, Actor.APPLICANT, _("Demande déposée")),
        Transition("take", (State.SUBMITTED,), State.UNDER_REVIEW, Actor.STAFF, _("Demande prise en charge")),
        Transition(
            "ask_information",
            (State.UNDER_REVIEW,),
            State.NEEDS_INFORMATION,
            Actor.STAFF,
            _("Complément demandé"),
        ),
        Transition("ask_opinion", (State.UNDER_REVIEW,), State.UNDER_REVIEW, Actor.STAFF, _("Avis demandé")),
        Transition("answer", (State.NEEDS_INFORMATION,), State.UNDER_REVIEW, Actor.APPLICANT, _("Complément reçu")),
        Transition("accept", (State.UNDER_REVIEW,), State.ACCEPTED, Actor.STAFF, _("Demande acceptée")),
        Transition("reject", (State.UNDER_REVIEW,), State.REJECTED, Actor.STAFF, _("Demande refusée")),
        Transition(
            "transfer",
            (State.SUBMITTED, State.UNDER_REVIEW),
            State.SUBMITTED,
            Actor.STAFF,
            _("Demande transmise à un autre bureau"),
        ),
        Transition("issue", (State.ACCEPTED,), State.ACCEPTED, Actor.SIGNATORY, _("Document signé")),
        Transition(
            "return_to_clerk", (State.ACCEPTED,), State.UNDER_REVIEW, Actor.SIGNATORY, _("Renvoyée à l’instruction")
        ),
        Transition("make_ready", (State.ACCEPTED,), State.READY, Actor.SYSTEM, _("Document prêt")),
        Transition("complete", (State.ACCEPTED,), State.READY, Actor.STAFF, _("Dossier prêt")),
        Transition("deliver", (State.READY,), State.DELIVERED, Actor.STAFF, _("Document remis au guichet")),
        Transition("download", (State.READY,), State.DELIVERED, Actor.APPLICANT, _("Document téléchargé")),
        Transition(
            "withdraw",
            (State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_INFORMATION),
            State.WITHDRAWN,
            Actor.APPLICANT,
            _("Demande retirée par le demandeur"),
        ),
        Transition("close", (State.NEEDS_INFORMATION,), State.CLOSED, Actor.STAFF, _("Demande classée sans suite")),
        Transition(
            "close_duplicate",
            (State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_INFORMATION),
            State.CLOSED,
            Actor.STAFF,
            _("Demande classée : déjà déposée sous un autre numéro"),
        ),
    ]
}
