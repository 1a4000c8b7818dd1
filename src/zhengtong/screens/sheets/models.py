"""An import, from the upload to its result, and what it changed, kept so that every object's history can show it."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField
from zhengtong.screens.sheets.problems import FILE_SENTENCES


class State(models.TextChoices):
    """checking → checked → applying → applied; it ends as well by what is wrong, or by who changes her mind."""

    CHECKING = "checking", _("正在检查")
    CHECKED = "checked", _("等待确认")
    APPLYING = "applying", _("正在导入")
    APPLIED = "applied", _("已导入")
    REFUSED = "refused", _("不能导入")
    STALE = "stale", _("需要重新检查")
    FAILED = "failed", _("没有完成")
    CANCELLED = "cancelled", _("已取消")


RUNNING = frozenset((State.CHECKING, State.APPLYING))
# From these it can be checked again from the beginning.
REPEATABLE = frozenset((State.CHECKED, State.STALE, State.FAILED))


class Verdict(models.TextChoices):
    NEW = "new", _("新增")
    CHANGED = "changed", _("修改")
    REFUSED = "refused", _("退回")
    STALE = "stale", _("被别人改动")


class SheetRun(models.Model):
    """One file brought into the sheet of the screens ``screens`` (their key) by a person in a post."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    screens = models.CharField(_("列表"), max_length=80)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("文件"))
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    appointment = models.BigIntegerField(_("任职"), null=True)
    actor_name = models.CharField(_("导入人"), max_length=80, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CHECKING)
    rights = models.CharField(_("权限摘要"), max_length=64, blank=True, default="")
    total = models.PositiveIntegerField(_("总行数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    new_count = models.PositiveIntegerField(_("新增"), default=0)
    changed_count = models.PositiveIntegerField(_("修改"), default=0)
    same_count = models.PositiveIntegerField(_("没有变化"), default=0)
    refused_count = models.PositiveIntegerField(_("退回"), default=0)
    noted_count = models.PositiveIntegerField(_("自动规范"), default=0)
    # Cells that were put into their usual form, the first ones; worksheets that weren't read.
    notes = EncryptedJSONField(default=dict)
    code = models.CharField(_("原因代码"), max_length=30, blank=True, default="")
    params = models.JSONField(default=dict)
    file_digest = models.CharField(_("文件的 SM3"), max_length=64, blank=True, default="")
    digest = models.CharField(_("改动的摘要"), max_length=64, blank=True, default="")
    cancel_asked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    checked_at = models.DateTimeField(_("检查完成"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("导入")
        indexes = [
            models.Index(fields=["screens", "account", "-id"], name="sheet_runs_by_account"),
            models.Index(fields=["state", "checked_at"], name="sheet_runs_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.screens} {self.public_id}"

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def accepted_count(self) -> int:
        """How many rows are written when it is confirmed."""
        return self.new_count + self.changed_count

    @property
    def reason(self) -> str:
        """Why it can't go on, in a sentence."""
        return str(FILE_SENTENCES[self.code]) % self.params if self.code else ""

    @property
    def stage(self) -> str:
        """The table that holds its checked rows until they are applied."""
        return f"sheets_stage_{self.pk}"


class SheetRow(models.Model):
    """A row of a run that is new, changed or refused. What stays the same leaves none.

    ``content`` is sealed: ``changes`` maps fields to their texts before and after, ``problems`` says why it is refused.
    The run has no constraint in the database: the check of it would cost as much as the rows.
    """

    run = models.ForeignKey(
        SheetRun, on_delete=models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField(_("行号"))
    key = models.TextField(_("对象"))
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    content: Any = EncryptedJSONField(null=True)

    class Meta:
        verbose_name = _("导入的行")
        indexes = [
            models.Index(fields=["run", "verdict", "line"], name="sheet_rows_by_run"),
            models.Index(fields=["key", "run"], name="sheet_rows_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.key}"
