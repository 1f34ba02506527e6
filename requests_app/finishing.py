"""After the commit of a signature: make the file, then tell that it is ready."""

from typing import Any

from civil_status.documents import rendering
from civil_status.documents.models import IssuedDocument
from requests_app import workflow
from requests_app.models import ServiceRequest


def finish(payload: dict[str, Any]) -> None:
    """Outbox handler {"case": id}: an existing file is left alone, a ready case too."""
    case = ServiceRequest.objects.select_related("version__service", "office").get(pk=payload["case"])
    rendering.render(IssuedDocument.objects.get(case=case))
    workflow.make_ready(case)
