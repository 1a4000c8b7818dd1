"""The case that a page is about."""

from django.http import Http404, HttpRequest

from zhengtong.capabilities.cases.public import Case, get_case
from zhengtong.screens.access import actor_of


def find_case(request: HttpRequest, number: str) -> Case:
    """Return the case that this person may see. Raises Http404: an outsider doesn't learn that it exists."""
    case = get_case(actor_of(request), number)
    if case is None:
        raise Http404
    return case
