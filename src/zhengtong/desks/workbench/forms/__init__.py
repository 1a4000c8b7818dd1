"""What the bureau's acts ask for, and the phrases that officials use again and again."""

from zhengtong.desks.workbench.forms.asking import (
    AskCountersignForm,
    AskOpinionForm,
    CountersignForm,
    DropCountersignForm,
    GiveOpinionForm,
)
from zhengtong.desks.workbench.forms.deciding import (
    ExtensionDecisionForm,
    ExtensionForm,
    GrantForm,
    RecommendForm,
    RefusalForm,
    ReturnForm,
)
from zhengtong.desks.workbench.forms.fields import Reasons
from zhengtong.desks.workbench.forms.handing_over import (
    NODES,
    DelegateForm,
    ReassignForm,
    ReassignTaskForm,
    TransferForm,
    find_led_task,
)
from zhengtong.desks.workbench.forms.procedures import ProcedureForm, ProcedureResultForm
from zhengtong.desks.workbench.forms.processes import ProcessReturnForm, ProcessStepForm
from zhengtong.desks.workbench.forms.visits import (
    DeclineVisitForm,
    JoinVisitForm,
    MoveVisitForm,
    VisitForm,
    VisitResultForm,
)

__all__ = [
    "NODES",
    "AskCountersignForm",
    "AskOpinionForm",
    "CountersignForm",
    "DeclineVisitForm",
    "DelegateForm",
    "DropCountersignForm",
    "ExtensionDecisionForm",
    "ExtensionForm",
    "GiveOpinionForm",
    "GrantForm",
    "JoinVisitForm",
    "MoveVisitForm",
    "ProcedureForm",
    "ProcedureResultForm",
    "ProcessReturnForm",
    "ProcessStepForm",
    "Reasons",
    "ReassignForm",
    "ReassignTaskForm",
    "RecommendForm",
    "RefusalForm",
    "ReturnForm",
    "TransferForm",
    "VisitForm",
    "VisitResultForm",
    "find_led_task",
]
