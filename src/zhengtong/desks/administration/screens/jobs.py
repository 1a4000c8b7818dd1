"""Background jobs: what waits, what failed and why, and what to do about it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from zhengtong.desks.administration.permissions import MANAGE_JOBS, VIEW_PLATFORM
from zhengtong.desks.administration.services import discard_job, retry_job
from zhengtong.kernel.models import JobFailure
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens, Part, Related

STATUSES = {
    "todo": (_("等待"), "neutral"),
    "doing": (_("执行中"), "info"),
    "succeeded": (_("成功"), "success"),
    "failed": (_("失败"), "danger"),
    "cancelled": (_("已放弃"), "neutral"),
    "aborted": (_("已中止"), "neutral"),
}
EVENTS = {
    "deferred": _("排入队列"),
    "started": _("开始执行"),
    "deferred_for_retry": _("等待重试"),
    "failed": _("失败"),
    "succeeded": _("成功"),
    "cancelled": _("放弃"),
    "abort_requested": _("请求中止"),
    "aborted": _("中止"),
    "scheduled": _("定时"),
}


class DiscardForm(forms.Form):
    reason = forms.CharField(label=_("放弃的原因"), max_length=200)


def _statuses(_actor: Actor) -> Sequence[tuple[str, str]]:
    return [(code, str(word)) for code, (word, _tone) in STATUSES.items()]


def _events(_actor: Actor, job: ProcrastinateJob) -> QuerySet[Any]:
    return ProcrastinateEvent.objects.filter(job_id=job.pk).order_by("-id")


def _failures(_actor: Actor, job: ProcrastinateJob) -> dict[str, Any]:
    return {"failures": JobFailure.objects.filter(job_id=job.pk)[:5]}


def _status(job: ProcrastinateJob) -> str:
    return str(STATUSES[job.status][0])


def _is_failed(job: ProcrastinateJob) -> bool:
    return job.status == "failed"


STATUS = Column("status", title=_("状态"), value=_status, tone=lambda job: STATUSES[job.status][1])


class JobScreens(ModelScreens):
    model, module, code, title = ProcrastinateJob, "administration", "jobs", _("后台任务")
    audience, permission, icon, menu_order = STAFF, VIEW_PLATFORM, "settings", 70
    columns = (
        Column("id", title=_("编号")),
        Column("task_name", title=_("任务")),
        STATUS,
        Column("attempts", title=_("已执行次数"), css="number"),
        Column("last_error", title=_("最近一次错误"), value=lambda job: job.last_error or ""),
        Column("scheduled_at", title=_("计划时间")),
        Column("queue_name", title=_("队列"), is_shown=False),
    )
    filters = (Filter("status", title=_("状态"), kind="choice", choices=_statuses),)
    order, name, api = ("-id",), "task_name", False
    actions = (
        Act(retry_job, MANAGE_JOBS, title=_("重新执行"), row="job", when=_is_failed, is_bulk=True),
        Act(
            discard_job,
            MANAGE_JOBS,
            title=_("放弃"),
            row="job",
            form=DiscardForm,
            when=_is_failed,
            is_bulk=True,
            is_dangerous=True,
        ),
    )
    detail = (
        Fields(
            _("任务"),
            names=(
                Column("task_name", title=_("任务")),
                STATUS,
                Column("attempts", title=_("已执行次数")),
                Column("scheduled_at", title=_("计划时间")),
                Column("queue_name", title=_("队列")),
                Column("args", title=_("参数"), value=lambda job: ", ".join(f"{k}={v}" for k, v in job.args.items())),
            ),
        ),
        Part(_("失败原因"), template="administration/failures.html", context=_failures),
        Related(
            _("经过"),
            rows=_events,
            columns=(
                Column("type", title=_("事件"), value=lambda event: str(EVENTS.get(event.type, event.type))),
                Column("at", title=_("时间")),
            ),
        ),
        History(_("处理记录")),
    )
    help = _("失败的任务不会丢失：查明原因后重新执行，或者写明原因放弃。成功的任务保留三十天。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        latest = JobFailure.objects.filter(job_id=OuterRef("pk")).order_by("-id").values("error")[:1]
        jobs: QuerySet[Any] = ProcrastinateJob.objects.annotate(last_error=Subquery(latest))
        return jobs

    def tone(self, row: Any) -> str:
        return "danger" if _is_failed(row) else ""


def count_failed(_actor: Actor) -> int:
    """How many jobs wait for an operator's decision, at most a hundred."""
    return ProcrastinateJob.objects.filter(status="failed")[:100].count()
