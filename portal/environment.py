"""Reading the environment: typed, and a wrong value stops the start with one sentence."""

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on", "oui"}
FALSE = {"0", "false", "no", "off", "non", ""}
DATABASE_SCHEMES = {"sqlite", "postgres", "postgresql"}


class Environment:
    """Typed readers of `os.environ`; each also accepts NAME_FILE (a file holding the value)."""

    def text(self, name: str, *, default: str = "") -> str:
        """The value of `name`, or the content of the file named by `name`_FILE."""
        file = os.environ.get(f"{name}_FILE")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{name}_FILE={file}: this file cannot be read ({error.strerror})."
                ) from error
        return os.environ.get(name, default)

    def boolean(self, name: str, *, default: bool) -> bool:
        """Yes or no; anything else is refused."""
        value = self.text(name, default="1" if default else "0").lower()
        if value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name}={value}: write 1 (yes) or 0 (no).")
        return value in TRUE

    def port(self, name: str, default: int) -> int:
        """A TCP port, 1 to 65535."""
        value = self.text(name, default=str(default))
        if not (value.isdecimal() and 0 < int(value) < 65536):
            raise ImproperlyConfigured(f"{name}={value}: a port is a whole number from 1 to 65535.")
        return int(value)

    def number(self, name: str, *, default: int) -> int:
        """A whole number, zero or more."""
        value = self.text(name, default=str(default))
        if not value.isdecimal():
            raise ImproperlyConfigured(f"{name}={value}: write a whole number, zero or more.")
        return int(value)

    def words(self, name: str, *, default: list[str]) -> list[str]:
        """A list separated by commas."""
        value = self.text(name)
        return [word.strip() for word in value.split(",") if word.strip()] if value else default

    def one_of(self, name: str, choices: tuple[str, ...], *, default: str) -> str:
        """One of a few words."""
        value = self.text(name, default=default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name}={value}: write {', '.join(choices[:-1])} or {choices[-1]}.")
        return value

    def antivirus(self, name: str) -> str:
        """Where clamd listens: tcp://host:port or unix:/path; empty when there is none."""
        value = self.text(name)
        parts = urlsplit(value)
        known = (parts.scheme == "tcp" and parts.hostname) or (parts.scheme == "unix" and parts.path.startswith("/"))
        if value and not known:
            raise ImproperlyConfigured(f"{name}={value}: write tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl.")
        return value

    def tiles(self, name: str) -> str:
        """Where the squares of a map are: an address with {z}, {x} and {y} in its path, or empty."""
        value = self.text(name)
        parts = urlsplit(value)
        named = sorted(re.findall(r"\{([^{}]*)\}", parts.path)) == ["x", "y", "z"]
        bare = re.sub(r"\{[xyz]\}", "", value)
        if value and not (parts.scheme in {"http", "https"} and parts.hostname and named and not set("{}") & set(bare)):
            raise ImproperlyConfigured(f"{name}={value}: write it like https://tiles.example.bj/{{z}}/{{x}}/{{y}}.png.")
        return value

    def address(self, name: str, *, default: str) -> str:
        """An absolute http(s) address without a path; used for every absolute link."""
        value = self.text(name, default=default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
            raise ImproperlyConfigured(f"{name}={value}: write it like https://services.example.bj, without a path.")
        return value

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """Django's DATABASES entry, with the time limits of a service that must answer.

        SQLite takes its write lock at BEGIN (IMMEDIATE), so counters and the journal stay
        correct with its single writer. PostgreSQL: 15 s a statement, 3 s for a lock.
        """
        value = self.text(name) or default
        scheme = value.split(":", 1)[0]
        if scheme not in DATABASE_SCHEMES:
            raise ImproperlyConfigured(f"{name}: “{scheme}” is not known here; use postgresql://… or sqlite:///path.")
        database: dict[str, Any] = dict(environ.Env.db_url_config(value))
        if scheme == "sqlite":
            if not Path(database["NAME"]).parent.is_dir():
                raise ImproperlyConfigured(f"{name}: the folder of {database['NAME']} does not exist.")
            database["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            }
        else:
            limits = "-c statement_timeout=15000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000"
            database["OPTIONS"] = {"connect_timeout": 2, "options": limits} | database.get("OPTIONS", {})
            database["CONN_MAX_AGE"] = 60
            database["CONN_HEALTH_CHECKS"] = True
        return database

    def email(self, url: str) -> dict[str, Any]:
        """Django's EMAIL_* settings from one address (smtp://user:password@host:port, consolemail://)."""
        try:
            return dict(environ.Env.email_url_config(url))
        except Exception as error:
            raise ImproperlyConfigured(f"EMAIL_URL={url}: write it like smtp://host:25 or consolemail://.") from error

    def secret(self, name: str, *, keep_in: Path) -> str:
        """A secret from the environment, or one made once and kept in `keep_in` (mode 0600)."""
        value = self.text(name)
        if value:
            if len(value) < 32:
                raise ImproperlyConfigured(f"{name} is too short: at least 32 characters.")
            return value
        if not keep_in.exists():
            try:
                descriptor = os.open(keep_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as file:
                    file.write(secrets.token_urlsafe(50))
            except FileExistsError:
                pass  # another process of the same start made it first
        return keep_in.read_text().strip()

    def refuse_unsafe(self, *, debug: bool, demo: bool, https: bool) -> None:
        """The demonstration opens a mailbox and publishes passwords: it stays on this machine."""
        if debug and https:
            raise ImproperlyConfigured("DEBUG=1 shows secrets to visitors: not with an https SITE_BASE_URL.")
        if demo and https and not re.search(r"demo|essai", os.environ.get("SITE_BASE_URL", "")):
            raise ImproperlyConfigured("DEMO=1 publishes passwords: not on an address without “demo” or “essai”.")
