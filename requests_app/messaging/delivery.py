"""Outbox handlers: the last step, outside any transaction."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from requests_app.messaging import sms


def send_email(payload: dict[str, Any]) -> None:
    """Send {"to", "subject", "body"} through Django's back end; raises what it raises."""
    EmailMessage(payload["subject"], payload["body"], settings.DEFAULT_FROM_EMAIL, [payload["to"]]).send()


def send_sms(payload: dict[str, Any]) -> None:
    """Send {"to", "text"} through the configured carrier; raises what it raises."""
    sms.carrier().send(payload["to"], payload["text"])
