"""The command that measures: every figure beside its floor, nothing left behind, nothing of the site touched."""

import json
import os
import subprocess
import sys

import pytest

from portal.bench import NAMES, load, scratch
from portal.bench.results import Result, table
from portal.bench.rounds import in_turns
from tests.real_parts import ROOT, database_url

SMALL = ["--rounds", "1", "--seconds", "0.3", "--documents", "40", "--cases", "300", "--staff", "1"]


def run_bench(*arguments, **environment):
    """The command when it has ended, and the database it may have made on the server of the site."""
    command = [sys.executable, "manage.py", "bench", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, text=True, **pipes) as bench:
        stdout, stderr = bench.communicate()
    return subprocess.CompletedProcess(command, bench.returncode, stdout, stderr), f"bench_{bench.pid}"


def exists(database):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        return cursor.fetchone() is not None


def may_be(ratio, subject, floor):
    """Whether the ratio is that of two medians, each of the three rounded as they are printed."""
    least, most = (subject - 0.005) / (floor + 0.005), (subject + 0.005) / (floor - 0.005)
    return least - 0.0005 <= ratio <= most + 0.0005


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_small_run_measures_everything_beside_its_floor_and_leaves_nothing():
    done, database = run_bench("--json", *SMALL, DATABASE_URL=database_url())
    assert done.returncode == 0, done.stderr
    results = {result["name"]: result for result in json.loads(done.stdout)["results"]}
    assert list(results) == list(NAMES)
    for result in results.values():
        assert result["subject"]["median"] > 0
        assert result["floor"]["median"] > 0.005
        assert may_be(result["ratio"], result["subject"]["median"], result["floor"]["median"])
    assert results["submit"]["facts"]["filed once each"] > 0
    assert results["submit"]["p95_ms"]["median"] > 0
    assert results["names"]["facts"]["found"] > 0
    assert results["case_page"]["limits"]["queries"]["measured"] > 0
    assert set(results["scope"]["limits"]) == {"queue", "search", "case", "figures"}
    assert set(results["dashboard"]["limits"]) == {"ms", "first visit ms"}
    morning = results["morning"]
    assert (morning["facts"]["people"], morning["facts"]["addresses"]) == (13, 13)
    assert morning["limits"]["refused"]["measured"] == 0
    assert morning["limits"]["guesses heard"]["measured"] < 8
    assert not exists(database)


def test_a_benchmark_that_does_not_exist_is_refused_with_the_names_that_do():
    done, _database = run_bench("submitt")
    assert done.returncode != 0
    assert "submitt" in done.stderr
    assert "verify" in done.stderr


def test_without_postgresql_a_sentence_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(scratch, "DEBIAN", tmp_path)
    with (
        pytest.raises(scratch.NoPostgres, match="apt install postgresql"),
        scratch.database({"ENGINE": "django.db.backends.sqlite3"}),
    ):
        pass


def test_the_subject_and_its_floor_take_turns_after_a_round_that_does_not_count():
    told = []
    subject, floor = in_turns(2, lambda: told.append("A") or len(told), lambda: told.append("B") or len(told))
    assert told == ["A", "B"] * 3
    assert (subject, floor) == ([3, 5], [4, 6])


@pytest.mark.parametrize(
    ("at_most", "subject", "reached"),
    [
        (False, [80.0, 90.0, 500.0], True),
        (False, [10.0, 60.0, 500.0], False),
        (True, [80.0], True),
        (True, [120.0], False),
    ],
)
def test_a_target_is_judged_on_the_ratio_of_the_medians(at_most, subject, reached):
    result = Result("x", "u", subject, [100.0, 100.0, 100.0], target=1.1 if at_most else 0.7, at_most=at_most)
    assert result.reached is reached
    assert ("atteinte" in table([result])) is reached


def test_a_connection_that_starts_too_late_still_sends_one(redis_server):
    """The first requests of a loaded machine may come after the time: something is measured all the same."""
    with pytest.raises(load.WrongAnswer, match="/v/"):
        load.drive(redis_server.port, [load.get("/v/")], seconds=0, connections=1, status=200)


def test_an_answer_other_than_the_expected_one_stops_the_measure(redis_server):
    # Redis answers HTTP with an error of its own: a visitor must not count it as a page.
    with pytest.raises(load.WrongAnswer):
        load.drive(redis_server.port, [load.get("/v/")], seconds=1, connections=1, status=200)


def test_what_95_in_100_stay_under_ignores_the_slowest():
    times = [0.010] * 99 + [5.0]
    assert load.Sample(1.0, times).p95_ms == pytest.approx(10, abs=1)
    assert load.Sample(1.0, [0.010] * 90 + [5.0] * 10).p95_ms > 1000


def test_a_figure_with_a_limit_of_its_own_is_printed_with_it_and_judged_by_it():
    kept = Result("x", "ms", [50.0], [5.0], target=None, limits={"ms": (50.0, 60)})
    missed = Result("y", "ms", [50.0], [5.0], target=None, limits={"ms": (50.0, 60), "queries": (13, 12)})
    assert kept.reached
    assert not missed.reached
    shown = table([kept, missed])
    assert "queries 13.0 (≤ 12)" in shown
    assert missed.as_json()["limits"]["queries"] == {"measured": 13, "most": 12}
