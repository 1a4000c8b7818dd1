"""Marks put on rows: every one that ever stood, the last one in force; and state secrets known by number only."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.core.marks.domain import write_mark
from zhengtong.core.marks.rows import HANDLED
from zhengtong.kernel.marks import Mark


class MarkAct(models.TextChoices):
    SET = "set", _("标注")
    RAISED = "raised", _("提高")
    DERIVED = "derived", _("派生")
    CHANGED = "changed", _("变更期限或者范围")
    LOWERED = "lowered", _("降低")
    RELEASED = "released", _("解除")
    EXPIRED = "expired", _("到期解除")


class Marking(models.Model):
    """What was decided of one row's mark, by whom and why. Only ever added to; ``ended_at`` closes the one before.

    ``responsible`` is the person who alone may lower it (定密责任人 in the words of state secrets). ``content`` is the
    SHA-256 of what was marked and ``signature`` the platform's over :func:`domain.state`: a mark that was moved to
    another content, or altered, doesn't verify.
    """

    object_kind = models.CharField(_("对象类型"), max_length=60)
    object_id = models.BigIntegerField(_("对象"))
    name = models.CharField(_("名称"), max_length=200)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    act = models.CharField(_("行为"), max_length=10, choices=MarkAct.choices)
    level = models.PositiveSmallIntegerField(_("密级标识"), choices=Mark.choices)
    until = models.DateField(_("期限至"), null=True)
    condition = models.CharField(_("解除条件"), max_length=200, blank=True)
    circle = ArrayField(models.BigIntegerField(), verbose_name=_("知悉范围（单位）"), null=True)
    readers = ArrayField(models.BigIntegerField(), verbose_name=_("知悉范围（人员）"), null=True)
    basis = models.CharField(_("依据或者理由"), max_length=300)
    responsible = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("责任人")
    )
    marked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(_("时间"))
    ended_at = models.DateTimeField(_("结束"), null=True)
    content = models.CharField(_("内容摘要"), max_length=64)
    signature = models.BinaryField(_("签名"))
    certificate = models.BinaryField(_("证书"))

    class Meta:
        verbose_name = _("密级标识")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["object_kind", "object_id"], condition=models.Q(ended_at=None), name="one_mark_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in HANDLED]), name="no_state_secret_here"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["object_kind", "object_id", "-id"], name="markings_of_object"),
            models.Index(fields=["until"], condition=models.Q(ended_at=None), name="markings_to_end"),
            models.Index(fields=["organisation", "-id"], condition=models.Q(ended_at=None), name="markings_of_organ"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.written}"

    @property
    def written(self) -> str:
        return write_mark(self.level, self.until, timezone.localdate(self.marked_at))


class SecretRegistration(models.Model):
    """A state secret that exists elsewhere, on paper or on a network cleared for it: its number and where, no word of
    what it says (保守国家秘密法 art. 26, 31: it must not be kept or sent here)."""

    number = models.CharField(_("登记编号"), max_length=40, unique=True)
    level = models.PositiveSmallIntegerField(
        _("密级"), choices=[(m.value, m.label) for m in (Mark.SECRET, Mark.CONFIDENTIAL, Mark.TOP_SECRET)]
    )
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("保管单位")
    )
    received_date = models.DateField(_("收到日期"))
    copies = models.PositiveSmallIntegerField(_("份数"), default=1)
    returned_date = models.DateField(_("清退日期"), null=True, blank=True)
    registered_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("涉密件登记")

    def __str__(self) -> str:
        return self.number
