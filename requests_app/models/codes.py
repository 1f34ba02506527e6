"""The one-time codes that open cases."""

import datetime

from django.db import models
from django.utils import timezone

from requests_app.models.case import ServiceRequest


class OneTimeCode(models.Model):
    """A code and its limits on one row, so that asking again never resets the count of tries."""

    LIFETIME = datetime.timedelta(minutes=10)
    WINDOW = datetime.timedelta(hours=1)
    MOST_TRIES = 5
    MOST_SENDS = 3

    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    window_from = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class TrackingCode(OneTimeCode):
    """The code that opens one case."""

    case = models.OneToOneField(ServiceRequest, models.CASCADE, primary_key=True, related_name="tracking_code")


class PhoneCode(OneTimeCode):
    """The code that proves who holds a phone (+229…): for all its requests, or to let a relay agent file."""

    phone = models.CharField(max_length=16, primary_key=True)
