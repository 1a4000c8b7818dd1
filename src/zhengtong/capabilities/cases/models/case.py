"""A case (办件), what was filed with it, what was said about it, how it ended."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField, EncryptedTextField
from zhengtong.core.marks.public import MarkedRow

CASE_STATES = [
    ("draft", _("草稿")),
    ("submitted", _("已提交，待受理")),
    ("need_materials", _("待补正")),
    ("resubmitted", _("已补正，待受理")),
    ("not_required", _("不需要许可")),
    ("not_competent", _("不属于本机关职权")),
    ("accepted", _("已受理")),
    ("reviewing", _("审查中")),
    ("excluded_time", _("特别程序中")),
    ("granted", _("准予许可")),
    ("refused", _("不予许可")),
    ("delivered", _("已送达")),
    ("archived", _("已归档")),
    ("withdrawn", _("已撤回")),
    ("underway", _("办理中")),
    ("completed", _("已办结")),
]


# Submitted; among those what hasn't ended; and what was decided.
FILED = models.Q(number__isnull=False)
RUNNING = models.Q(closed_at__isnull=True, number__isnull=False)
DECIDED = models.Q(decided_at__isnull=False)


class CaseKind(models.TextChoices):
    """A bundle (一件事) is one application that leads to several cases; each of those is a licence's."""

    LICENCE = "licence", _("单个事项")
    BUNDLE = "bundle", _("一件事")


class Channel(models.TextChoices):
    ONLINE = "online", _("网上申请")
    COUNTER = "counter", _("窗口申请")


class DeliveryWay(models.TextChoices):
    ELECTRONIC = "electronic", _("电子证照")
    COUNTER = "counter", _("窗口领取")


class NumberSequence(models.Model):
    """The last number given out under ``key``; taken with an upsert, so without gaps."""

    key = models.CharField(primary_key=True, max_length=60)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("编号")

    def __str__(self) -> str:
        return f"{self.key} {self.last}"


class Case(MarkedRow):
    """One piece of business: an application from draft to archive.

    ``state`` moves only through the table in ``domain``. ``version`` grows with every act, so that two
    people who look at the same page can't both decide. The names of the applicant are a copy of the
    moment: what was applied for doesn't change when a person moves.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    # Null, not "", until it is submitted: the number is unique. It is ordered as bytes, whatever the database's own
    # order, so that its one index finds a beginning and gives what it finds in order.
    number = models.CharField(_("办件编号"), max_length=20, unique=True, null=True, blank=True, db_collation="C")
    kind = models.CharField(
        _("类别"), max_length=10, choices=CaseKind.choices, default=CaseKind.LICENCE, db_default=CaseKind.LICENCE
    )
    # The bundle that this case is a part of.
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts", db_index=False)
    item_version = models.ForeignKey("cases.ItemVersion", on_delete=models.PROTECT, related_name="+")
    item_name = models.CharField(_("事项"), max_length=100)
    office = models.ForeignKey("cases.ItemOffice", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=20, choices=CASE_STATES, default="draft")
    version = models.PositiveIntegerField(default=0)
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    delivery_way = models.CharField(
        _("领取方式"), max_length=12, choices=DeliveryWay.choices, default=DeliveryWay.ELECTRONIC
    )

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    legal_entity = models.ForeignKey("identity.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+")
    # The guardian or agent who applies for the citizen of ``account``; null: the applicant does so herself.
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    filed_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    applicant_name = models.CharField(_("申请人"), max_length=120, blank=True)
    applicant_number = EncryptedTextField(_("证件号码"), blank=True, default="")
    applicant_phone = EncryptedTextField(_("联系电话"), blank=True, default="")
    identity_checked = models.BooleanField(_("身份已核验"), default=False)

    form = EncryptedJSONField(_("表单"), default=dict)
    # Materials that nobody has to upload: pairs of material key and the register that answered for it.
    reused = models.JSONField(_("共享核验的材料"), default=list)
    created_at = models.DateTimeField(_("创建"), auto_now_add=True)
    saved_at = models.DateTimeField(_("保存"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("提交"), null=True)
    # The day that counts: of the submission, or of the resubmission that made the application complete.
    received_at = models.DateTimeField(_("收到"), null=True)
    accepted_at = models.DateTimeField(_("受理"), null=True)
    is_deemed_accepted = models.BooleanField(_("视为受理"), default=False)
    decided_at = models.DateTimeField(_("决定"), null=True)
    delivered_at = models.DateTimeField(_("送达"), null=True)
    closed_at = models.DateTimeField(_("办结"), null=True)
    # Copied from the promised decision clock, for lists and for the applicant.
    due_at = models.DateTimeField(_("承诺办结"), null=True)

    class Meta:
        verbose_name = _("办件")
        indexes = [
            models.Index(fields=["account", "-created_at"], name="cases_by_account"),
            models.Index(fields=["legal_entity", "-created_at"], name="cases_by_entity"),
            models.Index(fields=["organisation", "state", "-id"], name="cases_by_organ"),
            models.Index(fields=["parent", "id"], condition=models.Q(parent__isnull=False), name="parts_of_bundle"),
            # What runs, the soonest due first: everywhere, in one organ, of one item in one place. Few of all do.
            models.Index(fields=["due_at", "id"], condition=RUNNING, name="running_by_due"),
            models.Index(fields=["organisation", "due_at", "id"], condition=RUNNING, name="running_by_organ"),
            models.Index(fields=["office", "due_at", "id"], condition=RUNNING, name="running_by_office"),
            # What was decided, the latest first: everywhere, and in one organ.
            models.Index(fields=["-decided_at", "-id"], condition=DECIDED, name="decided_by_day"),
            models.Index(fields=["organisation", "-decided_at", "-id"], condition=DECIDED, name="decided_by_organ"),
            # What was filed, the newest first; in a time; by the beginning of a name.
            models.Index(fields=["organisation", "-id"], condition=FILED, name="filed_by_organ"),
            models.Index(fields=["submitted_at", "id"], condition=FILED, name="filed_by_day"),
            models.Index(fields=["applicant_name"], opclasses=["varchar_pattern_ops"], name="cases_by_applicant"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__isnull=False) | models.Q(state__in=["draft", "withdrawn"]),
                name="a_number_once_submitted",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(received_at__isnull=False),
                name="received_before_accepted",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["granted", "refused", "delivered"]) | models.Q(decided_at__isnull=False),
                name="decided_before_delivered",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="licence") | models.Q(parent__isnull=True), name="no_bundle_in_a_bundle"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.public_id)


class CaseMaterial(models.Model):
    """A file given for one of the item's materials, and what the counter found."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="materials")
    key = models.CharField(_("材料"), max_length=60)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    # Set when a corrected file took its place: what was first handed in is kept.
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("申请材料")
        ordering = ["key", "id"]

    def __str__(self) -> str:
        return self.key


class CorrectionNotice(models.Model):
    """一次性补正告知: everything that is missing or wrong, told once (行政许可法 第三十二条)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="correction_notices")
    issued_at = models.DateTimeField(db_default=Now())
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, related_name="+")
    resubmitted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("补正告知")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.issued_at}"


class CorrectionMark(models.Model):
    """One thing to be corrected: ``target`` is ``field:<key>`` or ``material:<key>``."""

    notice = models.ForeignKey(CorrectionNotice, on_delete=models.CASCADE, related_name="marks")
    target = models.CharField(max_length=80)
    label = models.CharField(max_length=120)
    message = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("补正事项")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["notice", "target"], name="one_mark_a_target")]

    def __str__(self) -> str:
        return self.label


class CaseEvent(models.Model):
    """What happened, in the order it happened; only ever added to.

    ``words`` is for the applicant; ``note`` is for the officials. The proof is the journal's.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    actor_name = models.CharField(max_length=80)
    organisation_name = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = _("办理过程")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act}"


class CaseDocument(models.Model):
    """A paper issued in a case: receipt, notices, decision, licence."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    paper = models.OneToOneField("papers.Paper", on_delete=models.PROTECT, related_name="+")
    # Between offices: the applicant isn't given it.
    is_internal = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("办件文书")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.paper)


class Outcome(models.TextChoices):
    GRANT = "grant", _("准予许可")
    REFUSE = "refuse", _("不予许可")


class Decision(models.Model):
    """The decision, by whom and why (行政许可法 第三十八条)."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="decision")
    outcome = models.CharField(_("决定"), max_length=10, choices=Outcome.choices)
    reasons = models.TextField(_("理由"), max_length=2000)
    legal_basis = models.CharField(_("依据"), max_length=500, blank=True)
    decided_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    decided_by_agent = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()
    number = models.CharField(_("文号"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("许可决定")
        indexes = [models.Index(fields=["outcome", "-decided_at", "-id"], name="decisions_published")]

    def __str__(self) -> str:
        return self.number


class Appraisal(models.Model):
    """好差评: one a case, by the applicant, after it ended. ``score`` 5 is 非常满意, 1 is 非常不满意."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="appraisal")
    score = models.PositiveSmallIntegerField(_("评分"))
    comment = models.CharField(_("评价"), max_length=500, blank=True)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("好差评")
        indexes = [models.Index(fields=["-given_at", "-id"], name="appraisals_by_day")]
        constraints = [models.CheckConstraint(condition=models.Q(score__range=(1, 5)), name="score_from_1_to_5")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.score}"
