"""One worklist over every module: what waits for whom, until when."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkState(models.TextChoices):
    OPEN = "open", _("待办")
    DONE = "done", _("已办")
    CANCELLED = "cancelled", _("已取消")


class AlertLevel(models.TextChoices):
    GREEN = "green", _("正常")
    YELLOW = "yellow", _("预警")
    RED = "red", _("超期")


class WorkItem(models.Model):
    """Something that waits to be done by an office (holders of ``permission`` there) or by one appointee.

    ``kind`` and ``object_id`` name the module's own row (``cases.task``, 17); the words are copied here so
    that a list is one indexed table, never a union over modules.
    """

    kind = models.CharField(_("类型"), max_length=40)
    object_id = models.BigIntegerField()
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    permission = models.CharField(_("权限"), max_length=80)
    assignee = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
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

    class Meta:
        verbose_name = _("待办")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"], condition=models.Q(state="open"), name="one_open_item_an_object"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation", "permission", "due_at", "id"],
                condition=models.Q(state="open"),
                name="open_by_office",
            ),
            models.Index(
                fields=["assignee", "due_at", "id"], condition=models.Q(state="open"), name="open_by_assignee"
            ),
            models.Index(
                fields=["assignee", "-done_at", "-id"], condition=models.Q(state="done"), name="done_by_assignee"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.step}"
