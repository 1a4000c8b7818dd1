"""What a module lends to the conformance tests: rows of its declared screens, and what a person types into their forms.

A module with screens has ``tests/samples.py`` with ``SAMPLES``, a mapping of screens' keys to :class:`Sample`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.test import Client

from tests.cast import _hashed
from zhengtong.core.identity.public import (
    Account,
    AccountKind,
    Appointment,
    Organisation,
    Post,
    PostRole,
    Reach,
    StaffMember,
)
from zhengtong.kernel.modules import ModuleConfig, Role, registry
from zhengtong.screens.declaration import ModelScreens

SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
Typed = Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """``make(organisation, n)`` makes the n-th row that belongs to an organisation (or to its region).

    ``create(organisation)``, ``amend(row)`` and ``acts[code](row)`` are what is typed into a form; a form that needs
    nothing typed gets an empty mapping; a row that is chosen is given as it is. ``before[code](row)`` brings a row to
    where an act is possible.
    ``forget(row)`` removes a row of a model that is a view of others.
    ``own(row, account)`` makes a citizen the owner of a row; citizens' screens need it.
    """

    make: Callable[[Organisation, int], Model]
    create: Callable[[Organisation], Typed] | None = None
    amend: Callable[[Any], Typed] | None = None
    acts: Mapping[str, Callable[[Any], Typed]] = field(default_factory=dict)
    before: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    own: Callable[[Any, Account], object] | None = None
    forget: Callable[[Any], object] = lambda row: type(row).objects.filter(pk=row.pk).delete()


def get_sample(screens: ModelScreens) -> Sample:
    """Return the sample of declared screens. Raises LookupError for a module that forgot to lend one."""
    for config in apps.get_app_configs():
        name = f"{config.name}.tests.samples"
        if isinstance(config, ModuleConfig) and find_spec(f"{config.name}.tests") and find_spec(name):
            found: Sample | None = import_module(name).SAMPLES.get(screens.key)
            if found is not None:
                return found
    raise LookupError(f"no module lends a sample of {screens.key}: put one into its tests/samples.py")


def find_roles(*permissions: str) -> list[Role]:
    """Return roles that together hold ``permissions``; a permission that no role holds is of no use to anybody."""
    chosen: list[Role] = []
    for permission in permissions:
        if any(permission in role.permissions for role in chosen):
            continue
        role = next((role for role in registry.of(Role) if permission in role.permissions), None)
        if role is None:
            raise LookupError(f"no role holds {permission}")
        chosen.append(role)
    return chosen


def sign_in(username: str, organisation: Organisation, *permissions: str) -> Client:
    """Return the browser of someone in ``organisation`` whose post has roles with ``permissions``."""
    account = Account.objects.create(username=username, kind=AccountKind.STAFF, password=_hashed())
    staff = StaffMember.objects.create(account=account, name=username)
    post = Post.objects.create(organisation=organisation, title=username)
    PostRole.objects.bulk_create(
        PostRole(post=post, role=role.code, reach=Reach.SUBTREE) for role in find_roles(*permissions)
    )
    Appointment.objects.create(staff=staff, post=post, start_date=date(2020, 1, 1))
    client = Client(raise_request_exception=False)
    client.force_login(account, SIGNS_IN)
    return client
