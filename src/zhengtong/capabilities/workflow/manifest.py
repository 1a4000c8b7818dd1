"""What workflow brings: processes that are drawn, checked, published and run."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.workflow.models import DecisionTable, Process
from zhengtong.core.audit.public import ActionWords
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module, Permission, Role

ACTION_WORDS = ActionWords(
    "workflow",
    {
        "create_process": _("新建流程"),
        "save_process_draft": _("保存流程图"),
        "publish_process": _("发布流程"),
        "retire_process": _("停用流程"),
        "create_table": _("新建决策表"),
        "save_table_draft": _("保存决策表"),
        "publish_table": _("发布决策表"),
        "start": _("启动流程"),
        "complete_node": _("办完流程环节"),
        "return_to": _("退回流程环节"),
        "reopen_at": _("重新打开流程"),
        "cancel": _("终止流程"),
        "migrate_instances": _("迁移在办的流程"),
        "report_problem": _("报告流程故障"),
        "settle_problem": _("处理流程故障"),
    },
)

MODULE = Module(
    code="workflow",
    title=_("流程"),
    declares=(
        Permission("workflow.compile_process", _("编制流程")),
        # One that belongs to no organ comes with the platform; its running cases are everybody's.
        Permission("workflow.migrate_common", _("迁移通用流程的在办件")),
        Role("process_compiler", _("流程管理员"), ("workflow.compile_process",)),
        ACTION_WORDS,
        Protected(Process, organisation="organisation_id"),
        Protected(DecisionTable, organisation="organisation_id"),
    ),
)
