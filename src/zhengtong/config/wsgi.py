"""The WSGI application that granian serves."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import django
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


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


class ExchangeHandler(Handler):
    """Answers systems that sign each call: no session, cookie, form, language or page is theirs, so nothing of these
    is looked for. Beside the whole stack a call would wait for it longer than for its own statements.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        from zhengtong.config.middleware import RequestId  # Django isn't set up yet when this file is read

        answer: Any = self._get_response  # type: ignore[attr-defined]  # Django's own, which its stubs leave out
        for kind in ("view", "template_response", "exception"):
            setattr(self, f"_{kind}_middleware", [])
        inner: Any = convert_exception_to_response(answer)
        chain: Any = RequestId(inner)
        self._middleware_chain = chain


class ByPath:
    """Gives a request to the handler of its address."""

    def __init__(self) -> None:
        self.pages, self.exchange = Handler(), ExchangeHandler()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        handler = self.exchange if environ.get("PATH_INFO", "").startswith("/exchange/v1/") else self.pages
        return handler(environ, start_response)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
django.setup(set_prefix=False)
application = ByPath()
