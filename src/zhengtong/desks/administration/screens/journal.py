"""The journal for those who audit: they see everything within their reach, and change nothing."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords, AuditRecord, say_action, say_kind
from zhengtong.core.identity.public import Protected
from zhengtong.desks.administration.models import PublicRecord
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.screens.declaration import STAFF, Column, Fields, Filter, ModelScreens, Part

KINDS = {
    "staff": _("工作人员"),
    "citizen": _("群众"),
    "system": _("系统"),
    "anonymous": _("未登录"),
    "node": _("节点"),
}


def _actions(_actor: Actor) -> list[tuple[str, str]]:
    """Every act that a module has words for, by its words."""
    declared = [f"{words.module}.{verb}" for words in registry.of(ActionWords) for verb in words.words]
    return sorted(((action, say_action(action)) for action in declared), key=lambda each: each[1])


def _kinds(_actor: Actor) -> list[tuple[str, str]]:
    kinds = {rule.model._meta.label_lower for rule in registry.of(Protected) if not rule.model._meta.proxy}
    return sorted(((kind, say_kind(kind)) for kind in kinds), key=lambda each: each[1])


def _changes(_actor: Actor, row: AuditRecord) -> dict[str, Any]:
    return {"before": row.before or {}, "after": row.after or {}}


KIND = Column("actor_kind", value=lambda row: str(KINDS.get(row.actor_kind, row.actor_kind)))
ACTION = Column("action", value=lambda row: say_action(row.action))
OBJECT = Column(
    "object_kind",
    title=_("对象"),
    value=lambda row: f"{say_kind(row.object_kind)} {row.object_id}",
)


class JournalScreens(ModelScreens):
    model, module, code, title = AuditRecord, "administration", "journal", _("工作人员日志")
    audience, permission, icon, menu_order = STAFF, "audit.view_journal", "shield", 80
    columns: ClassVar[tuple[str | Column, ...]] = (
        "at",
        "actor_name",
        ACTION,
        OBJECT,
        "purpose",
        "address",
        Column("request_id", is_shown=False),
        Column("digest", is_shown=False),
    )
    filters = (
        "at",
        Filter("action", kind="choice", choices=_actions),
        Filter("object_kind", kind="choice", choices=_kinds),
        Filter("object_id", title=_("对象编号"), kind="exact"),
    )
    order, name = ("-at", "-id"), "action"
    detail = (
        Fields(
            _("记录"),
            names=("at", KIND, "actor_name", ACTION, OBJECT, "purpose", "address", "request_id", "digest"),
        ),
        Part(_("前后内容"), template="administration/changes.html", context=_changes),
    )
    help = _("日志只增不改，每条记录带有国密 SM3 摘要。导出的清单可以交给第三方核对。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return AuditRecord.objects.exclude(organisation=None)


class PublicJournalScreens(JournalScreens):
    """Records that belong to no organ: the public's and the platform's own."""

    model = PublicRecord
    code, title = "public-journal", _("群众和系统日志")
    permission = "audit.view_public_journal"
    columns = ("at", KIND, "actor_name", ACTION, OBJECT, "address", Column("digest", is_shown=False))
    api = False

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return PublicRecord.objects.exclude(actor_kind=ActorKind.STAFF)
