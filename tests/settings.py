"""The platform's settings with the toy module: what a module costs an installation is one folder and one line."""

from zhengtong.config.settings import *  # noqa: F403
from zhengtong.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.toy.apps.WellsConfig"]
