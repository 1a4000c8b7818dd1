"""What workflow brings: processes that are drawn, checked, published and run."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.workflow.models import DecisionTable, Process
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module, Permission, Role

MODULE = Module(
    code="workflow",
    title=_("流程"),
    declares=(
        Permission("workflow.compile_process", _("编制流程")),
        Role("process_compiler", _("流程管理员"), ("workflow.compile_process",)),
        Protected(Process, organisation="organisation_id"),
        Protected(DecisionTable, organisation="organisation_id"),
    ),
)
