"""The parts of an application for a bundle: its items, those that run, that wait, that never began; and what their
organs do together: visit a site, ask each other."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class PartState(models.TextChoices):
    WAITING = "waiting", _("等待前一事项")
    STARTED = "started", _("已启动")
    STOPPED = "stopped", _("未启动")


class BundlePart(models.Model):
    """One item of one application (``parent``). It has a case from the moment it is started.

    Item version and office are those of the day of the application: what was filled in fits them. ``after`` are the
    items of the same application that have to be granted first. ``is_prechecked``: the counter has checked its
    materials already, so it is accepted when it starts.
    """

    parent = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="bundle_parts", db_index=False)
    item = models.ForeignKey("cases.ServiceItem", on_delete=models.PROTECT, related_name="+")
    item_version = models.ForeignKey("cases.ItemVersion", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("cases.ItemOffice", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("顺序"))
    after = ArrayField(models.SlugField(max_length=60), verbose_name=_("等待"), default=list)
    why = models.CharField(_("为什么要办"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=PartState.choices, default=PartState.WAITING)
    is_prechecked = models.BooleanField(_("材料已预先核对"), default=False)
    prechecked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, null=True, related_name="bundle_part")
    stopped_why = models.CharField(_("未启动的原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("一件事的事项")
        ordering = ["parent_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "position"], name="one_part_a_position"),
            models.UniqueConstraint(fields=["parent", "item"], name="one_part_an_item"),
            models.CheckConstraint(
                condition=models.Q(state="started", case__isnull=False) | ~models.Q(state="started"),
                name="a_started_part_has_a_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} {self.item}"


class BundleText(models.Model):
    """The newest text of a bundle as its author wrote it, to be compiled anew when one of its items changes."""

    item = models.OneToOneField("cases.ServiceItem", on_delete=models.PROTECT, related_name="bundle_text")
    text: "models.JSONField[Any, Any]" = models.JSONField(_("内容"))
    items = ArrayField(models.SlugField(max_length=60), verbose_name=_("包含的事项"))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("一件事的内容")
        indexes = [GinIndex(fields=["items"], name="bundles_by_item")]

    def __str__(self) -> str:
        return str(self.item)


class JointVisit(models.Model):
    """联合核查: one visit to one place for several parts. Each organ names its own officers and tells the applicant in
    its own notice; its clock stands still from then."""

    parent = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="joint_visits")
    planned_at = models.DateTimeField(_("核查时间"))
    place = models.CharField(_("地点"), max_length=200)
    allowed_days = models.PositiveSmallIntegerField(_("所需工作日"))
    proposed_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("发起时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("联合核查")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.parent_id} {self.planned_at}"


class JoiningState(models.TextChoices):
    INVITED = "invited", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    DECLINED = "declined", _("不参加")


class JointVisitPart(models.Model):
    """Whether and with whom one part's organ comes. ``visit`` is its own: with its officers, notice and findings."""

    joint = models.ForeignKey(JointVisit, on_delete=models.CASCADE, related_name="parts")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="joint_visit_parts")
    state = models.CharField(_("状态"), max_length=10, choices=JoiningState.choices, default=JoiningState.INVITED)
    visit = models.ForeignKey("cases.SiteVisit", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("不参加的原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("联合核查的部门")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["joint", "case"], name="one_place_a_case_and_joint_visit"),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed") | models.Q(visit__isnull=False), name="who_confirms_has_a_visit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.joint_id} {self.case_id} {self.state}"


class Opinion(models.Model):
    """征求意见: the organ of one part asks that of another. It stops no clock."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="opinions_asked")
    asked = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="opinions_to_give")
    question = models.CharField(_("问题"), max_length=500)
    asked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("征求时间"), auto_now_add=True)
    answer = models.TextField(_("答复"), max_length=1000, blank=True)
    answered_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    class Meta:
        verbose_name = _("部门意见")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | ~models.Q(answer=""), name="an_answer_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.asked_id}"
