"""A letter, what happened to it, what was answered, and what its writer thought of that."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.core.crypto.public import EncryptedJSONField, EncryptedTextField
from zhengtong.core.marks.public import MarkedRow

LETTER_STATES = [
    ("received", _("待受理")),
    ("not_accepted", _("不予受理")),
    ("accepted", _("已受理，待派发")),
    ("dispatched", _("已派发，待签收")),
    ("returned", _("承办单位退回")),
    ("handling", _("办理中")),
    ("approving", _("答复待审核")),
    ("answered", _("已答复")),
    ("reopened", _("重新办理")),
    ("closed", _("已办结")),
]
COUNTING = models.Q(state__in=("received", "accepted", "dispatched", "returned", "handling", "approving", "reopened"))


class LetterKind(models.TextChoices):
    CONSULT = "consult", pgettext_lazy("letter", "咨询")
    COMPLAINT = "complaint", _("投诉")
    SUGGESTION = "suggestion", _("建议")
    MAYOR = "mayor", _("市长信箱")
    REPORT = "report", _("举报")


class LetterChannel(models.TextChoices):
    WEB = "web", _("网上")
    PHONE = "phone", _("电话")
    COUNTER = "counter", _("窗口")


class Level(models.TextChoices):
    GREEN = "green", _("正常")
    YELLOW = "yellow", _("临期")
    RED = "red", _("超期")


class LetterNumber(models.Model):
    """The last number given out in a year; taken with an upsert, so without gaps."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("来信编号")

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class LetterDraft(models.Model):
    """What somebody is writing; gone a day later. A draft that was sent leads to its letter, however often it is sent.

    ``content`` holds what was typed, and after sending the query code, until the draft goes.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    content = EncryptedJSONField(_("内容"), default=dict)
    letter = models.OneToOneField("letters.Letter", on_delete=models.CASCADE, null=True, related_name="draft")
    created_at = models.DateTimeField(_("创建"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("来信草稿")

    def __str__(self) -> str:
        return str(self.public_id)


class Letter(MarkedRow):
    """One ticket with one deadline, whatever the channel that it came through.

    ``organisation`` is who has it now; before it is dispatched that is ``reception``. ``due_at`` is the deadline of the
    answer. ``version`` grows with every act. What the writer wrote, and who she is, is sealed at rest.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True, db_collation="C")
    kind = models.CharField(_("类型"), max_length=12, choices=LetterKind.choices)
    category = models.ForeignKey(
        "letters.LetterCategory", verbose_name=_("类别"), on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(_("渠道"), max_length=10, choices=LetterChannel.choices)
    title = EncryptedTextField(_("标题"))
    body = EncryptedTextField(_("内容"))
    place = EncryptedTextField(_("地点"), blank=True, default="")
    region = models.ForeignKey(
        "identity.Region", verbose_name=_("所在区划（网格）"), on_delete=models.PROTECT, related_name="+"
    )
    writer_name = EncryptedTextField(_("姓名"), blank=True, default="")
    writer_phone = EncryptedTextField(_("联系电话"), blank=True, default="")
    # Finds the letters of one phone when it calls again.
    phone_digest = models.CharField(max_length=64, blank=True, default="", db_index=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    code_digest = models.CharField(max_length=64)
    is_confidential = models.BooleanField(_("要求保密"), default=False)
    may_publish = models.BooleanField(_("同意公开"), default=False)

    reception = models.ForeignKey(
        "identity.Organisation", verbose_name=_("受理单位"), on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name=_("当前单位"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("状态"), max_length=14, choices=LETTER_STATES, default="received")
    version = models.PositiveIntegerField(default=0)

    received_at = models.DateTimeField(_("收到"))
    accepted_at = models.DateTimeField(_("受理"), null=True)
    dispatched_at = models.DateTimeField(_("派发"), null=True)
    answered_at = models.DateTimeField(_("答复"), null=True)
    closed_at = models.DateTimeField(_("办结"), null=True)
    # The clock: since when it counts (again after a reopening), how many working days, by which rule.
    counts_from = models.DateTimeField()
    days = models.PositiveSmallIntegerField(_("期限（工作日）"))
    extension_days = models.PositiveSmallIntegerField(_("延长（工作日）"), default=0)
    rule = models.CharField(_("依据"), max_length=200)
    due_at = models.DateTimeField(_("答复期限"))
    next_alert_at = models.DateTimeField(null=True)
    level = models.CharField(_("时限"), max_length=10, choices=Level.choices, default=Level.GREEN)
    is_late = models.BooleanField(_("超期答复"), default=False)
    is_reopened = models.BooleanField(_("重办过"), default=False)

    score = models.PositiveSmallIntegerField(_("评价"), null=True)
    score_comment = EncryptedTextField(_("评价意见"), blank=True, default="")
    scored_at = models.DateTimeField(_("评价时间"), null=True)
    # What the writer said when she was called back; null: not yet, or nobody answered.
    is_satisfied = models.BooleanField(_("回访满意"), null=True)
    urged_at = models.DateTimeField(_("最近催办"), null=True)

    class Meta:
        verbose_name = _("来信")
        indexes = [
            models.Index(fields=["organisation", "-id"], name="letters_by_office"),
            models.Index(fields=["organisation", "received_at"], name="letters_by_office_and_day"),
            models.Index(fields=["account", "-id"], name="letters_by_account"),
            models.Index(fields=["received_at", "id"], name="letters_by_day"),
            models.Index(fields=["next_alert_at"], condition=COUNTING, name="letters_to_alert"),
            models.Index(fields=["due_at", "id"], condition=COUNTING, name="letters_counting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__range=(1, 5)), name="letter_score_of_five"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """What lists call it: never what the writer wrote, since lists aren't sealed."""
        return f"{self.get_kind_display()} · {self.category.name}"


class LetterEvent(models.Model):
    """What happened, only ever added to (the database refuses the rest). ``words`` are for the writer, ``note`` is for
    the officials."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField()
    act = models.CharField(max_length=30)
    from_state = models.CharField(max_length=14, blank=True)
    to_state = models.CharField(max_length=14, blank=True)
    actor_name = models.CharField(max_length=60)
    organisation_name = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=300, blank=True)
    note = EncryptedTextField(blank=True, default="")

    class Meta:
        verbose_name = _("来信过程")
        ordering = ["id"]
        indexes = [models.Index(fields=["letter", "id"], name="events_of_letter")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.act}"


class LetterFile(models.Model):
    """An attachment: of the writer's, or (``is_answer``) of the office's answer."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, related_name="files")
    draft = models.ForeignKey(LetterDraft, on_delete=models.SET_NULL, null=True, related_name="files")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    is_answer = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("来信附件")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.file_id}"


class LetterAnswer(models.Model):
    """A drafted answer; who drafted it can't approve it. The one with ``sent_at`` and the highest id is the answer."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="answers")
    text = EncryptedTextField(_("答复"))
    drafted_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    decided_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(_("审核意见"), max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("答复")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.drafted_at:%Y-%m-%d}"


class LetterExtension(models.Model):
    """More time, asked for once before the deadline and decided by whoever dispatches."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="extension")
    days = models.PositiveSmallIntegerField(_("延长（工作日）"))
    reason = models.CharField(_("理由"), max_length=300)
    asked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    is_granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(_("审批意见"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("来信延期")

    def __str__(self) -> str:
        return f"{self.letter_id} +{self.days}"


class LetterCooperation(models.Model):
    """Another organisation is asked to help the one that answers."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="cooperations")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    request = models.CharField(_("请协助的事"), max_length=300)
    asked_at = models.DateTimeField()
    opinion = EncryptedTextField(_("协办意见"), blank=True, default="")
    done_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("协办")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["letter", "organisation"], name="one_cooperation_an_office")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.organisation_id}"


class CallResult(models.TextChoices):
    SATISFIED = "satisfied", _("满意")
    UNSATISFIED = "unsatisfied", _("不满意")
    UNREACHABLE = "unreachable", _("未接通")


class LetterCall(models.Model):
    """An operator called the writer back."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="calls")
    result = models.CharField(_("回访结果"), max_length=12, choices=CallResult.choices)
    note = EncryptedTextField(_("回访记录"), blank=True, default="")
    by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("回访")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.result}"


class LetterFollowUp(models.Model):
    """A bad rating is followed up: the office puts it right within the limit, the reception asks the writer again."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="follow_up")
    opened_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField(_("整改期限"))
    measures = EncryptedTextField(_("整改情况"), blank=True, default="")
    rectified_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    rectified_at = models.DateTimeField(_("整改"), null=True)
    is_satisfied = models.BooleanField(null=True)
    note = EncryptedTextField(_("回访记录"), blank=True, default="")
    closed_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("回访"), null=True)

    class Meta:
        verbose_name = _("差评整改")

    def __str__(self) -> str:
        return str(self.letter_id)


class PublishedLetter(models.Model):
    """What the public reads of a letter: the texts as they were confirmed, without personal data; nothing else."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="published")
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("类型"), max_length=12, choices=LetterKind.choices)
    category = models.ForeignKey("letters.LetterCategory", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"))
    answer = models.TextField(_("答复"))
    received_date = models.DateField(_("来信日期"))
    answered_date = models.DateField(_("答复日期"))
    published_at = models.DateTimeField(_("公开时间"))
    published_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    is_withdrawn = models.BooleanField(_("已撤下"), default=False)

    class Meta:
        verbose_name = _("公开的来信")
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="published_by_day"),
            models.Index(fields=["category", "-published_at", "-id"], name="published_by_category"),
        ]

    def __str__(self) -> str:
        return self.title
