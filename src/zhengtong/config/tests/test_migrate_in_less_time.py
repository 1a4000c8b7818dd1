"""Whoever installs or upgrades waits less for the migrations, and they find what they would have found."""

from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings

from zhengtong.config.migrating import in_less_time

MODELS = [settings.AUTH_USER_MODEL, "identity.organisation", "auth.User", "nobody.knows"]


def ask() -> list[str | None]:
    return [apps.get_swappable_settings_name(name) for name in MODELS]


def test_which_models_are_swapped_is_answered_as_always_and_remembered_meanwhile() -> None:
    as_always = ask()
    assert as_always[0] == "AUTH_USER_MODEL"
    with in_less_time():
        assert ask() == as_always
        Apps().clear_cache()  # As every rendering of models does.
        assert ask() == as_always
        remembered = vars(apps)["get_swappable_settings_name"].cache_info()
        assert (remembered.misses, remembered.hits) == (len(MODELS), len(MODELS))
    assert "get_swappable_settings_name" not in vars(apps)
