"""The WSGI application that granian serves."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class Utf8Request(WSGIRequest):
    """A request that is read as UTF-8, whatever charset the client names.

    Django would read the address by that charset before anything of ours runs, and not all of those make text. A form
    that names another one is refused by ``RefuseUnusableInput``.
    """

    @property
    def encoding(self) -> str | None:
        return None  # Django's default

    @encoding.setter
    def encoding(self, named: str) -> None:
        return


class Handler(WSGIHandler):
    request_class = Utf8Request


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
django.setup(set_prefix=False)
application = Handler()
