"""Where evidence and issued files lie: a folder that has no address."""

from typing import NoReturn

from django.core.files.storage import FileSystemStorage


class PrivateFiles(FileSystemStorage):
    """Files that leave by a view, after `access`, and in no other way."""

    def url(self, name: str | None) -> NoReturn:
        """Refuse: Django would answer an address under MEDIA_URL. Raises `ValueError`."""
        raise ValueError("a private file has no address")
