"""What people do with the paper itself: receive it, read it, scan its square, ask whether it stands."""

import json
import re
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.real_parts import LiveSite

PATIENCE = 60.0


def downloaded(page: Page, folder: Path) -> Path:
    """The document of the request that is open, once it is ready."""
    link, deadline = page.get_by_role("link", name="Télécharger le document"), time.monotonic() + PATIENCE
    while link.count() == 0 and time.monotonic() < deadline:
        page.reload()
    with page.expect_download() as download:
        link.click()
    paper = folder / "document.pdf"
    download.value.save_as(paper)
    return paper


def words(paper: Path) -> str:
    """Its text on one line."""
    read = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s+", " ", read.stdout)


def scan(paper: Path, folder: Path) -> str:
    """What an ordinary scanner reads on the printed page (150 dots per inch)."""
    subprocess.run(["pdftoppm", "-r", "150", "-png", paper, folder / "page"], check=True)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *sorted(folder.glob("page*.png"))],
        capture_output=True,
        text=True,
        check=True,
    )
    return read.stdout.strip()


def verify(site: LiveSite, code: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{site.url}/v/{code}", headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Cache-Control"].startswith("no-store") or "no-store" in answer.headers["Cache-Control"]
        return json.load(answer)
