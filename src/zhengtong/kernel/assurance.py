"""How surely is it she? Some acts ask that a person proves herself anew, or more strongly, before they are done.

Views name the act (``issue``, ``seal``, ``export``, ``trust``, …) and go on where nothing is raised. Who installs the
checker (sign-on) turns :class:`AssuranceNeeded` into the page that asks, and brings her back with what she had typed.
"""

from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest

from zhengtong.kernel.modules import Declaration, Text


@dataclass(frozen=True)
class AssuredAct(Declaration):
    """A kind of act for which the security administrator may ask for a new proof. ``code`` is what views name."""

    code: str
    title: Text

    @property
    def key(self) -> str:
        return self.code


class AssuranceNeeded(Exception):
    """Before ``act`` the person has to prove who she is, at least as strongly as ``strength`` says."""

    def __init__(self, act: str, strength: int = 1) -> None:
        super().__init__(act)
        self.act = act
        self.strength = strength


class AssuranceChecker(Protocol):
    """What sign-on installs. Raises :class:`AssuranceNeeded`."""

    def check(self, request: HttpRequest, act: str) -> None: ...


_installed: list[AssuranceChecker] = []


def install(checker: AssuranceChecker) -> None:
    """Make ``checker`` answer for the platform."""
    _installed[:] = [checker]


def require_assurance(request: HttpRequest, act: str) -> None:
    """Raise :class:`AssuranceNeeded` unless the person of ``request`` proved herself as ``act`` asks."""
    for checker in _installed:
        checker.check(request, act)
