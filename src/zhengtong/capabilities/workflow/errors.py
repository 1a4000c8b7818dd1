"""What can be wrong with a process or a step of it, in sentences for people."""

from collections.abc import Sequence

from zhengtong.capabilities.workflow.adapter import StepFailed
from zhengtong.capabilities.workflow.domain.findings import Finding


class WorkflowRefused(ValueError):
    """What was asked for can't be done; the message says why and what to do. ``field`` says where it was typed."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


class Unpublishable(WorkflowRefused):
    """There are errors among the findings."""

    def __init__(self, sentence: str, findings: Sequence[Finding]) -> None:
        super().__init__(sentence)
        self.findings = list(findings)


class NodeGone(WorkflowRefused):
    """The node isn't open any more: somebody was faster, or the process was returned."""


__all__ = ["NodeGone", "StepFailed", "Unpublishable", "WorkflowRefused"]
