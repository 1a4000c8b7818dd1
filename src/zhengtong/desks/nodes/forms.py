"""What people type at the desk of nodes."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.nodes.public import OPERATE, JoiningMode, Level, Relation, Zones
from zhengtong.capabilities.sources.public import Source, SourceState
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor

MARKS = [(each.value, each.label) for each in (Mark.PUBLIC, Mark.INTERNAL, Mark.WORK_SECRET)]


def long_text(label: Any, *, limit: int = 300, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, help_text=hint, widget=forms.Textarea(attrs={"rows": 3, "maxlength": limit})
    )


class ConfirmForm(forms.Form):
    """Nothing is typed: the button says it."""


class ReasonForm(forms.Form):
    reason = long_text(_("原因"))


class AssessForm(forms.Form):
    assessment = long_text(_("评估意见"), limit=500, hint=_("写明网络是否已通、等级保护级别、交换什么数据、为什么要连"))


class CompareForm(forms.Form):
    compared = forms.CharField(
        label=_("对方念的校验码"),
        max_length=80,
        help_text=_("请对方的管理员打开“本节点”页面，在电话里念出校验码，照着输入。空格和大小写不论。"),
    )


class RenewalForm(CompareForm):
    overlap_days = forms.IntegerField(
        label=_("旧证书再保留几天"), min_value=0, max_value=180, initial=30, help_text=_("期间新旧证书都可以用")
    )


class CardForm(forms.Form):
    """The other side's card, as a file or from its address."""

    file = forms.FileField(label=_("节点资料文件"), required=False, help_text=_("对方从“本节点”页面导出的文件"))
    address = forms.URLField(
        label=_("或者从对方的交换地址取得"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("例如 https://exchange.example.gov.cn:9443"),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("file")) == bool(given.get("address")) and not self.errors:
            self.add_error("file", _("请上传文件，或者填写地址，两者选一。"))
        return given

    def read_file(self) -> bytes:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        content: bytes = file.read()
        return content


class JoinForm(CardForm):
    relation = forms.ChoiceField(label=_("对方是本节点的"), choices=Relation.choices)
    mode = forms.ChoiceField(
        label=_("接入方式"),
        choices=JoiningMode.choices,
        initial=JoiningMode.NODE,
        help_text=_("先用终端接入试运行的，也在这里登记"),
    )
    reason = long_text(_("申请理由"), hint=_("交换哪些数据，依据什么文件"))


class OwnNodeForm(forms.Form):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("运行单位"))
    code = forms.SlugField(label=_("节点代码"), max_length=40, help_text=_("字母、数字和连字符，例如 chengbo-xian"))
    name = forms.CharField(label=_("节点名称"), max_length=100)
    level = forms.ChoiceField(label=_("层级"), choices=Level.choices)
    zone = forms.ChoiceField(
        label=_("网络区域"), choices=Zones.choices, help_text=_("涉密内网是单独的装置，不在这里登记，也不与这里连接")
    )
    address = forms.URLField(
        label=_("交换地址"),
        max_length=200,
        assume_scheme="https",
        help_text=_("别的节点连到这里，由 nginx 接收，例如 https://exchange.example.gov.cn:9443"),
    )
    largest_mb = forms.IntegerField(label=_("接收的单个消息上限（MB）"), min_value=1, max_value=512, initial=64)
    alarm_minutes = forms.IntegerField(label=_("中断多少分钟后提醒"), min_value=1, max_value=1440, initial=30)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reach = Organisation.objects.filter(pk__in=list(actor.reach(OPERATE)), is_active=True).order_by("path")
        self.fields["organisation"].queryset = reach  # type: ignore[attr-defined]  # a choice of rows


class RenewOwnForm(forms.Form):
    use = forms.ChoiceField(label=_("哪一种"), choices=[("client", _("客户端证书")), ("server", _("服务器证书"))])
    days = forms.IntegerField(
        label=_("几天后启用"),
        min_value=0,
        max_value=90,
        initial=7,
        help_text=_("启用之前把新的资料文件交给各个节点，等它们批准"),
    )


class CertificateForm(forms.Form):
    file = forms.FileField(label=_("服务器证书"), help_text=_("nginx 上用的证书，PEM 或者 DER，不要带私钥"))


class NoticeForm(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=100)
    text = long_text(_("内容"), limit=2000)
    mark = forms.TypedChoiceField(
        label=_("密级标识"), choices=MARKS, coerce=int, initial=int(Mark.INTERNAL), help_text=_("内网向外网只发公开的")
    )
    is_urgent = forms.BooleanField(label=_("紧急，排在前面"), required=False)


class _SourceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.get_kind_display()}）"


class DataForm(forms.Form):
    """Which table goes, under which code the other side knows it."""

    dataset = forms.SlugField(label=_("数据集代码"), max_length=60, help_text=_("和对方约定，对方按它决定落到哪张表"))
    title = forms.CharField(label=_("标题"), max_length=100)
    source = _SourceChoice(Source.objects.none(), label=_("从哪里读"), empty_label=_("请选择"))
    table = forms.CharField(label=_("表"), max_length=120)
    key = forms.CharField(
        label=_("主键列"), max_length=200, help_text=_("几列合在一起的，用逗号分开。对方按主键新增或者更新")
    )
    is_whole = forms.BooleanField(label=_("这是全量：对方表里没有在内的行要删除"), required=False)
    mark = forms.TypedChoiceField(
        label=_("密级标识"), choices=MARKS, coerce=int, initial=int(Mark.INTERNAL), help_text=_("内网向外网只发公开的")
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reach = list(actor.reach(OPERATE))
        found = Source.objects.filter(organisation_id__in=reach, is_readable=True, state=SourceState.ACTIVE)
        self.fields["source"].queryset = found.order_by("name")  # type: ignore[attr-defined]  # a choice of rows


class LandingForm(forms.Form):
    """Where a dataset that this node sends is put."""

    dataset = forms.SlugField(label=_("数据集代码"), max_length=60, help_text=_("和对方约定的代码"))
    target = _SourceChoice(Source.objects.none(), label=_("写到哪里"), empty_label=_("请选择"))
    table = forms.CharField(label=_("表"), max_length=120, help_text=_("没有的，第一次收到时建立"))

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reach = list(actor.reach(OPERATE))
        found = Source.objects.filter(organisation_id__in=reach, is_writable=True, state=SourceState.ACTIVE)
        self.fields["target"].queryset = found.order_by("name")  # type: ignore[attr-defined]  # a choice of rows
