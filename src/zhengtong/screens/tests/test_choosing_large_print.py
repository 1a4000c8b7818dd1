"""A person with weak sight switches to large print or high contrast, with or without scripts."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from zhengtong.screens.context_processors import look
from zhengtong.screens.views import look as views


def test_the_choice_is_kept_and_the_other_one_stays() -> None:
    request = RequestFactory().post(reverse("screens:look"), {"size": "large", "next": "/hall/?q=x"})
    request.COOKIES["look"] = "high"
    response = views.switch_look(request)
    assert response.cookies["look"].value == "high.large"
    assert response["Location"] == "/hall/?q=x"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_never_leads_to_another_site(target: str) -> None:
    response = views.switch_look(RequestFactory().post(reverse("screens:look"), {"size": "large", "next": target}))
    assert response["Location"] == "/"


def test_a_forged_cookie_is_ignored() -> None:
    request = RequestFactory().get("/", {"q": "开店\x00"})
    request.COOKIES["look"] = 'high"><script>'
    chosen = look(request)["look"]
    assert (chosen.contrast, chosen.size, chosen.query) == ("", "", "开店")
