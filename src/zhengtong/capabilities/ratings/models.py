"""What a bad rating of a case leads to: contact, rectification, verification, a second rating."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedTextField

_TICK = timedelta(microseconds=1)


class FollowUpState(models.TextChoices):
    CONTACT = "contact", _("待联系")
    RECTIFY = "rectify", _("整改中")
    VERIFY = "verify", _("待核实")
    CLOSED = "closed", _("已办结")


class Finding(models.TextChoices):
    """What the contact found. 国办发〔2019〕51号: put right what is reasonable, explain what has no basis, don't adopt
    what was given by mistake or out of malice."""

    JUSTIFIED = "justified", _("情况属实，立即整改")
    UNFOUNDED = "unfounded", _("诉求缺乏依据，需要解释说明")
    MISTAKEN = "mistaken", _("误评或者恶意差评，不予采纳")


class FollowUp(models.Model):
    """差评整改: one a bad rating. ``state`` says what comes next; each step has its own limit, as dated rows say.

    ``is_adopted``: False once a second person agreed that the rating was a mistake or malice; it isn't counted then.
    What was said on the phone and what was put right is sealed at rest; ``public_comment`` and ``public_reply`` are
    what whoever verified it found fit for everybody, without personal data.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    appraisal = models.OneToOneField("cases.Appraisal", on_delete=models.PROTECT, related_name="follow_up")
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="rating_follow_up")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name=_("承办单位"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=10, choices=FollowUpState.choices, default=FollowUpState.CONTACT)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(_("收到差评"))
    contact_days = models.PositiveSmallIntegerField()
    contact_due_at = models.DateTimeField(_("联系期限"))
    days = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField(_("整改期限"))
    next_alert_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=8, default="green")

    calls = models.PositiveSmallIntegerField(_("联系次数"), default=0)
    finding = models.CharField(_("核实情况"), max_length=12, choices=Finding.choices, blank=True, default="")
    contact_note = EncryptedTextField(_("联系记录"), blank=True, default="")
    contacted_at = models.DateTimeField(_("联系"), null=True)
    contacted_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")

    measures = EncryptedTextField(_("整改情况"), blank=True, default="")
    reply = EncryptedTextField(_("给评价人的答复"), blank=True, default="")
    rectified_at = models.DateTimeField(_("整改完成"), null=True)
    rectified_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")

    second_score = models.PositiveSmallIntegerField(_("再次评价"), null=True)
    second_comment = EncryptedTextField(_("再次评价的话"), blank=True, default="")
    second_at = models.DateTimeField(null=True)

    is_satisfied = models.BooleanField(_("评价人是否满意"), null=True)
    is_adopted = models.BooleanField(_("采纳"), default=True)
    note = EncryptedTextField(_("核实记录"), blank=True, default="")
    closed_at = models.DateTimeField(_("办结"), null=True)
    closed_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    public_comment = models.CharField(_("公开的评价"), max_length=500, blank=True, default="")
    public_reply = models.CharField(_("公开的答复"), max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = _("差评整改")
        indexes = [
            models.Index(
                fields=["next_alert_at"],
                condition=models.Q(closed_at__isnull=True, next_alert_at__isnull=False),
                name="follow_ups_alerting",
            ),
            models.Index(fields=["organisation", "-id"], name="follow_ups_of_an_office"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second_score=None) | models.Q(second_score__range=(1, 5)),
                name="second_score_from_1_to_5",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed") | models.Q(closed_at__isnull=False), name="closed_with_its_moment"
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)

    @property
    def contact_last_moment(self) -> datetime:
        """The last moment at which the office is in time: the limit itself is the midnight after it."""
        return self.contact_due_at - _TICK

    @property
    def last_moment(self) -> datetime:
        return self.due_at - _TICK

    @property
    def is_late(self) -> bool:
        """Whether it was put right after its limit (or the office had not been in touch by its own)."""
        late_contact = self.contacted_at is not None and self.contacted_at > self.contact_due_at
        late = self.rectified_at is not None and self.rectified_at > self.due_at
        return late_contact or late
