"""What every test may use, and the figures that tests print."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

pytest_plugins = ["tests.real_parts", "tests.antivirus", "tests.cast"]


@pytest.fixture(autouse=True)
def _in_the_language_of_the_site() -> Iterator[None]:
    """A page asked for in English leaves its thread in English: the next test begins as a new thread does."""
    translation.deactivate()
    yield
    translation.deactivate()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests measured (`record_property("figures", …)`), where whoever reads the run sees it."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    figures = [words for report in reports for name, words in report.user_properties if name == "figures"]
    if figures:
        terminalreporter.section("figures")
        for words in figures:
            terminalreporter.write_line(words)
