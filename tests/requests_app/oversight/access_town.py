"""The town of the access matrix: one object of each kind in the first office, and everybody who might want it.

Nothing here is a number out of the air: whatever an address names is there, so that 404 says "not yours".
"""

import datetime
import time
import uuid
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from arrondissements.models import (
    Absence,
    Delegation,
    LocalHoliday,
    Office,
    OfficeClosure,
    Outage,
    OutboxMessage,
    OutboxState,
    Posting,
    RelayAgent,
    Role,
    User,
)
from civil_status.documents import document_codes
from civil_status.documents.rendering import write_whole
from portal.demo import cases as examples
from portal.models import Notice
from requests_app import access, filing, phone_session, relaying, trials, workflow
from requests_app.catalogue.builder import acts as builder
from requests_app.catalogue.models import RejectionMotive, Restriction, Service
from requests_app.catalogue.publishing import definition_of, publish_definition, trial_version
from requests_app.dossier import likeness
from requests_app.evidence import arriving, pages
from requests_app.experts import asking, shared
from requests_app.models import (
    Anomaly,
    BatchAct,
    CaseLabel,
    Channel,
    Evidence,
    InformationRequest,
    Label,
    Purpose,
    SavedView,
    ServiceRequest,
    Ticket,
    TicketState,
)
from requests_app.promises import helping
from requests_app.states import State
from requests_app.teamwork import batches
from requests_app.walk_ins import handing, slips, tickets
from tests.cast import SINCE, TOTP_KEY, totp
from tests.requests_app.desk import drawn_signature

# Stands for the six digits that the phone shows when the form is sent.
CODE_NOW = "CODE_NOW"
LIFE, FIRST = "certificat-vie", "arrondissement-1"
OWNER, STRANGER = "+2290196000002", "+2290196000099"
STATES = [state for state in State if state != State.DRAFT]
UNSIGNED = "ACCEPTED, sans document"
BASIS = {"fr": "À confirmer par la mairie.", "en": "To be confirmed by the town hall."}
# In the order of the columns; the objects are those of the first arrondissement.
PEOPLE = {
    "nobody": "anonyme", "owner": "citoyen", "stranger": "autre cit.", "half": "sans code", "gaston": "relais",
    "fifame": "accueil", "sena": "instruct.", "rekia": "officier", "mahugnon": "chef", "delegate": "délégué",
    "secretary": "secrét.", "ablawa": "auditeur", "codjo": "instr. 5e", "afiavi": "officier 5e", "gilles": "chef 5e",
    "ines": "éditrice", "viviane": "conceptr.", "root": "superut.",
}  # fmt: skip


@dataclass
class Town:
    """`cases`: one of each state; `names`: what addresses name; `posts`: what forms send; `clients`: the browsers."""

    cast: SimpleNamespace
    cases: dict[str, ServiceRequest]
    names: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)


def built(cast: SimpleNamespace, filed_case: Any, signed_in: Any) -> Town:
    """Everything, in the order in which a day brings it."""
    _more_people(cast)
    _life_may_be_helped()
    town = Town(cast, {state: _case(filed_case, cast, state) for state in STATES})
    town.cases[UNSIGNED] = _unsigned(filed_case)
    label = Label.objects.create(name="À suivre", office=cast.first)
    CaseLabel.objects.bulk_create(
        CaseLabel(case=case, label=label, by=cast.sena) for case in town.cases.values() if case.office == cast.first
    )
    for case in town.cases.values():
        _attach_pdf(case)
    _name_things(town, filed_case, label)
    _say_what_is_posted(town, label)
    _open_browsers(town, signed_in)
    return town


def as_sent(posted: dict[str, Any]) -> dict[str, Any]:
    """What a form sends now."""
    digits = f"{totp(TOTP_KEY):06d}"
    return {name: digits if value == CODE_NOW else value for name, value in posted.items()}


def of_case(town: Town, case: ServiceRequest) -> dict[str, Any]:
    """What the address of a page of `case` names."""
    piece = case.evidence.get(piece="deed")
    return {
        "reference": case.reference,
        "pk": piece.pk,
        "other": town.names["other"]["reference"],
        "key": "birth_place",
        "number": 1,
        "item": 1,
    }


def _attach_pdf(case: ServiceRequest) -> None:
    """A PDF whose page is drawn already: how it is drawn is tried elsewhere."""
    deed = Evidence(case=case, piece="deed", original_name="acte.pdf", media_type="application/pdf", size=1)
    deed.file.save("acte.pdf", ContentFile(b"%PDF"), save=True)
    write_whole(deed.file.storage, pages.page_name(deed, 1), b"jpeg")


def _more_people(cast: SimpleNamespace) -> None:
    city = Office.objects.get(code="secretariat-executif")
    for login, role, office in (("ablawa", Role.AUDITOR, city), ("gilles", Role.SUPERVISOR, cast.fifth)):
        setattr(cast, login, User.objects.create_user(login, password="mot-de-passe-de-test"))
        Posting.objects.create(user=getattr(cast, login), office=office, role=role, starts=SINCE)
    for login in ("delegate", "gaston", "viviane"):
        setattr(cast, login, User.objects.create_user(login, password="mot-de-passe-de-test"))
    cast.root = User.objects.create_superuser("root", password="mot-de-passe-de-test")
    Delegation.objects.create(
        delegate=cast.delegate, role=Role.REGISTRAR, office=cast.first, act_number="1", signed_on=SINCE, starts=SINCE
    )
    RelayAgent.objects.create(user=cast.gaston, number="RA-1", place="Quartier", fee_ceiling=500, starts=SINCE)
    cast.ines.groups.set(Group.objects.filter(name__in=("Moderators", "Rédacteurs")))
    cast.viviane.groups.set(Group.objects.filter(name="Concepteurs de démarches"))


def _life_may_be_helped() -> None:
    service = Service.objects.select_related("current").get(slug=LIFE)
    flow = {"overflow": {"basis": BASIS, "after_days": 0}}
    publish_definition(service, definition_of(service.current) | {"flow": flow})


def _case(filed_case: Any, cast: SimpleNamespace, state: State) -> ServiceRequest:
    """A request of Awa's in `state`, brought there by the acts themselves."""
    surname = f"Nom {'abcdefghi'[STATES.index(state)]}"
    if state in (State.REJECTED, State.CLOSED, State.WITHDRAWN):
        before = State.NEEDS_INFORMATION if state == State.CLOSED else State.UNDER_REVIEW
        case = filed_case(state=before, surname=surname, phone=OWNER)
        if state == State.REJECTED:
            workflow.reject(case, by=cast.sena, motive=RejectionMotive.objects.first())
        elif state == State.CLOSED:
            workflow.close(case, by=cast.sena, reason="Sans réponse.")
        else:
            workflow.withdraw(case)
    else:
        case = filed_case(state=state, surname=surname, phone=OWNER)
    return fresh(case)


def _unsigned(filed_case: Any) -> ServiceRequest:
    """An accepted request of the first office whose service prepares a file and signs no document."""
    service = Service.objects.select_related("current").get(slug=LIFE)
    definition = definition_of(service.current)
    publish_definition(
        service, definition | {"mode": "PREPARED_HERE", "signatory_role": "", "document": {}, "document_template": ""}
    )
    case = filed_case(state=State.ACCEPTED, surname="Nom sans papier", phone=OWNER)
    publish_definition(service, definition)
    return fresh(case)


def fresh(case: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.select_related("version__service", "office", "document").get(pk=case.pk)


def _name_things(town: Town, filed_case: Any, label: Label) -> None:
    cast, today = town.cast, timezone.localdate()
    lying = filed_case(surname="Autre", phone=OWNER)
    ServiceRequest.objects.filter(pk=lying.pk).update(channel=Channel.COUNTER, filed_by=cast.sena)
    handed = fresh(filed_case(state=State.READY, surname="Remis", phone=OWNER))
    proof = handing.Proof("", drawn_signature(), None)
    handing.hand_over(handed, by=cast.fifame, recipient="Awa", identity="CIP", proof=proof)
    likeness.judge(town.cases[State.UNDER_REVIEW], fresh(lying), by=cast.sena, same=True)
    offered, helped, consulted, told = [filed_case(surname=f"Aide {letter}", phone=OWNER) for letter in "abcd"]
    offer = helping.offer(fresh(offered), to=cast.fifth, by=cast.mahugnon)
    help_given = helping.offer(fresh(helped), to=cast.fifth, by=cast.mahugnon)
    helping.accept(help_given, by=cast.codjo)
    workflow.take(consulted, by=cast.sena)
    workflow.ask_opinion(consulted, by=cast.sena, office=cast.fifth, question="Connu ?", days=3, required=True)
    asked = consulted.opinions.get()
    workflow.take(told, by=cast.sena)
    kept = shared.as_kept([f"file:{told.evidence.get(piece='identity').pk}"], identity=False)
    expert = asking.ask(fresh(told), by=cast.sena, name="Dr Z.", email="z@example.org", question="Sain ?", shared=kept)
    draft = examples.draft(examples.LIFE, phone=OWNER)
    upload = arriving.begin(draft, "identity", name="a.jpg", length=1000)
    kept_by_relay = relaying.begin(
        Service.objects.select_related("current").get(slug=LIFE), by=cast.gaston, language="fr", phone=OWNER
    )
    _answer_all(kept_by_relay)
    service = Service.objects.select_related("current").get(slug=LIFE)
    essay = trial_version(service, definition_of(service.current) | {"processing_days": 3}, by=cast.viviane)
    answering = town.cases[State.NEEDS_INFORMATION]
    question = InformationRequest.objects.get(case=answering)
    half_answer = arriving.begin(answering, "identity", name="b.jpg", length=1000)
    ticket = tickets.take(cast.first, Purpose.ASK)
    tickets.take(cast.first, Purpose.ASK)
    for window, clerk in enumerate((cast.fifame, cast.sena, cast.rekia, cast.mahugnon, cast.root), start=3):
        called = {"state": TicketState.CALLED, "called_by": clerk, "called_at": timezone.now()}
        Ticket.objects.create(office=cast.first, number=window, window="1", **called)
    slip, *_others = slips.print_batch(cast.first, 2, by=cast.mahugnon)
    seen = fresh(lying).updated_at.isoformat()
    batch = batches.order(BatchAct.TAKE, [(lying.pk, seen)], by=cast.sena, office=cast.first)
    signed = town.cases[State.READY]
    starts = {"starts": today + datetime.timedelta(days=5), "ends": today + datetime.timedelta(days=6)}
    absence = Absence.objects.create(user=cast.other_clerk, noted_by=cast.mahugnon, **starts)
    outage = Outage.objects.create(office=cast.first, noted_by=cast.mahugnon)
    anomaly = Anomaly.objects.create(kind="VOLUME", day=SINCE, office=cast.first, person=cast.sena, key="k")
    given_up = OutboxMessage.objects.create(kind="email", key="k", payload={}, state=OutboxState.GIVEN_UP)
    view = SavedView.objects.create(user=cast.sena, name="Les miennes", query="group=LATE")
    notice = Notice.objects.create(text="Fermé")
    editing = builder.open_draft(service)
    LocalHoliday.objects.create(day=today, name="Fête", is_open=True)
    OfficeClosure.objects.create(office=cast.fifth, starts=SINCE, ends=SINCE, reason="Travaux")
    Restriction.objects.create(service=service, office=cast.fifth, starts=SINCE, ends=SINCE)
    trial = access.triable(cast.viviane, essay.pk)
    pk = {"pk": signed.document_id}
    town.names |= {
        "": {"office": FIRST, "slug": LIFE, "number": 1, "kind": "csv", "act": "servi", "token": draft.token},
        "other": {"reference": lying.reference},
        "requests": {"reference": town.cases[State.UNDER_REVIEW].reference},
        "requests:answer": {"reference": answering.reference},
        "requests:case-uploads": {"reference": answering.reference},
        "requests:evidence-file": {"pk": town.cases[State.UNDER_REVIEW].evidence.first().pk},
        "requests:download": {"reference": signed.reference}, "requests:replace": {"reference": signed.reference},
        "desk:hand-over-signature": {"reference": handed.reference},
        "desk:revoke": pk, "desk:document": pk,
        "desk:batch": {"pk": batch.pk}, "desk:batch-refused": {"pk": batch.pk},
        "desk:filed": {"reference": lying.reference}, "desk:ticket": {"reference": lying.reference},
        "desk:slip": {"code": slip.code},
        "desk:give-opinion": {"pk": asked.pk}, "desk:drop-opinion": {"pk": asked.pk},
        "desk:prolong-expert": {"pk": expert.pk}, "desk:call-off-expert": {"pk": expert.pk},
        "desk:end-outage": {"pk": outage.pk},
        "desk:accept-help": {"pk": offer.pk}, "desk:give-back": {"pk": help_given.pk},
        "desk:retry": {"pk": given_up.pk},
        "desk:rename-view": {"pk": view.pk}, "desk:erase-view": {"pk": view.pk},
        "desk:change-label": {"pk": label.pk}, "desk:remove-label": {"pk": label.pk},
        "desk:cancel-absence": {"pk": absence.pk}, "desk:anomaly": {"pk": anomaly.pk},
        "hall:kiosk": {"key": tickets.kiosk_key(cast.first)},
        "hall:given": {"key": tickets.kiosk_key(cast.first), "number": ticket.number},
        "relay:consent": {"token": kept_by_relay.token},
        "experts:opinion": {"token": expert.token},
        "experts:file": {"token": expert.token, "pk": told.evidence.get(piece="identity").pk},
        "documents:verify": {"code": document_codes.shown(document_codes.unlock(signed.document.code_locked))},
        "requests:trial": {"pk": trial.pk},
        "requests:follow-trial": {"token": _filed_trial(essay, cast).token},
        "requests:paper": {"number": service.current.number},
        "requests:blank-form-version": {"number": service.current.number},
        "requests:draft-file": {"pk": draft.evidence.first().pk},
        "requests:draft-upload": {"pk": upload.pk},
        "requests:receipt": {"token": lying.token}, "requests:slip": {"token": lying.token},
        "requests:correct": {"token": question.token}, "requests:corrected-uploads": {"token": question.token},
        "requests:corrected-file": {"token": question.token, "pk": answering.evidence.first().pk},
        "requests:corrected-upload": {"token": question.token, "pk": half_answer.pk},
        "requests:case-upload": {"reference": answering.reference, "pk": half_answer.pk},
        "wagtailsnippets_portal_notice": {"pk": notice.pk},
        "wagtailsnippets_builder_servicedraft": {"pk": editing.pk},
        "wagtail_serve": {"path": ""},
    }  # fmt: skip


def _filed_trial(essay: Any, cast: SimpleNamespace) -> ServiceRequest:
    """A trial of the designer's, filled in and sent."""
    case = trials.start(essay, language="fr", by=cast.viviane)
    _answer_all(case)
    return workflow.submit(case)


def _answer_all(case: ServiceRequest) -> None:
    answers = examples.LIFE.all_answers()
    for index, step in enumerate(case.version.steps):
        filing.save_step(case, index, {one["key"]: answers.get(one["key"]) for one in step["fields"]})
    filing.save_contact(case, name="Awa Dossou", phone=OWNER)
    filing.attach(case, "identity", examples.picture("carte.jpg", "carte"))


def _say_what_is_posted(town: Town, label: Label) -> None:
    cast, today = town.cast, timezone.localdate()
    town.posts |= {
        "desk:reject": {"motive": RejectionMotive.objects.first().pk},
        "desk:ask-information": {"wrong-birth_place": "on", "own-birth_place": "Lieu illisible."},
        "desk:ask-opinion": {"office": cast.fifth.pk, "question": "Connu ?", "days": 3},
        "desk:transfer": {"to": cast.fifth.pk, "reason": "Elle habite le 5e."},
        "desk:return-to-clerk": {"reason": "Prénom à revoir."},
        "desk:deliver": {"recipient": "Awa Dossou", "identity": "CIP", "signature_drawn": drawn_signature()},
        "desk:close": {"reason": "Sans réponse."},
        "desk:open": {"reason": "check"},
        "desk:note": {"body": "À revoir lundi."},
        "desk:amend": {"birth_place": "Ouidah", "amended_because": "L’acte le dit.", "confirm": "1"},
        "desk:judge-duplicate": {"same": "0"},
        "desk:offer-help": {"to": cast.fifth.pk},
        "desk:write": {"body": "Bonjour."},
        "desk:put-label": {"label": Label.objects.create(name="Urgent", office=cast.first).pk},
        "desk:ask-expert": {"name": "Dr Z.", "email": "z@example.org", "question": "Sain ?", "days": 3},
        "desk:give": {"to": cast.other_clerk.pk, "reason": "Elle connaît ce dossier."},
        "desk:unassign": {"reason": "Je suis absente demain."},
        "desk:issue": {"code": CODE_NOW},
        "desk:give-opinion": {"favourable": "yes"},
        "desk:drop-opinion": {"reason": "Sans objet."},
        "desk:prolong-expert": {"days": 3},
        "desk:revoke": {"reason": "ERROR", "note": "Nom faux."},
        "desk:office-now": {"office": FIRST, "kind": "NETWORK"},
        "desk:give-back": {"reason": "Trop chargé."},
        "desk:create-label": {"name": "Nouvelle", "tone": "NEUTRAL"},
        "desk:change-label": {"name": "Autre nom", "tone": "NEUTRAL"},
        "desk:rename-view": {"name": "Autre nom"},
        "desk:keep-view": {"name": "Ma vue", "query": "group=LATE"},
        "desk:call-ticket": {"window": "2"},
        "desk:slips": {"count": 2},
        "desk:slip": {"state": "SPOILED", "note": "Taché."},
        "desk:order": {
            "act": "take", "confirmed": "1", "key": str(uuid.uuid4()), "case": [town.cases[State.SUBMITTED].reference],
        },
        "desk:sign-batch": {"case": [town.cases[State.ACCEPTED].reference]},
        "desk:team": {
            "user": cast.sena.pk, "starts": today.isoformat(), "ends": today.isoformat(), "reason": "LEAVE",
        },
        "desk:anomaly": {"state": "DISMISSED", "note": "Expliqué."},
        "hall:kiosk": {"raison": "ASK"},
        **{
            f"desk:end-ticket {login}": {"ticket": Ticket.objects.get(called_by=getattr(cast, login)).pk}
            for login in ("fifame", "sena", "rekia", "mahugnon")
        },
        "requests:withdraw": {"confirm": "on"},
        "requests:submit": {"declaration": "on"},
        "requests:write": {"body": "Bonjour."},
        "experts:opinion": {"favourable": "yes", "body": "Sain."},
    }  # fmt: skip


def _open_browsers(town: Town, signed_in: Any) -> None:
    for login in PEOPLE:
        if login in ("nobody", "owner", "stranger"):
            client = Client()
        elif login == "half":
            client = Client()
            client.force_login(town.cast.sena, backend="django.contrib.auth.backends.ModelBackend")
        else:
            client = signed_in(getattr(town.cast, login))
        if login in ("owner", "stranger"):
            session = client.session
            session[phone_session.VERIFIED] = [OWNER if login == "owner" else STRANGER, int(time.time())]
            session.save()
            client.cookies["sessionid"] = session.session_key
        town.clients[login], town.cookies[login] = client, SimpleCookie(client.cookies.output(header="", sep="\n"))
