"""What the desk adds to the engine's services: no drawing is overwritten by somebody who had an older one open."""

from typing import Final

from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.public import (
    Process,
    ProcessVersion,
    WorkflowRefused,
    create_process,
    save_process_draft,
)
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.processes.finding import newest_of
from zhengtong.desks.processes.starting import draw_starting
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

RESERVED: Final = frozenset({"new", "tables", "instances", "problems"})


class Overtaken(Exception):
    """Somebody saved the draft in between. The message says what to do."""


@step()
def begin_process(
    *, actor: Actor, code: str, name: str, organisation: Organisation, description: str = "", base: str = ""
) -> Process:
    """Begin a process with a drawing to go on from: that of ``base``, or three steps. Raises WorkflowRefused."""
    if code in RESERVED:
        raise WorkflowRefused(_("代码“%(code)s”系统自己要用，请换一个。") % {"code": code}, "code")
    process = create_process(actor=actor, code=code, name=name, organisation=organisation, description=description)
    save_process_draft(actor=actor, process=process, bpmn=base or draw_starting(process.code, process.name))
    return process


@step()
def save_drawing(*, actor: Actor, process: Process, bpmn: str, stamp: str) -> ProcessVersion:
    """Keep the drawing as the draft, if it was made from what is the newest now. Raises Overtaken, WorkflowRefused."""
    locked = Process.objects.select_for_update().get(pk=process.pk)
    newest = newest_of(locked)
    if stamp_of(newest) != stamp:
        raise Overtaken(_("别人刚刚改过这个流程，您的修改没有保存。请先下载 BPMN 留底，再刷新页面看最新的。"))
    return save_process_draft(actor=actor, process=locked, bpmn=bpmn)


def stamp_of(version: ProcessVersion | None) -> str:
    return f"{version.number}-{version.digest[:24]}" if version else ""
