"""What citizens and staff type about letters."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.letters.public import (
    BODY_MOST,
    TITLE_MOST,
    CallResult,
    LetterChannel,
    LetterKind,
    QuestionKind,
    SurveyKind,
    list_categories,
    list_places,
)

KIND_WORDS = {
    LetterKind.CONSULT: _("想问政策、办事要什么、找谁办"),
    LetterKind.COMPLAINT: _("遇到问题没人管，或者对处理不满意"),
    LetterKind.SUGGESTION: _("对城市管理和服务有想法"),
    LetterKind.MAYOR: _("写给市长，反映带有普遍性的问题"),
    LetterKind.REPORT: _("发现违法违规的事，可以要求保密"),
}


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CategoryField(forms.TypedChoiceField):
    """The categories in use."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("是哪方面的事"))
        options.setdefault("error_messages", {"required": _("请选择是哪方面的事")})
        super().__init__(coerce=int, choices=self._choices, **options)

    @staticmethod
    def _choices() -> list[tuple[Any, Any]]:
        return [("", _("请选择")), *((c.pk, f"{c.name}（{c.help}）" if c.help else c.name) for c in list_categories())]


class RegionField(forms.TypedChoiceField):
    """Counties, with their towns and streets under them."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("事情发生在哪里"))
        options.setdefault("error_messages", {"required": _("请选择事情发生在哪里")})
        super().__init__(coerce=int, choices=self._choices, **options)

    @staticmethod
    def _choices() -> list[tuple[Any, Any]]:
        groups: list[tuple[Any, Any]] = [("", _("请选择"))]
        for county, towns in list_places():
            whole = (county.pk, county.name)
            groups.append((county.name, [whole, *((town.pk, f"{county.name}{town.name}") for town in towns)]))
        return groups


class KindForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("您要写哪一类信"),
        choices=lambda: [(kind.value, f"{kind.label}：{words}") for kind, words in KIND_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择要写哪一类信")},
    )


class ContentForm(forms.Form):
    """What it is about."""

    title = forms.CharField(label=_("一句话说明是什么事"), max_length=TITLE_MOST)
    body = forms.CharField(
        label=_("详细情况"),
        max_length=BODY_MOST,
        widget=text_area(8),
        help_text=_("什么时间、在哪里、发生了什么、希望怎样解决。"),
    )
    category = CategoryField()


class PlaceForm(forms.Form):
    """Where it is."""

    region = RegionField()
    place = forms.CharField(
        label=_("具体地点"), max_length=120, required=False, help_text=_("如街道门牌、小区、路口。不涉及地点可以不填。")
    )


class WriterForm(forms.Form):
    """Who writes, and what she wants to be done with that."""

    writer_name = forms.CharField(
        label=_("怎样称呼您"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    writer_phone = forms.CharField(
        label=_("手机号码"),
        max_length=30,
        help_text=_("用来告诉您进度和回访，不会公开。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    is_confidential = forms.BooleanField(
        label=_("对承办单位保密"), required=False, help_text=_("承办单位看不到您的姓名和电话，来信不公开。")
    )
    may_publish = forms.BooleanField(
        label=_("同意公开"), required=False, help_text=_("隐去个人信息后，来信和答复可以在网上公开，供别人参考。")
    )


class IntakeForm(ContentForm, PlaceForm, WriterForm):
    """All of it on one page, for an operator who has the writer on the phone."""

    channel = forms.ChoiceField(
        label=_("来源"),
        choices=[(c.value, c.label) for c in (LetterChannel.PHONE, LetterChannel.COUNTER)],
        initial=LetterChannel.PHONE,
    )
    kind = forms.ChoiceField(label=_("类型"), choices=LetterKind.choices)
    field_order = (
        "channel",
        "kind",
        "writer_name",
        "writer_phone",
        "category",
        "title",
        "body",
        "region",
        "place",
        "is_confidential",
        "may_publish",
    )


class ProgressForm(forms.Form):
    number = forms.CharField(
        label=_("来信编号"),
        max_length=40,
        help_text=_("如 LX-2026-000001。"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("查询码"),
        max_length=20,
        help_text=_("提交时给您的 8 位字母和数字。"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        return str(self.cleaned_data["number"]).replace(" ", "").upper()


class RatingForm(forms.Form):
    """好差评, five levels."""

    score = forms.TypedChoiceField(
        label=_("您对答复满意吗"),
        choices=[(str(star), str(star)) for star in range(1, 6)],
        coerce=int,
        error_messages={"required": _("请选择满意程度"), "invalid_choice": _("请选择满意程度")},
    )
    comment = forms.CharField(label=_("想对我们说的话"), max_length=500, required=False, widget=text_area(3))


class SurveyForm(forms.Form):
    kind = forms.ChoiceField(label=_("形式"), choices=SurveyKind.choices)
    title = forms.CharField(label=_("标题"), max_length=100)
    lead = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=text_area(5))
    opens_at = forms.DateTimeField(
        label=_("开始"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    closes_at = forms.DateTimeField(
        label=_("结束"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class QuestionForm(forms.Form):
    kind = forms.ChoiceField(label=_("题型"), choices=QuestionKind.choices)
    text = forms.CharField(label=_("题目"), max_length=200)
    choices = forms.CharField(
        label=_("选项"), required=False, max_length=4000, widget=text_area(4), help_text=_("每行一个，单选和多选要写。")
    )
    is_required = forms.BooleanField(label=_("必答"), required=False, initial=True)


class ConclusionForm(forms.Form):
    conclusion = forms.CharField(label=_("采纳情况和说明"), max_length=5000, widget=text_area(6))


# The acts of a handler. Each takes the letter and who acts.


class ActForm(forms.Form):
    """``version`` is that of the page that she looked at: an older one is a stale tab."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offices: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if "organisation" in self.fields:
            self.fields["organisation"].choices = offices  # type: ignore[attr-defined]  # a ChoiceField


def _office() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=_("单位"), coerce=int, error_messages={"required": _("请选择单位")})


REASON = _("理由")


def _reason(label: Any = REASON, most: int = 300) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=text_area(4))


class AcceptForm(ActForm):
    category = CategoryField(label=_("类别"))


class ReasonForm(ActForm):
    reason = _reason()


class DispatchForm(ActForm):
    organisation = _office()
    note = forms.CharField(label=_("派发意见"), max_length=300, required=False, widget=text_area(3))


class TransferForm(ActForm):
    organisation = _office()
    reason = _reason(_("改派的理由"))


class CooperationForm(ActForm):
    organisation = _office()
    request = _reason(_("请协助的事"))


class AnswerForm(ActForm):
    text = forms.CharField(label=_("答复内容"), max_length=5000, widget=text_area(12))


class ExtensionForm(ActForm):
    days = forms.IntegerField(label=_("延长几个工作日"), min_value=1, max_value=60)
    reason = _reason()


class OpinionForm(ActForm):
    opinion = forms.CharField(label=_("意见"), max_length=300, required=False, widget=text_area(3))


class RejectForm(ActForm):
    opinion = _reason(_("要怎样修改"))


class DecideForm(ActForm):
    is_granted = forms.TypedChoiceField(
        label=_("决定"),
        choices=[("1", _("同意延期")), ("0", _("不同意"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(label=_("意见"), max_length=300, required=False, widget=text_area(3))


class HelpForm(ActForm):
    opinion = _reason(_("协办意见"), 2000)


class CallForm(ActForm):
    result = forms.ChoiceField(label=_("回访结果"), choices=CallResult.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("来信人的意见"), max_length=1000, required=False, widget=text_area(4), help_text=_("不满意时必须写明。")
    )


class RectifyForm(ActForm):
    measures = _reason(_("整改情况"), 2000)


class RecheckForm(ActForm):
    is_satisfied = forms.TypedChoiceField(
        label=_("整改后来信人"),
        choices=[("1", _("满意")), ("0", _("仍不满意"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    note = _reason(_("回访记录"), 1000)
