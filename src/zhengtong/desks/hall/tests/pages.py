"""What a test does with pages: opens them as somebody and reads their text."""

import re
from html import unescape
from typing import Any

from django.test import Client

from tests.cast import Cast


class Visitor:
    """A signed-in browser."""

    def __init__(self, cast: Cast, name: str) -> None:
        self.client = Client()
        self.client.force_login(cast.accounts[name])

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        return self.client.post(path, data or {}, **options)


def text_of(response: Any) -> str:
    """Return the words of a page without its markup."""
    body = response.content.decode()
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))
