"""Thirteen offices in memory: the estimate holds, help keeps promises, and the same seed plays the same town."""

import io

import pytest
from django.core.management import CommandError, call_command

from requests_app.promises import simulation

DAYS, SEED = 60, 2


@pytest.fixture(scope="module")
def alone():
    return simulation.play(DAYS, SEED, overflow=False)


def test_what_is_said_at_filing_is_what_it_takes(alone, record_property):
    """Below 20 % for all, and for those that took more than a day, which are the ones hard to guess."""
    record_property("figures", f"estimate at filing: median error {alone.median_error_of_the_long:.1%} beyond a day")
    assert len(alone.errors) == alone.filed > 10_000
    assert alone.median_error < 0.20
    assert len(alone.waited) > 2_000
    assert alone.median_error_of_the_long < 0.20


def test_an_estimate_that_forgets_who_passes_before_is_worse(alone, monkeypatch):
    """Negative control: the arithmetic is what makes it right."""
    monkeypatch.setattr(simulation.estimates, "passing_before", lambda due_in, arrivals: [])
    blind = simulation.play(DAYS, SEED, overflow=False)
    assert blind.kept == alone.kept
    assert blind.median_error_of_the_long > alone.median_error_of_the_long


def test_help_keeps_promises_in_an_uneven_town(alone):
    helped = simulation.play(DAYS, SEED, overflow=True)
    assert helped.filed == alone.filed
    assert (alone.helped, helped.helped > 0) == (0, True)
    assert helped.kept_share > alone.kept_share + 0.05
    assert helped.median_error < 0.20


def test_the_same_seed_plays_the_same_town_and_another_does_not():
    first, again, other = (simulation.play(10, seed, overflow=True) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_the_command_prints_both_and_refuses_nonsense():
    out = io.StringIO()
    call_command("simulate", days=5, seed=3, stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split(" : ")[0] for line in lines[1:]] == ["sans entraide", "avec entraide"]
    with pytest.raises(CommandError):
        call_command("simulate", days=0)
