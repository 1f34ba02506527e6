"""When a service may be begun and filed: retired, closed, full; each with its message, each with its near miss."""

import datetime

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

from requests_app.catalogue import opening
from requests_app.catalogue.models import Per, Restriction, Service

DAY = datetime.date(2026, 12, 15)
ONE = datetime.timedelta(days=1)
FIRST, FIFTH = 1, 5


def closure(**options):
    return Restriction(**({"starts": DAY, "message_fr": "Fermé.", "message_en": "Closed."} | options))


def cap(most, **options):
    return closure(cap=most, message_fr="Complet.", message_en="Full.", **options)


def begin(*restrictions, service=None, day=DAY, taken=0):
    return opening.why_not_begin(service or Service(), restrictions, day, lambda rule: taken)


def file(*restrictions, office=FIRST, day=DAY, taken=0):
    return opening.why_not_file(restrictions, office, day, lambda rule: taken)


def retired(on):
    return Service(retired_on=on, retired_message_i18n={"fr": "Voyez l’ANIP.", "en": "See the ANIP."})


def test_an_open_service_is_begun_and_filed():
    assert (begin(), file()) == ("", "")


def test_a_retired_service_is_begun_on_its_last_day_and_not_after():
    assert begin(service=retired(DAY)) == ""
    assert begin(service=retired(DAY - ONE)) == "Voyez l’ANIP."
    with override("en"):
        assert begin(service=retired(DAY - ONE)) == "See the ANIP."


def test_a_service_that_will_stop_says_so_beforehand():
    [notice] = opening.notices(retired(DAY + ONE), [], DAY, lambda rule: 0)
    until = date_format(DAY + ONE, "j F Y")
    assert (notice.words, notice.stops) == (
        f"Cette démarche se commence jusqu’au {until}. Ensuite : Voyez l’ANIP.",
        False,
    )


@pytest.mark.parametrize(
    ("starts", "ends", "closed"),
    [
        (DAY, None, True),
        (DAY, DAY, True),
        (DAY - ONE, DAY, True),
        (DAY + ONE, None, False),
        (DAY - 2 * ONE, DAY - ONE, False),
    ],
)
def test_a_closure_holds_from_its_first_to_its_last_day(starts, ends, closed):
    rule = closure(starts=starts, ends=ends)
    assert (begin(rule), file(rule)) == (("Fermé.", "Fermé.") if closed else ("", ""))


def test_the_closure_of_one_office_stops_only_what_goes_there():
    rule = closure(office_id=FIRST)
    assert begin(rule) == ""
    assert file(rule, office=FIRST) == "Fermé."
    assert file(rule, office=FIFTH) == ""


def test_a_cap_lets_in_as_many_as_it_says():
    assert file(cap(3), taken=2) == ""
    assert file(cap(3), taken=3) == "Complet."
    assert file(cap(0), taken=0) == "Complet."


def test_a_full_day_still_lets_one_prepare_and_a_full_period_does_not():
    assert begin(cap(3, per=Per.DAY), taken=3) == ""
    assert begin(cap(3, per=Per.PERIOD), taken=3) == "Complet."
    assert begin(cap(3, per=Per.PERIOD, office_id=FIRST), taken=3) == ""


def test_a_closure_is_said_before_a_cap():
    assert file(cap(0), closure(starts=DAY - ONE)) == "Fermé."


def test_what_stops_is_said_alone_and_what_is_closed_elsewhere_is_told():
    told = opening.notices(Service(), [cap(5), closure()], DAY, lambda rule: 5)
    assert told == [opening.Notice("Fermé.", stops=True)]
    assert opening.notices(Service(), [cap(5)], DAY, lambda rule: 5) == [opening.Notice("Complet.", stops=False)]
    assert opening.notices(Service(), [cap(5)], DAY, lambda rule: 4) == []


def test_a_cap_counts_the_day_or_the_whole_period():
    assert opening.counted_days(cap(1, per=Per.DAY, starts=DAY - ONE), DAY) == (DAY, DAY)
    assert opening.counted_days(cap(1, per=Per.PERIOD, starts=DAY - ONE), DAY) == (DAY - ONE, DAY)
