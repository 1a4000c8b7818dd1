"""Showing a masked value whole, for a stated purpose: recorded, limited, and hidden again after a minute."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from zhengtong.core.audit.public import list_by_account, record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.screens.columns import BoundColumn, bind_of, find_declared
from zhengtong.screens.declaration import ModelScreens

SHORTEST_PURPOSE, LONGEST_PURPOSE = 2, 200
LIMITED_OVER = timedelta(hours=1)
SHOWN_SECONDS = 60
USUAL_PURPOSES = (
    gettext_lazy("核对身份"),
    gettext_lazy("联系本人"),
    gettext_lazy("核对登记信息"),
    gettext_lazy("核查投诉举报"),
)


class TooMany(Refused):
    """She has revealed as many values in the last hour as anyone needs (个人信息保护法 art. 6, 51)."""

    def __init__(self, limit: int) -> None:
        said = _("一小时内最多查看 %(n)d 次被遮盖的信息，已经到了。请过一会儿再看，或者按业务需要导出")
        super().__init__("too-many", said % {"n": limit})


def find_column(screens: ModelScreens, actor: Actor, name: str) -> BoundColumn:
    """Return the personal column ``name``. Raises LookupError for any that isn't masked or isn't hers to see."""
    declared = find_declared(screens, name)
    if declared is None or declared.mask is None:
        raise LookupError(name)
    try:
        column = bind_of(screens, declared)
    except FieldDoesNotExist:
        raise LookupError(name) from None
    if not column.may_see(actor):
        raise LookupError(name)
    return column


@sensitive_variables("value")
@transaction.atomic
def reveal_value(*, actor: Actor, screens: ModelScreens, row: Any, column: str, purpose: str) -> str:
    """Return the whole value of a masked ``column`` of ``row``, and record who looked at it what for.

    The person whose data it is finds the look by ``screens.subject``. Raises Denied, LookupError (see
    :func:`find_column`), Refused (no purpose) and TooMany.
    """
    if not screens.reveal:
        raise Denied("reveal")
    require(actor, screens.reveal, row)
    bound = find_column(screens, actor, column)
    purpose = " ".join(purpose.split())
    if len(purpose) < SHORTEST_PURPOSE:
        raise Refused("no-purpose", _("请写明查看的用途，至少两个字，会记入日志"), "purpose")
    _refuse_too_many(actor)
    stating = actor.stating(purpose[:LONGEST_PURPOSE])
    subject = _read(row, screens.subject) if screens.subject else None
    record(stating, f"{screens.module}.reveal", row, after={"field": bound.name}, subject=subject)
    value = bound.raw(row)
    return bound.show(value, masked=False) if value else ""


def _refuse_too_many(actor: Actor) -> None:
    limit: int = settings.REVEALS_PER_HOUR
    if actor.account is None:
        return
    since = timezone.now() - LIMITED_OVER
    looks = list_by_account(actor.account).filter(at__gte=since, action__endswith=".reveal")
    if looks.order_by()[:limit].count() >= limit:
        raise TooMany(limit)


def _read(row: Any, path: str) -> str | None:
    value = row
    for name in path.split("__"):
        value = getattr(value, name, None)
    return str(value) if value else None
