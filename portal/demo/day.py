"""An ordinary day at the desks: requests in every state, made by the acts themselves."""

from arrondissements import outbox
from arrondissements.models import User
from portal.demo import cases
from requests_app import workflow
from requests_app.catalogue.models import RejectionMotive
from requests_app.models import Channel, ServiceRequest
from requests_app.states import State


def live() -> None:
    """File, instruct, sign and reject; nothing is done when requests already exist."""
    if ServiceRequest.objects.exclude(state=State.DRAFT).exists():
        return
    people = {user.username: user for user in User.objects.all()}
    sena, rekia, koffi, anselme = (people[login] for login in ("sena", "rekia", "koffi", "anselme"))
    _issued(cases.LIFE, clerk=sena, signatory=rekia)
    _issued(cases.STALL, clerk=people["moussa"], signatory=anselme)
    _accepted(cases.BURIAL, clerk=koffi)
    cases.file(cases.STUB)
    cases.file(cases.STUB, days_ago=12, record_number="402", given_names="Ablawa", phone="+2290195000013")
    cases.file(cases.LIFE, days_ago=2, channel=Channel.COUNTER, given_names="Yao", phone="+2290195000014")
    cases.file(cases.LIFE, given_names="Romuald", phone="+2290195000015", residence="5:Gbéto")
    cases.file(cases.PLOT)
    _asked(sena)
    _rejected(sena)
    while outbox.deliver_due():
        pass


def _accepted(example: cases.Filing, *, clerk: User, **options: object) -> ServiceRequest:
    case = cases.file(example, **options)
    workflow.take(case, by=clerk)
    workflow.accept(case, by=clerk)
    return case


def _issued(example: cases.Filing, *, clerk: User, signatory: User) -> ServiceRequest:
    case = _accepted(example, clerk=clerk)
    workflow.issue(case, by=signatory)
    return case


def _asked(clerk: User) -> None:
    case = cases.file(cases.LIFE, days_ago=3, given_names="Bénédicta", phone="+2290195000016")
    workflow.take(case, by=clerk)
    workflow.ask_information(
        case,
        by=clerk,
        fields=["birth_place"],
        pieces=["identity"],
        message="La photo de la pièce d’identité est floue. Reprenez-la, et vérifiez le lieu de naissance.",
    )


def _rejected(clerk: User) -> None:
    case = cases.file(cases.STUB, days_ago=6, record_number="77", given_names="Prosper", phone="+2290195000017")
    workflow.take(case, by=clerk)
    motive = RejectionMotive.objects.filter(is_active=True).order_by("code").first()
    if motive is not None:
        workflow.reject(case, by=clerk, motive=motive)
