"""One worklist over every module: what waits for whom, until when; whom it went through; who watches what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkState(models.TextChoices):
    OPEN = "open", _("待办")
    DONE = "done", _("已办")
    CANCELLED = "cancelled", _("已取消")


class Nature(models.TextChoices):
    """待办 has to be dealt with, by one person; 待阅 has to be read, by each who is given it."""

    TO_DO = "to_do", _("待办")
    TO_READ = "to_read", _("待阅")


class AlertLevel(models.TextChoices):
    GREEN = "green", _("正常")
    YELLOW = "yellow", _("预警")
    RED = "red", _("超期")


IS_OPEN = models.Q(state=WorkState.OPEN)
IN_POOL = models.Q(state=WorkState.OPEN, assignee__isnull=True)
TO_DO = models.Q(nature=Nature.TO_DO)


class WorkItem(models.Model):
    """Something that waits to be done by an office (holders of ``permission`` there) or by one appointee, or to be
    read by one.

    ``kind`` and ``object_id`` name the module's own row (``cases.task``, 17); the words are copied here so
    that a list is one indexed table, never a union over modules. ``done_by_agent`` is the appointment of whoever did
    it in the assignee's stead, under a delegation.
    """

    kind = models.CharField(_("类型"), max_length=40)
    object_id = models.BigIntegerField()
    nature = models.CharField(_("性质"), max_length=10, choices=Nature.choices, default=Nature.TO_DO)
    # The indexes below lead with these columns; another of each alone would only make writing dearer.
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    permission = models.CharField(_("权限"), max_length=80)
    assignee = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reference = models.CharField(_("编号"), max_length=40)
    title = models.CharField(_("事项"), max_length=200)
    party = models.CharField(_("申请人"), max_length=120)
    step = models.CharField(_("环节"), max_length=40)
    url = models.CharField(max_length=200)
    due_at = models.DateTimeField(_("到期"), null=True)
    next_alert_at = models.DateTimeField(null=True)
    level = models.CharField(_("状态"), max_length=10, choices=AlertLevel.choices, default=AlertLevel.GREEN)
    state = models.CharField(_("状态"), max_length=10, choices=WorkState.choices, default=WorkState.OPEN)
    opened_at = models.DateTimeField(_("到达"), auto_now_add=True)
    done_at = models.DateTimeField(_("办结"), null=True)
    done_by_agent = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("待办")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"],
                condition=models.Q(state="open", nature="to_do"),
                name="one_open_item_an_object",
            ),
            models.UniqueConstraint(
                fields=["kind", "object_id", "assignee"],
                condition=models.Q(state="open", nature="to_read"),
                name="one_reading_an_object_and_person",
            ),
            models.CheckConstraint(
                condition=models.Q(nature="to_do") | models.Q(assignee__isnull=False), name="somebody_reads_it"
            ),
        ]
        indexes = [
            # One office's pool in the order of its list.
            models.Index(
                fields=["organisation", "permission", "due_at", "id"], condition=IN_POOL, name="pool_by_office"
            ),
            # Everybody's pool in the order of the list, for those whose roles reach most of the organisations.
            models.Index(
                fields=["due_at", "id"], include=["organisation", "permission"], condition=IN_POOL, name="pool_by_due"
            ),
            models.Index(fields=["assignee", "nature", "due_at", "id"], condition=IS_OPEN, name="open_by_person"),
            # Everything that an office has to do, for whoever leads it.
            models.Index(fields=["organisation", "due_at", "id"], condition=IS_OPEN & TO_DO, name="to_do_by_office"),
            # Searching what many offices have open, by the beginning of a number or of a name.
            models.Index(
                fields=["reference"], condition=IS_OPEN, opclasses=["varchar_pattern_ops"], name="open_by_reference"
            ),
            models.Index(fields=["party"], condition=IS_OPEN, opclasses=["varchar_pattern_ops"], name="open_by_party"),
            models.Index(
                fields=["assignee", "-done_at", "-id"], condition=models.Q(state="done"), name="done_by_assignee"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.step}"


class TransferAct(models.TextChoices):
    CLAIMED = "claimed", _("领办")
    ASSIGNED = "assigned", _("分办")
    TRANSFERRED = "transferred", _("转办")
    DELEGATED = "delegated", _("转办并关注")
    RECALLED = "recalled", _("撤回转办")
    RETURNED = "returned", _("退回待领")
    HANDED_OVER = "handed_over", _("离任移交")
    REASSIGNED = "reassigned", _("改派")
    SUCCEEDED = "succeeded", _("机构调整")


# What somebody may take back as long as the receiver hasn't opened it.
RECALLABLE = (TransferAct.ASSIGNED, TransferAct.TRANSFERRED, TransferAct.DELEGATED)
_NOT_CLAIMED = ~models.Q(act="claimed")


class WorkTransfer(models.Model):
    """An item went from one to another; only ever added to. No ``from_appointment``: it came out of the office's pool;
    no ``to_appointment``: it went into the pool of ``to_organisation``.

    ``by`` made it move, ``by_agent`` in ``by``'s stead under a delegation; nobody did when an administrator ended the
    appointment or the organisation. ``seen_at`` is when the receiver opened it: until then it can be taken back.
    """

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="transfers", db_index=False)
    from_appointment = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_appointment = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    act = models.CharField(_("方式"), max_length=12, choices=TransferAct.choices)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_agent = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("时间"))
    seen_at = models.DateTimeField(_("打开时间"), null=True)

    class Meta:
        verbose_name = _("流转记录")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["item", "-id"], name="transfers_of_item"),
            models.Index(fields=["to_appointment", "-id"], condition=_NOT_CLAIMED, name="transfers_to_person"),
            models.Index(fields=["from_appointment", "-id"], condition=_NOT_CLAIMED, name="transfers_from_person"),
            models.Index(
                fields=["to_organisation", "-id"],
                condition=models.Q(act="handed_over", to_organisation__isnull=False),
                name="handed_over_to_office",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.act}"


class Watch(models.Model):
    """关注: an appointee wants to see how something goes on. The words are those of the moment it was begun; where the
    thing stands is asked of its owner for the rows of one page (see ``WatchKind``)."""

    appointment = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("类型"), max_length=40)
    object_id = models.BigIntegerField()
    reference = models.CharField(_("编号"), max_length=40)
    title = models.CharField(_("事项"), max_length=200)
    party = models.CharField(_("申请人"), max_length=120)
    url = models.CharField(max_length=200)
    reason = models.CharField(_("原因"), max_length=40, blank=True)
    since = models.DateTimeField(_("关注时间"))

    class Meta:
        verbose_name = _("关注")
        constraints = [
            models.UniqueConstraint(fields=["appointment", "kind", "object_id"], name="one_watch_a_person_and_object")
        ]
        indexes = [models.Index(fields=["appointment", "-id"], name="watches_of_person")]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.kind}:{self.object_id}"
