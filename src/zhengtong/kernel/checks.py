"""System checks over the registry: what a manifest names must exist."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from zhengtong.kernel.modules import Permission, Role, registry


@register()
def roles_name_real_permissions(**kwargs: Any) -> list[CheckMessage]:
    known = {permission.code for permission in registry.of(Permission)}
    return [
        Error(f"role {role.code!r} names unknown permission {code!r}", id="kernel.E001")
        for role in registry.of(Role)
        for code in role.permissions
        if code not in known
    ]
