"""Mounts at the desk: what the last probe found, and the button for another."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.drift import Finding, say
from zhengtong.capabilities.catalogue.indexing import SHOWN
from zhengtong.capabilities.catalogue.models import Mount
from zhengtong.capabilities.catalogue.permissions_finding import PROBE
from zhengtong.capabilities.catalogue.probing import probe_mount
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Count, Fields, ModelScreens, Part

TONES = {
    Mount.State.UNCHECKED: "neutral",
    Mount.State.MATCHES: "success",
    Mount.State.DRIFTED: "danger",
    Mount.State.AWAY: "warning",
}


def show_findings(_actor: Actor, mount: Mount) -> dict[str, Any]:
    """What the last probe found, what is to be put right first."""
    findings = sorted(map(Finding.from_json, mount.findings), key=lambda each: not each.is_grave)
    return {"mount": mount, "findings": [(say(each), each.is_grave) for each in findings]}


def _count(mount: Mount) -> int:
    return sum(Finding.from_json(each).is_grave for each in mount.findings)


class MountScreens(ModelScreens):
    model, module, code, title = Mount, "catalogue", "mounts", _("目录核对")
    audience, permission, icon, menu_order = STAFF, PROBE, "check", 56
    columns = (
        Column("resource__code", title=_("资源代码"), css="nowrap"),
        Column("resource__name", title=_("信息资源"), css="main"),
        Column("resource__provider__name", title=_("提供单位")),
        Column("source__name", title=_("数据源")),
        Column("place", css="wrap"),
        Column("state", tone=lambda mount: TONES[Mount.State(mount.state)]),
        Column("drifts", title=_("不符"), value=_count, needs=("findings",), css="number"),
        "checked_at",
    )
    filters = ("state", "kind")
    order = ("-pk",)
    actions = (
        Act(
            probe_mount,
            PROBE,
            title=_("现在核对"),
            row="mount",
            when=lambda mount: mount.resource.state in SHOWN,
            is_bulk=True,
            done=_("已核对"),
        ),
    )
    detail = (
        Fields(
            _("资源挂接"),
            names=(
                Column("resource__code", title=_("资源代码")),
                Column("resource__name", title=_("信息资源")),
                Column("resource__provider__name", title=_("提供单位")),
                Column("source__name", title=_("数据源")),
                "kind",
                "place",
                "state",
                "checked_at",
            ),
        ),
        Part(_("核对结果"), template="catalogue/findings.html", context=show_findings),
    )
    stats = (Count("state"),)
    help = _(
        "每天夜里把已发布的目录与数据源核对一遍。不符的，提供单位改目录（编制变更）或者改数据源，相符以后自动销号。"
    )
    empty = _("还没有挂接数据的资源。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Mount.objects.select_related("resource__provider", "source")
