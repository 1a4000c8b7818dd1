"""The library of materials as a register: list, form and export come from the declaration."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import (
    LibraryMaterial,
    amend_library_material,
    keep_library_material,
    retire_library_material,
)
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens

COMPILE = "items.compile"
KINDS = ("pdf", "jpg", "png", "ofd", "docx", "xlsx", "dwg", "zip")


def _kinds() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("文件格式"), choices=[(kind, kind.upper()) for kind in KINDS], widget=forms.CheckboxSelectMultiple
    )


class LibraryScreens(ModelScreens):
    model, module, code, audience = LibraryMaterial, "items_desk", "materials", STAFF
    title, icon, permission, menu_order = _("材料库"), "file", COMPILE, 72
    help = _("几个事项都要的材料在这里登记一次，编制事项时搜索选用，名称和代码全都一致。")
    empty = _("材料库还是空的。已发布事项里的材料不用登记，编制时也能搜到。")
    columns = (
        Column("name", css="main"),
        "document",
        "source",
        "issuer",
        "e_licence",
        Column("organisation", title=_("登记单位"), related=("organisation",)),
        "is_retired",
        Column("updated_at", is_shown=False),
    )
    filters = (Filter("organisation", title=_("登记单位"), kind="organisation"), Filter("is_retired", kind="flag"))
    order, name, small = ("name", "pk"), "name", True
    create = Act(
        keep_library_material,
        COMPILE,
        _("登记材料"),
        asks={"kinds": _kinds()},
        done=_("已登记"),
    )
    amend = Act(amend_library_material, COMPILE, _("修改"), asks={"kinds": _kinds()}, row="material", done=_("已保存"))
    actions = (
        Act(
            retire_library_material,
            COMPILE,
            _("停用"),
            row="material",
            when=lambda row: not row.is_retired,
            confirm=_("停用后编制事项时不再提供；已经选用的事项不受影响"),
        ),
    )
    detail = (
        Fields(
            _("材料"),
            names=("name", "document", "source", "issuer", "original", "e_licence", "help", "is_retired"),
        ),
        History(_("变更记录")),
    )
