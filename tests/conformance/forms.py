"""A page's forms as a browser sees them: what would be sent if nothing were typed."""

from html.parser import HTMLParser
from typing import Any


class _Forms(HTMLParser):
    """Collects ``action → {name: value}`` of every form, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, Any]]] = []
        self._inside: dict[str, Any] | None = None
        self._select = self._textarea = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = {}
            self.forms.append((given.get("action", ""), self._inside))
        elif self._inside is None or "disabled" in given:
            return
        elif tag == "input" and given.get("name"):
            self._take(given)
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._inside):
            self._inside[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea, self._text = given.get("name", ""), ""

    def _take(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if self._inside is None or kind in ("submit", "file", "button"):
            return
        if kind not in ("checkbox", "radio"):
            self._inside[given["name"]] = given.get("value", "")
        elif "checked" in given:
            self._inside[given["name"]] = given.get("value", "on")

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea and self._inside is not None:
            # A line break right after the tag isn't part of the text.
            self._inside[self._textarea] = self._text.removeprefix("\n")
            self._textarea = ""


def read_form(page: str, field: str) -> dict[str, Any]:
    """Return what the form that has a ``field`` would send. Raises LookupError when no form has it."""
    parser = _Forms()
    parser.feed(page)
    for _action, values in parser.forms:
        if field in values:
            return {name: value for name, value in values.items() if name != "csrfmiddlewaretoken"}
    raise LookupError(f"no form with a field {field!r}")
