"""What is typed about seals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.public import KEEP, OutsideSystem, Seal, SealKind, Shape, list_usable
from zhengtong.core.identity.public import Appointment, Organisation, list_colleagues
from zhengtong.kernel.policy import Actor


def _long(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=500, required=required, help_text=help_text, widget=widget)


class _People(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.staff.name}（{obj.post.title}）"


class ReasonForm(forms.Form):
    reason = _long(_("理由"))


class OpinionForm(forms.Form):
    opinion = _long(_("意见"), required=False)


class NeededOpinionForm(forms.Form):
    opinion = _long(_("理由"), help_text=_("申请人会看到，请写明怎么改。"))


class FilingForm(forms.Form):
    filing_number = forms.CharField(label=_("备案号"), max_length=40, help_text=_("备案机关给的编号"))


class ConfirmForm(forms.Form):
    """Nothing to type: the page says what happens."""


class KeeperForm(forms.Form):
    keeper = _People(Appointment.objects.none(), label=_("新的保管人"))
    reason = _long(_("移交原因"))

    def __init__(self, organisation_id: int, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["keeper"].queryset = list_colleagues(organisation_id)  # type: ignore[attr-defined]  # a choice of rows


class ChangeForm(forms.Form):
    text = forms.CharField(label=_("新的印文"), max_length=30)
    line = forms.CharField(label=_("专用名称"), max_length=12, required=False)
    reason = _long(_("变更理由"))


class AuthoriseForm(forms.Form):
    document_kind = forms.CharField(
        label=_("文件种类"), max_length=60, help_text=_("如 food-business-licence，与发出文件的业务约定")
    )
    system = forms.ModelChoiceField(
        OutsideSystem.objects.none(),
        label=_("接入系统"),
        required=False,
        empty_label=_("本平台的业务"),
        help_text=_("授权给外部系统的，选是哪一个"),
    )
    valid_from = forms.DateField(label=_("自"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(label=_("至"), widget=forms.DateInput(attrs={"type": "date"}))
    daily_ceiling = forms.IntegerField(label=_("每日上限（份）"), min_value=1, initial=100)
    total_ceiling = forms.IntegerField(label=_("总上限（份）"), min_value=1, initial=10000)
    reason = _long(_("授权理由"))

    def __init__(self, organisation_id: int, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        systems = OutsideSystem.objects.filter(organisation_id=organisation_id, is_active=True)
        self.fields["system"].queryset = systems  # type: ignore[attr-defined]  # a choice of rows


class ApplyForm(forms.Form):
    """A new seal: the picture beside it follows what is typed."""

    kind = forms.ChoiceField(label=_("种类"), choices=SealKind.choices, initial=SealKind.SPECIAL)
    text = forms.CharField(
        label=_("印文"), max_length=30, help_text=_("单位的法定全称；名章、签名写姓名。环排的字自左至右。")
    )
    line = forms.CharField(
        label=_("专用名称"), max_length=12, required=False, help_text=_("专用章才有，如“行政审批专用章”")
    )
    shape = forms.ChoiceField(
        label=_("形状"),
        choices=[(Shape.ROUND.value, Shape.ROUND.label), (Shape.OVAL.value, Shape.OVAL.label)],
        required=False,
        help_text=_("专用章可以选；其他种类由规定确定"),
    )
    keeper = _People(Appointment.objects.none(), label=_("保管人"), help_text=_("启用、停用、批准用印由保管人办"))
    reason = _long(_("申请理由"), help_text=_("设立机构或者启用专用章的文件名称、文号"))
    picture = forms.FileField(
        label=_("签名图片"),
        required=False,
        help_text=_("个人签名可以上传白纸黑字的照片（PNG、JPEG），也可以在下面手写"),
    )
    points = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, organisation: Organisation, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = list_colleagues(organisation.pk)
        self.fields["keeper"].queryset = people  # type: ignore[attr-defined]  # a choice of rows
        self.fields["text"].initial = organisation.name


class PaperForm(forms.Form):
    title = forms.CharField(label=_("材料名称"), max_length=60)
    file = forms.FileField(label=_("文件"))


class _SealChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.code}）"


class _WithSeal(forms.Form):
    seal = _SealChoice(Seal.objects.none(), label=_("印章"), empty_label=_("请选择"))

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["seal"].queryset = list_usable(actor)  # type: ignore[attr-defined]  # a choice of rows


class UseForm(_WithSeal):
    file = forms.FileField(label=_("文件"), help_text=_("PDF，内容定稿以后再上传"))
    title = forms.CharField(label=_("文件标题"), max_length=200)
    reason = _long(_("用印事由"))
    copies = forms.IntegerField(label=_("份数"), min_value=1, max_value=50, initial=1)
    with_ofd = forms.BooleanField(label=_("同时生成 OFD 版式文件，一并盖章"), required=False)


class BatchForm(_WithSeal):
    title = forms.CharField(label=_("批次名称"), max_length=120)
    reason = _long(_("用印事由"))


class SystemForm(forms.Form):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("所属单位"))
    name = forms.CharField(label=_("系统名称"), max_length=80)
    daily_quota = forms.IntegerField(label=_("每日份数上限"), min_value=1, max_value=100_000, initial=200)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reach = Organisation.objects.filter(pk__in=list(actor.reach(KEEP)), is_active=True).order_by("id")
        self.fields["organisation"].queryset = reach  # type: ignore[attr-defined]  # a choice of rows
        self.fields["organisation"].initial = actor.organisation
