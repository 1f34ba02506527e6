"""A wrong setting stops the start with one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, with this environment only."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.SITE_BASE_URL)"],
        cwd=ROOT,
        env=clean | {"DJANGO_SETTINGS_MODULE": "portal.settings", "VAR_DIR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_environment_at_all_is_enough(tmp_path):
    done = start(tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "http://127.0.0.1:8000")


def test_the_port_is_part_of_the_address(tmp_path):
    assert start(tmp_path, PORT="8123").stdout.strip() == "http://127.0.0.1:8123"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "huit mille", "a port is a whole number"),
        ("MAP_TILES_URL", "https://tuiles.example.bj/carte.png", "write it like https"),
        ("MAP_TILES_URL", "file:///etc/{z}/{x}/{y}", "write it like https"),
        ("MAP_TILES_URL", "https://{s}.example.bj/{z}/{x}/{y}.png", "write it like https"),
        ("MAP_TILES_URL", "https://tuiles.example.bj/{z}/{x}/{y.__class__}", "write it like https"),
        ("PORT", "70000", "a port is a whole number"),
        ("DEMO", "peut-être", "write 1 (yes) or 0 (no)"),
        ("DATABASE_URL", "mysql://x/y", "is not known here"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all.db", "does not exist"),
        ("SECRET_KEY", "court", "at least 32 characters"),
        ("SITE_BASE_URL", "services.example.bj", "write it like https://"),
        ("SITE_BASE_URL", "https://example.bj/chemin", "without a path"),
        ("SECRET_KEY_FILE", "/nowhere/at/all", "cannot be read"),
        ("EMAIL_URL", "pigeon://x", "write it like smtp://"),
        ("TRUSTED_PROXIES", "-1", "a whole number"),
        ("RELAY", "pigeon", "celery, thread or none"),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence(tmp_path, name, value, sentence):
    done = start(tmp_path, **{name: value})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert name.removesuffix("_FILE") in last
    assert sentence in last


def test_the_demonstration_does_not_open_on_a_real_address(tmp_path):
    done = start(tmp_path, DEMO="1", SITE_BASE_URL="https://services.mairie.example")
    assert "DEMO=1 publishes passwords" in done.stderr.strip().splitlines()[-1]
    assert start(tmp_path, DEMO="1", SITE_BASE_URL="https://demo.mairie.example").returncode == 0


def test_a_secret_is_made_once_kept_and_closed_to_others(tmp_path):
    start(tmp_path)
    secret = tmp_path / "secret_key"
    first = secret.read_text()
    start(tmp_path)
    assert secret.read_text() == first
    assert secret.stat().st_mode & 0o077 == 0
