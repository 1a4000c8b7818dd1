"""Steps that couldn't be taken, kept for whoever compiles the process."""

from django.db.models import F
from django.utils import timezone

from zhengtong.capabilities.workflow.models import Process, ProcessInstance, ProcessProblem
from zhengtong.capabilities.workflow.services.compiling import COMPILE
from zhengtong.capabilities.workflow.services.running import Subject
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step


@step()
def report_problem(
    *,
    actor: Actor,
    process: Process,
    subject: Subject,
    sentence: str,
    node_id: str = "",
    instance: ProcessInstance | None = None,
) -> ProcessProblem:
    """Put a step that failed on the list; the same one again is counted. To be called outside the step that failed."""
    now = timezone.now()
    known = ProcessProblem.objects.select_for_update().filter(
        process=process, subject_label=subject.label, subject_id=subject.id, node_id=node_id, settled_at=None
    )
    problem = known.first()
    if problem is None:
        problem = ProcessProblem(process=process, node_id=node_id[:200])
        problem.subject_label, problem.subject_id = subject.label, subject.id
        problem.count = 0
    problem.instance, problem.subject_name = instance, subject.name[:80]
    problem.sentence, problem.at = sentence[:1000], now
    problem.count = problem.count + 1
    problem.save()
    record(actor, "workflow.report_problem", process, after={"subject": subject.name, "sentence": sentence[:200]})
    return problem


@step()
def settle_problem(*, actor: Actor, problem: ProcessProblem) -> None:
    """Take a problem off the list: the process was mended, or the case went on another way."""
    require(actor, COMPILE, problem.process)
    ProcessProblem.objects.filter(pk=problem.pk, settled_at=None).update(settled_at=timezone.now(), count=F("count"))
    record(actor, "workflow.settle_problem", problem.process, after={"problem": problem.pk})
