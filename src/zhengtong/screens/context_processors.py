"""Gives every template the person's choice of contrast and size and the few addresses that the header needs."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

COOKIE = "look"


@dataclass(frozen=True)
class Look:
    """``contrast`` is "" or "high", ``size`` "" or "large"; both end up as attributes of ``<html>``."""

    contrast: str
    size: str
    site_name: str
    sign_in_url: str
    account_url: str
    search_url: str
    phone: str
    query: str


def read_choice(request: HttpRequest) -> tuple[str, str]:
    """Contrast and size from the cookie ``look`` ("high.large"); unknown words are ignored."""
    words = request.COOKIES.get(COOKIE, "").split(".")
    return ("high" if "high" in words else "", "large" if "large" in words else "")


def look(request: HttpRequest) -> dict[str, Look]:
    contrast, size = read_choice(request)
    return {
        "look": Look(
            contrast=contrast,
            size=size,
            site_name=str(getattr(settings, "SITE_NAME", "政务服务")),
            sign_in_url=resolve_url(settings.LOGIN_URL),
            account_url=resolve_url(settings.LOGIN_REDIRECT_URL or "/"),
            search_url=resolve_url(getattr(settings, "SEARCH_URL", "/")),
            phone=str(getattr(settings, "SITE_PHONE", "")),
            query=request.GET.get("q", "")[:100].replace("\x00", ""),
        )
    }
