"""What every test may use, and the figures that tests print."""

from typing import Any

pytest_plugins = ["tests.real_parts", "tests.antivirus", "tests.cast"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests measured (`record_property("figures", …)`), where whoever reads the run sees it."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    figures = [words for report in reports for name, words in report.user_properties if name == "figures"]
    if figures:
        terminalreporter.section("figures")
        for words in figures:
            terminalreporter.write_line(words)
