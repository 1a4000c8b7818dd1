"""What is typed about marks."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.core.marks.public import HANDLED, Terms
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MarkForm(forms.Form):
    """The mark as a whole: what isn't said any more is gone, so it opens with what is in force."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("级别"),
        coerce=int,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("国家秘密（秘密、机密、绝密）不得进入本网络，请交本单位保密工作机构。"),
    )
    until = forms.DateField(
        label=gettext_lazy("期限至"),
        required=False,
        widget=_DAY,
        help_text=gettext_lazy("到期自动解除。工作秘密要有期限或者解除条件。"),
    )
    condition = forms.CharField(label=gettext_lazy("解除条件"), required=False, max_length=200)
    offices = forms.CharField(
        label=gettext_lazy("知悉范围：单位"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("单位全称，每行一个。单位和人员都不填，就是有权办理的人都能看。"),
    )
    people = forms.CharField(
        label=gettext_lazy("知悉范围：人员"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("用户名，每行一个。能限定到人的，限定到人。"),
    )
    basis = forms.CharField(
        label=gettext_lazy("依据或者理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        assert isinstance(level, forms.TypedChoiceField)
        level.choices = [(mark.value, mark.label) for mark in HANDLED if mark <= actor.clearance]

    def clean_offices(self) -> list[int] | None:
        names = _lines(self.cleaned_data["offices"])
        known = dict(Organisation.objects.filter(name__in=names, is_active=True).values_list("name", "pk"))
        if missing := [name for name in names if name not in known]:
            raise forms.ValidationError(
                _("没有这个单位：%(names)s。请填写全称。") % {"names": "、".join(missing)[:200]}
            )
        return [known[name] for name in names] or None

    def clean_people(self) -> list[int] | None:
        names = _lines(self.cleaned_data["people"])
        today = timezone.localdate()
        held = Appointment.objects.filter(staff__account__username__in=names, start_date__lte=today)
        held = held.exclude(end_date__lt=today).select_related("staff__account").order_by("pk")
        known: dict[str, list[int]] = {}
        for appointment in held:
            known.setdefault(str(appointment.staff.account.username), []).append(appointment.pk)
        if missing := [name for name in names if name not in known]:
            raise forms.ValidationError(_("没有在任的人员：%(names)s") % {"names": "、".join(missing)[:200]})
        # On whichever of her posts she reads it.
        return [pk for name in names for pk in known[name]] or None

    @property
    def terms(self) -> Terms:
        given = self.cleaned_data
        if given["level"] == Mark.PUBLIC:
            return Terms()
        return Terms(given["until"], given["condition"], given["offices"], given["people"])


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[:50]


class SecretForm(forms.Form):
    """A state secret on paper: a number, never what it is about."""

    number = forms.CharField(
        label=gettext_lazy("登记编号"), max_length=40, help_text=gettext_lazy("载体编号或者收文编号，不写标题和内容。")
    )
    level = forms.TypedChoiceField(
        label=gettext_lazy("密级"),
        coerce=int,
        choices=[(m.value, m.label) for m in (Mark.SECRET, Mark.CONFIDENTIAL, Mark.TOP_SECRET)],
    )
    received_date = forms.DateField(label=gettext_lazy("收到日期"), widget=_DAY)
    copies = forms.IntegerField(label=gettext_lazy("份数"), min_value=1, max_value=999, initial=1)


class ReturnForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("清退日期"), widget=_DAY)
