"""What the portal must reach, at full size: `pytest -m benchmark`, alone on its machine."""

import json
import os
import subprocess
import sys

import pytest

from portal.bench import NAMES
from tests.real_parts import ROOT

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def measured():
    """One full run (a few minutes), on a database of its own."""
    bench = [sys.executable, "manage.py", "bench", "--json"]
    done = subprocess.run(bench, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {result["name"]: result for result in json.loads(done.stdout)["results"]}


@pytest.mark.parametrize("name", NAMES)
def test_the_target_is_reached(measured, name):
    assert measured[name]["reached"], measured[name]
