"""Modules say what they bring; nothing is brought twice, and what a role names exists."""

from dataclasses import dataclass

import pytest
from django.core.exceptions import ImproperlyConfigured

from zhengtong.kernel import checks
from zhengtong.kernel.modules import Declaration, Module, Permission, Registry, Role, registry


@dataclass(frozen=True)
class Page(Declaration):
    name: str

    @property
    def key(self) -> str:
        return self.name


def test_declarations_are_found_by_kind_and_key_in_order() -> None:
    found = Registry()
    found.register(Module("first", "一", (Page("a"), Permission("first.see", "看"))))
    assert found.get(Page, "a") == Page("a")
    found.register(Module("second", "二", (Page("b"),)))
    assert [page.name for page in found.of(Page)] == ["a", "b"]
    assert found.get(Page, "b") == Page("b")
    with pytest.raises(LookupError, match="no Page 'c'"):
        found.get(Page, "c")


def test_nothing_is_declared_twice() -> None:
    found = Registry()
    found.register(Module("first", "一", (Page("a"),)))
    with pytest.raises(ImproperlyConfigured, match="'first' is registered twice"):
        found.register(Module("first", "一"))
    with pytest.raises(ImproperlyConfigured, match="Page 'a' is declared twice"):
        found.register(Module("second", "二", (Page("a"),)))
    assert list(found.modules) == ["first"]


def test_a_role_that_names_an_unknown_permission_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.roles_name_real_permissions() == []
    wrong = Module("wrong", "错", (Role("wrong_role", "错", ("cases.fly",)),))
    monkeypatch.setitem(registry.modules, "wrong", wrong)
    assert [(message.id, "cases.fly" in message.msg) for message in checks.roles_name_real_permissions()] == [
        ("kernel.E001", True)
    ]


def test_every_module_of_the_platform_is_registered() -> None:
    assert {"identity", "cases", "hall", "window", "workbench", "food"} <= registry.modules.keys()
