"""Every address that follows from a declaration, made from the registry; and the look's own.

Staff: ``/desk/<module>/<code>/``, citizens: ``/my/…``, everyone: ``/open/…``.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.urls import URLPattern, URLResolver, include, path

from zhengtong.kernel.modules import registry
from zhengtong.screens import views
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.routing import ID, PREFIXES, Route, id_converter, opened
from zhengtong.screens.views import aids, look

# What has ROUTES besides the views of this package.
FURTHER = ("sheets.views",)


def list_routes() -> list[Route]:
    """Return what all parts of the engine offer. Addresses of rows come last, so that none hides a literal one."""
    modules = [f"{views.__name__}.{module.name}" for module in iter_modules(views.__path__)]
    modules += [name for each in FURTHER if find_spec(name := f"{__package__}.{each}")]
    found = [route for name in modules for route in getattr(import_module(name), "ROUTES", ())]
    return sorted(found, key=lambda route: route.is_of_row)


def patterns_of(screens: ModelScreens, routes: list[Route]) -> Iterator[URLPattern]:
    row = id_converter(screens)
    for route in routes:
        if route.when(screens):
            yield path(route.path.replace(ID, row), opened(screens, route), name=f"{screens.key}.{route.verb}")


def declared() -> Iterator[URLResolver]:
    """Yield the addresses of each declaration, nested, so that finding one doesn't grow with their number."""
    routes = list_routes()
    for screens in registry.of(ModelScreens):
        prefix = f"{PREFIXES[screens.audience]}/{screens.module}/{screens.code}/"
        yield path(prefix, include(list(patterns_of(screens, routes))))


app_name = "screens"
urlpatterns: list[URLPattern | URLResolver] = [
    path("look/switch/", look.switch_look, name="look"),
    path("look/tour/", aids.remember, name="tour"),
    path("look/", look.show_guide, name="guide"),
    path("desk/help/", aids.show_help, name="help"),
    *declared(),
]
