"""What a compiler types: the head of an entry, its items, an opinion. A draft may be incomplete."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import (
    COMPILE,
    KINDS,
    Classification,
    FieldGrade,
    FieldText,
    MaskKind,
    MountKind,
    OpenType,
    PersonalClass,
    ShareType,
    UpdateCycle,
    VersionText,
    list_usable_sources,
)
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor

if TYPE_CHECKING:
    ClassBase = forms.ModelChoiceField[Classification]
    OrganBase = forms.ModelChoiceField[Organisation]
    SourceBase = forms.ModelChoiceField[Source]
else:
    ClassBase = OrganBase = SourceBase = forms.ModelChoiceField

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
CHECKS = (("", _("不校验")), ("GB11643", _("公民身份号码")), ("GB32100", _("统一社会信用代码")))


class CleanText(forms.CharField):
    """Text without control characters and without marks that turn the direction of writing."""

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        if _CONTROL.search(text):
            raise ValidationError(gettext("含有不能保存的控制字符，请删除后重新输入"))
        return text


def text(label: Any, length: int = 100, *, required: bool = False, hint: Any = "") -> CleanText:
    return CleanText(label=label, max_length=length, required=required, help_text=hint)


def area(label: Any, length: int, *, rows: int = 3, required: bool = False, hint: Any = "") -> CleanText:
    widget = forms.Textarea(attrs={"rows": rows})
    return CleanText(label=label, max_length=length, required=required, widget=widget, help_text=hint)


class ClassChoice(ClassBase):
    """A node, indented by its level."""

    def __init__(self) -> None:
        super().__init__(
            Classification.objects.all(), label=_("分类"), to_field_name="code", empty_label=_("请选择分类")
        )

    def label_from_instance(self, obj: Classification) -> str:
        depth = {1: 0, 3: 1, 6: 2}.get(len(obj.code), 3)
        return f"{'　' * depth}{obj.code} {obj.name}"


class OrganChoice(OrganBase):
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class HeadForm(forms.Form):
    name = text(_("资源名称"), 200, required=True, hint=_("写明是什么数据，如“个体工商户登记信息”，不写系统名。"))
    classification = ClassChoice()
    abstract = area(_("资源摘要"), 5000, hint=_("有哪些内容、覆盖什么范围、从哪年起。"))
    data_format = text(_("资源格式"), 60, hint=_("如 数据库表、Excel、接口。"))
    update_cycle = forms.ChoiceField(label=_("更新周期"), choices=UpdateCycle.choices)
    share_type = forms.ChoiceField(label=_("共享类型"), choices=ShareType.choices)
    share_condition = area(_("共享条件"), 500, rows=2, hint=_("有条件共享的必填：给谁、用于什么、有什么限制。"))
    withheld_basis = area(
        _("不予共享的依据"), 500, rows=2, hint=_("不予共享的必填：法律、行政法规或者国务院政策的名称和条款。")
    )
    share_way = text(_("共享方式"), 100, hint=_("如 库表交换、接口、文件下载。"))
    open_type = forms.ChoiceField(label=_("开放属性"), choices=OpenType.choices)
    open_condition = area(_("开放条件"), 500, rows=2, hint=_("有条件开放的必填。"))
    related = text(_("关联资源代码"), 300, hint=_("几个代码之间空一格。"))


class NewForm(HeadForm):
    provider = OrganChoice(Organisation.objects.none(), label=_("提供单位"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["provider"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = list_offices(actor)
        self.initial.setdefault("provider", actor.organisation)
        self.order_fields(["provider"])


def list_offices(actor: Actor) -> Any:
    return Organisation.objects.filter(pk__in=list(actor.reach(COMPILE)), is_active=True).order_by("name")


class NoteForm(forms.Form):
    note = area(_("变更说明"), 500, hint=_("为什么变更、依据哪份文件；使用这份数据的单位会看到。"))


class ItemForm(forms.Form):
    """One information item. The first line is asked of all, ``MORE`` is folded."""

    MORE = (
        "column", "precision", "scale", "has_zone", "dictionary", "check", "pattern", "least", "most", "one_of", "note",
    )  # fmt: skip
    code = text(_("代码"), 63, required=True)
    name = text(_("信息项名称"), 100, required=True)
    kind = forms.ChoiceField(label=_("数据类型"), choices=KINDS)
    length = forms.IntegerField(label=_("长度"), min_value=1, max_value=1_000_000_000, required=False)
    is_key = forms.BooleanField(label=_("主键"), required=False)
    is_nullable = forms.BooleanField(label=_("可以为空"), required=False, initial=True)
    personal = forms.ChoiceField(label=_("个人信息"), choices=PersonalClass.choices, initial="none")
    grade = forms.TypedChoiceField(label=_("数据级别"), choices=FieldGrade.choices, coerce=int, initial=1)
    mask = forms.ChoiceField(label=_("默认脱敏"), choices=MaskKind.choices, initial="none")
    column = text(_("数据源中的列"), 128, hint=_("不填就和代码相同。"))
    precision = forms.IntegerField(label=_("精度"), min_value=1, max_value=38, required=False)
    scale = forms.IntegerField(label=_("小数位"), min_value=0, max_value=38, required=False)
    has_zone = forms.BooleanField(label=_("带时区"), required=False)
    dictionary = text(_("字典"), 100)
    check = forms.ChoiceField(label=_("号码校验"), choices=CHECKS, required=False)
    pattern = text(_("格式（正则表达式）"), 200)
    least = text(_("最小值"), 40)
    most = text(_("最大值"), 40)
    one_of = area(_("只能取这些值（每行一个）"), 4000, rows=2)
    note = text(_("说明"), 200)
    is_confirmed = forms.BooleanField(label=_("已核对"), required=False)

    def clean_pattern(self) -> str:
        pattern: str = self.cleaned_data["pattern"]
        try:
            re.compile(pattern)
        except re.error:
            raise ValidationError(gettext("不是正确的正则表达式")) from None
        return pattern

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        scale, precision = given.get("scale"), given.get("precision")
        if scale is not None and (precision is None or scale > precision):
            self.add_error("scale", gettext("小数位不能多于精度"))
        return given

    @property
    def more(self) -> list[Any]:
        return [self[name] for name in self.MORE]

    @property
    def has_more(self) -> bool:
        """Return whether the folded part has an error: then it stands open."""
        return any(name in self.errors for name in self.MORE) if self.is_bound else False

    def to_field(self, was: FieldText | None) -> FieldText:
        """Return the item that was typed; ``was`` is the one that it changes."""
        given = self.cleaned_data
        rule: dict[str, Any] = {name: given[name] for name in ("check", "pattern", "least", "most") if given[name]}
        if values := [line.strip() for line in given["one_of"].splitlines() if line.strip()]:
            rule["one_of"] = values
        return FieldText(
            code=given["code"],
            name=given["name"],
            column=given["column"] or given["code"],
            kind=given["kind"],
            length=given["length"],
            precision=given["precision"],
            scale=given["scale"],
            has_zone=given["has_zone"],
            dictionary=given["dictionary"],
            grade=given["grade"],
            personal=given["personal"],
            is_key=given["is_key"],
            is_nullable=given["is_nullable"],
            rule=rule,
            mask=given["mask"],
            note=given["note"],
            is_proposed=was is not None and was.is_proposed and not given["is_confirmed"],
        )


def show_item(each: FieldText) -> dict[str, Any]:
    """Return the initial values of an item's form."""
    names = (
        "code", "name", "kind", "length", "is_key", "is_nullable", "personal", "grade", "mask", "column", "precision",
        "scale", "has_zone", "dictionary", "note",
    )  # fmt: skip
    rule = dict(each.rule)
    return {
        **{name: getattr(each, name) for name in names},
        **{name: rule.get(name, "") for name in ("check", "pattern", "least", "most")},
        "one_of": "\n".join(map(str, rule.get("one_of", ()))),
    }


def text_of(head: forms.Form, fields: tuple[FieldText, ...]) -> VersionText:
    given = head.cleaned_data
    names = [each for each in HeadForm.base_fields if each != "classification"]
    return VersionText(
        **{name: given[name] for name in names}, classification=given["classification"].code, fields=fields
    )


class OpinionForm(forms.Form):
    opinion = area(_("审核意见"), 1000)


class ReturnForm(forms.Form):
    opinion = area(_("退回的理由和修改意见"), 1000, required=True)


class ReasonForm(forms.Form):
    reason = area(_("原因和依据"), 500, required=True)


class SourceChoice(SourceBase):
    def label_from_instance(self, obj: Source) -> str:
        return f"{obj.name}（{obj.get_kind_display()}）"


class MountForm(forms.Form):
    source = SourceChoice(Source.objects.none(), label=_("数据源"), empty_label=_("请选择数据源"))
    place = text(_("库表、文件或者接口"), 300, required=True)
    kind = forms.ChoiceField(label=_("挂接方式"), choices=MountKind.choices)
    watermark = text(_("增量列"), 128, hint=_("每次变更都增大的列，如更新时间；没有的不填。"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = list_usable_sources(actor)


class PlaceForm(forms.Form):
    """Which table is read into an entry."""

    place = forms.ChoiceField(label=_("库表或者文件"))
    classification = ClassChoice()
    name = text(_("资源名称"), 200, hint=_("不填就用表的注释。"))

    def __init__(self, *args: Any, places: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *((place, place) for place in places)]


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("目录表格"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("xlsx 或者 csv，列名和模板一样；最多5000行、500个资源。"),
    )
