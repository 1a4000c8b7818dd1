"""Forms that a service's parameters alone don't make: holidays as people write them, rules by their kind."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.holidays import DepartingDay
from zhengtong.kernel.policy import Actor, visible

DAY = r"(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})日?"
LINE = re.compile(rf"\s*{DAY}\s*(?:[~～至—-]+\s*{DAY})?\s*(休|班)\s*(\S.*?)\s*")
KINDS = {"休": False, "班": True}
LONGEST_HOLIDAY = 31


def write_days(days: list[DepartingDay]) -> str:
    """Return the days as lines that :func:`read_days` reads; days in a row share a line."""
    lines: list[tuple[date, date, bool, str]] = []
    for day in sorted(days, key=lambda each: each.date):
        if lines and lines[-1][2:] == (day.is_working, day.name) and lines[-1][1] == day.date - timedelta(days=1):
            lines[-1] = (lines[-1][0], day.date, day.is_working, day.name)
        else:
            lines.append((day.date, day.date, day.is_working, day.name))
    return "\n".join(
        f"{first}{f'~{last}' if last != first else ''} {'班' if is_working else '休'} {name}"
        for first, last, is_working, name in lines
    )


def read_days(text: str) -> tuple[DepartingDay, ...]:
    """Read lines like ``2027-01-01~2027-01-03 休 元旦``; weekends inside a holiday need not be left out.

    Raises ValidationError that names the line.
    """
    days: dict[date, DepartingDay] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise ValidationError(
                _("第%(line)d行看不懂：请写成“2027-01-01~2027-01-03 休 元旦”或“2027-01-04 班 元旦”"),
                params={"line": number},
            )
        try:
            first = date(int(match[1]), int(match[2]), int(match[3]))
            last = date(int(match[4]), int(match[5]), int(match[6])) if match[4] else first
        except ValueError:
            raise ValidationError(_("第%(line)d行有不存在的日期"), params={"line": number}) from None
        if not timedelta(0) <= last - first < timedelta(days=LONGEST_HOLIDAY):
            raise ValidationError(_("第%(line)d行的起止日期颠倒或者跨度太长"), params={"line": number})
        is_working = KINDS[match[7]]
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            # A holiday's weekend days are off anyway, so a notice doesn't change them.
            if is_working == (day.weekday() >= 5):
                days[day] = DepartingDay(day, is_working, match[8])
    return tuple(days[day] for day in sorted(days))


class NoticeForm(forms.Form):
    """A holiday notice as it is announced, its days a line each."""

    year = forms.IntegerField(label=_("年份"), min_value=2000, max_value=2100)
    title = forms.CharField(label=_("通知标题"), max_length=200)
    number = forms.CharField(label=_("文号"), max_length=60, required=False)
    amended_by = forms.CharField(label=_("修改文号"), max_length=200, required=False)
    days = forms.CharField(
        label=_("放假和调休"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("一行一段，例如“2027-01-01~2027-01-03 休 元旦”，调休上班写“2027-01-04 班 元旦”"),
    )

    def clean_days(self) -> tuple[DepartingDay, ...]:
        return read_days(self.cleaned_data["days"])


class AmendNoticeForm(NoticeForm):
    """The same for a year that is there."""

    year = None  # type: ignore[assignment]  # Django's way to leave out an inherited field


class RuleForm(forms.Form):
    """What every dated rule has."""

    effective_from = forms.DateField(label=_("自哪天起施行"))
    law = forms.CharField(label=_("法律法规"), max_length=100)
    article = forms.CharField(label=_("条款"), max_length=60, required=False)
    note = forms.CharField(label=_("说明"), max_length=500, required=False)
    is_unverified = forms.BooleanField(label=_("原文还没有核对"), required=False)


class LimitForm(RuleForm):
    budget = forms.IntegerField(label=_("期限（天）"), min_value=0, max_value=3650)
    extension = forms.IntegerField(label=_("可以延长（天）"), min_value=0, max_value=3650)


class TermForm(RuleForm):
    years = forms.IntegerField(label=_("有效期（年）"), min_value=1, max_value=100)


class WarningForm(RuleForm):
    percent = forms.IntegerField(label=_("预警比例（%）"), min_value=1, max_value=100)


class RemedyForm(RuleForm):
    text = forms.CharField(label=_("告知内容"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)


class SplitForm(forms.Form):
    """Into which two organisations one is split, and which of its posts goes where; both have been founded before."""

    SIDES = (("first", _("第一个机构")), ("second", _("第二个机构")))

    def __init__(self, *args: Any, actor: Actor, row: Organisation | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        siblings = Organisation.objects.filter(parent_id=row.parent_id if row else None, is_active=True)
        offered = visible(actor, "identity.manage_organisations", siblings).exclude(pk=row.pk if row else 0)
        for name, label in self.SIDES:
            self.fields[name] = forms.ModelChoiceField(offered.order_by("id"), label=label, empty_label=_("请选择"))
        self.fields["heir"] = forms.ChoiceField(
            label=_("其余的人员和在办事项归"), choices=self.SIDES, help_text=_("没有另外指明的都归它")
        )
        self.posts = {f"post{post.pk}": post for post in row.posts.filter(is_active=True)} if row else {}
        for name, post in self.posts.items():
            self.fields[name] = forms.ChoiceField(
                label=_("岗位“%(title)s”归") % {"title": post.title},
                choices=[("", _("同上")), *self.SIDES],
                required=False,
            )
        self.fields["on_date"] = forms.DateField(label=_("自哪天起"), required=False, help_text=_("不填就是今天"))
        self.fields["basis"] = forms.CharField(label=_("依据文号"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        sides = {name: given.pop(name, None) for name, _label in self.SIDES}
        if sides["first"] is not None and sides["first"] == sides["second"]:
            self.add_error("second", _("两个机构不能相同"))
        posts = {post: sides[given.pop(name)] for name, post in self.posts.items() if given.get(name)}
        for name in self.posts:
            given.pop(name, None)
        heir = sides.get(given.pop("heir", ""))
        return given | {"into": list(sides.values()), "posts": posts, "heir": heir}
