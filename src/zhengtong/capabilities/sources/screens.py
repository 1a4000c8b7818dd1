"""The register of sources. What is typed differs from kind to kind, so registering and amending are at a desk."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sources.kinds import JSON, SHAPES
from zhengtong.capabilities.sources.models import Source, SourceState
from zhengtong.capabilities.sources.permissions import MANAGE, VIEW
from zhengtong.capabilities.sources.services.managing import resume_source, suspend_source
from zhengtong.kernel.policy import Actor, can
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, History, ModelScreens, Part


def is_active(source: Source) -> bool:
    return source.state == SourceState.ACTIVE


def _tone(source: Source) -> str:
    if not is_active(source):
        return "muted"
    return "danger" if source.trouble else ""


def show_connection(actor: Actor, source: Source) -> Mapping[str, Any]:
    """Return the settings as people read them; of secrets only which there are."""
    shape = SHAPES.get(source.kind)
    settings = []
    for field in shape.settings if shape else ():
        value = source.settings.get(field.name)
        if value in (None, "", [], {}):
            continue
        if field.choices:
            value = dict(field.choices).get(value, value)
        elif isinstance(value, bool):
            value = _("是") if value else _("否")
        elif isinstance(value, list) and field.kind != JSON:
            value = "、".join(map(str, value))
        elif field.kind == JSON:
            value = _("已登记")
        settings.append((field.label, value))
    kept = source.secrets if isinstance(source.secrets, dict) else {}
    secrets = (
        [(field.label, _("已登记") if kept.get(field.name) else _("无")) for field in shape.secrets] if shape else []
    )
    return {
        "source": source,
        "rows": [*settings, *secrets],
        "may_manage": can(actor, MANAGE, source),
        "is_active": is_active(source),
        "has_secrets": bool(secrets),
    }


class SourceScreens(ModelScreens):
    model, module, code, title = Source, "sources", "sources", _("数据源")
    audience, permission, icon, menu_order = STAFF, VIEW, "globe", 60
    small, name = True, "name"
    columns = (
        Column("name", css="main"),
        "kind",
        Column("organisation", title=_("所属单位"), related=("organisation",)),
        "is_readable",
        "is_writable",
        "state",
        Column("trouble", css="wrap"),
        Column("checked_at", css="nowrap"),
        Column("answered", is_shown=False),
        Column("code", is_shown=False),
        Column("bytes_a_second", css="number", is_shown=False),
    )
    filters = ("kind", "state", "organisation", "is_writable")
    order = ("organisation_id", "code")
    actions = (
        Act(
            suspend_source,
            MANAGE,
            title=_("停用"),
            row="source",
            asks={"reason": forms.CharField(label=_("停用原因"), max_length=300)},
            when=is_active,
            is_dangerous=True,
            confirm=_("停用后不再读取和写入，到恢复使用为止；正在进行的交换从下一批起停下。"),
            done=_("已停用"),
        ),
        Act(
            resume_source,
            MANAGE,
            title=_("恢复使用"),
            row="source",
            when=lambda source: not is_active(source),
            done=_("已恢复使用"),
        ),
    )
    detail = (
        Part(_("连接"), template="sources/connection.html", context=show_connection),
        Fields(
            _("登记"),
            names=(
                "name",
                "code",
                "kind",
                Column("organisation", title=_("所属单位")),
                "is_readable",
                "is_writable",
                "bytes_a_second",
                "state",
            ),
        ),
        History(_("办理记录")),
    )
    help = _("数据从哪里来、送到哪里去。口令和密钥加密保存，登记以后不再显示。")
    empty = _("还没有登记数据源。")

    def tone(self, row: Source) -> str:
        return _tone(row)


SCREENS = (SourceScreens(),)
