"""Site visits: arranged, joined, moved, declined, and what was found."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles.public import (
    get_bundle_of,
    get_joining,
    why_not_invited,
)
from zhengtong.capabilities.cases.public import (
    ActForm,
    Situation,
    get_rulebook,
)
from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.desks.workbench.forms.fields import YES_NO, AppointmentChoices, NamesTime, Reasons

REVIEWER_ROLES = ("reviewer", "approver")


class NamesOfficers(ActForm):
    """A form that asks who of the organ goes to the site."""

    officers = AppointmentChoices(
        label=_("核查人员"), widget=forms.CheckboxSelectMultiple, help_text=_("至少两名，依据《行政许可法》第三十四条")
    )

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        super().__init__(situation, *args, **options)
        found = list_colleagues(situation.case.organisation_id).filter(post__roles__role__in=REVIEWER_ROLES)
        people: dict[int, Appointment] = {}
        for person in found:
            people.setdefault(person.staff_id, person)
        self._officers.set_people(list(people.values()))

    @property
    def people(self) -> list[Appointment]:
        return [self._officers.people[key] for key in self.cleaned_data["officers"]]

    @property
    def _officers(self) -> AppointmentChoices:
        field = self.fields["officers"]
        assert isinstance(field, AppointmentChoices)
        return field


def _premises(situation: Situation) -> str:
    """Return the address of what is visited, where the item asks for one."""
    keys = [spec.key for spec in situation.definition.fields() if spec.element == "premises_address"]
    return next((str(situation.case.form[key]) for key in (*keys, "premises") if situation.case.form.get(key)), "")


def _visit_days(situation: Situation) -> int | None:
    code = situation.definition.text.get("limits", {}).get("site_visit")
    try:
        return get_rulebook().limit(code, timezone.localdate()).budget if code else None
    except LookupError:
        return None


class VisitForm(NamesOfficers, NamesTime):
    allowed_days = forms.IntegerField(
        label=_("所需工作日"),
        min_value=1,
        max_value=60,
        help_text=_("从今天算起，这些天不计入办理期限，会书面告知申请人"),
        error_messages={"invalid": _("请填写整数")},
    )
    invited = forms.MultipleChoiceField(
        label=_("邀请同一件事的其他部门一同核查"), widget=forms.CheckboxSelectMultiple, required=False
    )
    field_order = ("officers", "planned_at", "place", "allowed_days", "invited")

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        options["initial"] = {"place": _premises(situation), "allowed_days": _visit_days(situation)}
        super().__init__(situation, *args, **options)
        self._offer_organs(situation)

    def _offer_organs(self, situation: Situation) -> None:
        """Offer the organs of the other parts that can come, and say of the rest why not."""
        found = get_bundle_of(situation.case)
        offered, others = [], []
        for part in found[1] if found else ():
            if part.case_id == situation.case.pk:
                continue
            name = f"{part.office.organisation.name}（{part.item.name}）"
            if why := why_not_invited(part):
                others.append(f"{name}{gettext(why)}")
            else:
                offered.append((str(part.case_id), name))
        if not offered and not others:
            del self.fields["invited"]
            return
        field = self.fields["invited"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = offered
        if others:
            field.help_text = gettext("不能邀请的：%(others)s") % {"others": "；".join(others)}

    @property
    def invited_cases(self) -> list[int]:
        return [int(each) for each in self.cleaned_data.get("invited", ())]


class JoinVisitForm(NamesOfficers):
    """Who of her organ comes along; when and where is settled."""


class MoveVisitForm(NamesTime):
    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        joining = get_joining(situation.case)
        if joining is not None:
            options["initial"] = {"planned_at": joining.joint.planned_at, "place": joining.joint.place}
        super().__init__(situation, *args, **options)


class DeclineVisitForm(ActForm):
    reason = forms.CharField(label=_("不参加的原因"), max_length=200, help_text=_("会告知发起部门"))
    phrases = {"reason": ("本部门已另行核查", "当天人员不足，另行安排核查", "现场还不具备核查条件")}


class VisitResultForm(ActForm):
    is_passed = forms.ChoiceField(
        label=_("核查结论"), widget=forms.RadioSelect, choices=[("yes", _("符合要求")), ("no", _("不符合要求"))]
    )
    findings = Reasons(_("核查情况"))
    phrases = {
        "findings": (
            "场所布局、设备设施与申请材料一致",
            "加工区与就餐区分开，流程合理，无交叉污染",
            "消毒、冷藏设备运转正常",
            "现场与提交的布局图不一致",
            "未设置专用的餐具清洗消毒水池",
        )
    }

    @property
    def passed(self) -> bool:
        return YES_NO[self.cleaned_data["is_passed"]]
