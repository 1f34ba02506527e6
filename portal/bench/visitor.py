"""Somebody with a browser: an address of her own, cookies, forms. Slower than `load`, for what takes several pages."""

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PATIENCE = 120.0  # seconds: a door that opens late is measured, not given up


class Visitor:
    """Visits the site of `port` from `address`, which may be any of 127.0.0.0/8."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address
        self.cookies: dict[str, str] = {}
        self.status, self.location, self.body = 0, "", ""

    def get(self, path: str) -> int:
        """Ask for a page; return the status of the answer."""
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> int:
        """Fill in the form of the page last seen; return the status of the answer."""
        token = TOKEN.search(self.body)
        form = fields | ({"csrfmiddlewaretoken": token[1]} if token else {})
        return self._ask("POST", path, urlencode(form))

    def _ask(self, method: str, path: str, form: str | None = None) -> int:
        link = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.address, 0)
        )  # fmt: skip
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            link.request(method, path, form, headers)
            answer = link.getresponse()
            self.body = answer.read().decode(errors="replace")
        finally:
            link.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        self.status, self.location = answer.status, answer.headers.get("Location", "")
        return self.status
