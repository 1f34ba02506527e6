"""What happened to a case, as its applicant reads it: the acts of the journal, in the words of the table of states."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arrondissements import journal
from arrondissements.models import JournalEntry
from requests_app.models import ServiceRequest
from requests_app.states import TRANSITIONS

ACTS: dict[str, str | Promise] = {f"case.{act}": transition.label for act, transition in TRANSITIONS.items()}
ACTS["case.give_opinion"] = _("Avis reçu")
ACTS["case.apology"] = _("La promesse n’a pas été tenue : le bureau s’est excusé")
ACTS["case.help_accepted"] = _("Un autre bureau aide à instruire la demande")
ACTS["case.help_returned"] = _("La demande est revenue au bureau compétent")
# The only acts whose office tells the citizen something.
WITH_OFFICE = {"case.submit", "case.transfer", "case.help_accepted"}


def history_of(case: ServiceRequest) -> list[dict[str, Any]]:
    """`{when, label, note}` for each act on this case, newest first; nobody of the staff is named. 1 query."""
    lines = JournalEntry.objects.filter(chain=journal.ACTS, obj=case.obj, act__in=ACTS).select_related("office")
    return [
        {
            "when": line.at,
            "label": ACTS[line.act],
            "note": str(line.office) if line.office and line.act in WITH_OFFICE else "",
        }
        for line in lines.order_by("-seq")
    ]
