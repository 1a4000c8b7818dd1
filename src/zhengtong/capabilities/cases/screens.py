"""The screens of dictionaries: what forms offer to choose from, kept by those who compile items."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.models import Dictionary, DictionaryEntry
from zhengtong.capabilities.cases.services.dictionaries import (
    COMPILE,
    add_dictionary,
    add_entry,
    amend_dictionary,
    amend_entry,
)
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, History, ModelScreens, Related


def list_entries_of(actor: Actor, dictionary: Dictionary) -> "QuerySet[DictionaryEntry]":
    return dictionary.entries.order_by("position", "code")


class DictionaryScreens(ModelScreens):
    model, module, code, title = Dictionary, "cases", "dictionaries", _("字典")
    audience, permission, icon = STAFF, COMPILE, "list"
    help = _("表单里“字典”类型的字段从这里选。停用的字典不能再用于新编制的表单，已有的办件照常显示。")
    empty = _("还没有字典。")
    columns = ("code", Column("name", css="main"), "standard", "is_active")
    filters = ("is_active",)
    order, small, name = ("code",), True, "name"
    create = Act(add_dictionary, COMPILE, title=_("新建字典"))
    amend = Act(amend_dictionary, COMPILE, title=_("修改"))
    detail = (
        Fields(_("字典"), names=("code", "name", "standard", "is_active")),
        Related(
            _("字典项"),
            rows=list_entries_of,
            columns=(Column("code", title=_("代码")), Column("name", title=_("名称")), Column("is_active")),
            limit=100,
        ),
        History(_("变更记录")),
    )


class DictionaryEntryScreens(ModelScreens):
    model, module, code, title = DictionaryEntry, "cases", "dictionary-entries", _("字典项")
    audience, permission, icon, menu = STAFF, COMPILE, "list", False
    help = _("代码一经使用不再更改；不再使用的停用，不删除。")
    columns = (Column("dictionary", related=("dictionary",)), "code", Column("name", css="main"), "is_active")
    filters = ("dictionary", "is_active")
    order, name = ("dictionary", "position", "-id"), "name"
    small = True
    create = Act(add_entry, COMPILE, title=_("添加字典项"))
    amend = Act(amend_entry, COMPILE, title=_("修改"))
    detail = (
        Fields(_("字典项"), names=("dictionary", "code", "name", "position", "is_active")),
        History(_("变更记录")),
    )
