"""What the acts on cases and items are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.domain.states import Act
from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "cases",
    {
        **{str(act): _(act.label) for act in Act},
        "start_draft": _("开始填写申请"),
        "start_at_counter": _("在窗口代为填写申请"),
        "save_draft": _("保存申请表"),
        "attach_file": _("上传材料"),
        "remove_file": _("删除材料"),
        "delete_draft": _("删除草稿"),
        "claim_task": _("领取任务"),
        "delegate_task": _("转办任务"),
        "recall_task": _("撤回转办"),
        "release_task": _("退还任务"),
        "reassign_task": _("改派任务"),
        "succeed_organ": _("承接被合并机构的办件"),
        "recommend": _("提出审查意见"),
        "process_step": _("办理流程环节"),
        "process_return": _("退回流程环节"),
        "process_problem": _("流程故障"),
        "propose_joint_visit": _("发起联合核查"),
        "decline_joint_visit": _("不参加联合核查"),
        "move_joint_visit": _("联合核查改期"),
        "ask_opinion": _("征求部门意见"),
        "give_opinion": _("答复征求意见"),
        "request_extension": _("申请延期"),
        "refuse_extension": _("不同意延期"),
        "appraise_case": _("评价办件"),
        "clock_recomputed": _("重算期限"),
        "clock_alert": _("期限预警"),
        "unmask": _("查看被遮盖的个人信息"),
        "export_cases": _("导出办件"),
        "file_part": _("分派一件事的事项"),
        "start_part": _("启动一件事的后续事项"),
        "stop_parts": _("一件事的事项不再启动"),
        "accept_bundle": _("一件事全部受理"),
        "load_rules": _("装入期限规则"),
        "rule_revised": _("修改法定规则"),
        "rule_verified": _("核对法定规则原文"),
        "publish_item": _("发布事项"),
        "not_refreshed": _("事项未更新：没有现行有效的权力事项"),
        "open_office": _("确定实施机构"),
    },
    looks=frozenset({"unmask"}),
    names={"cases.case": "number"},
)
