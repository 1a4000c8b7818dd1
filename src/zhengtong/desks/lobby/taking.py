"""Giving out numbers, as kiosk and guide both do: what was typed is read, a doubled tap gives one number."""

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.reservations import public as reservations
from zhengtong.capabilities.reservations.public import Hall, LobbyConflict, LobbyRefused, Ticket
from zhengtong.kernel.jobs import once
from zhengtong.screens.access import actor_of


def take_number(request: HttpRequest, hall: Hall) -> Ticket:
    """Give the number that the form asks for. Raises LobbyRefused, LobbyConflict for a form that was sent before."""
    given = request.POST
    group = reservations.list_groups(hall).filter(letter=given.get("group", "")[:1]).first()
    if group is None:
        raise LobbyRefused(_("请选择要办的业务。"), "group")
    token = given.get("form_token", "")[:64]
    if not token:
        raise LobbyRefused(_("请刷新页面后再取号。"))
    with once(f"lobby:{hall.pk}:{token}") as is_first:
        if not is_first:
            raise LobbyConflict(_("刚才已经取过号，没有重复取号。"))
        return reservations.take_number(
            actor=actor_of(request), group=group, care=given.get("care", "")[:10], name=given.get("name", "")
        )
