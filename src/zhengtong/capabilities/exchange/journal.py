"""What the acts on runs, turns and held rows are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "exchange",
    {
        "start_run": _("启动交换任务"),
        "finish_run": _("交换任务结束"),
        "pause_run": _("暂停交换任务"),
        "resume_run": _("继续交换任务"),
        "cancel_run": _("取消交换任务"),
        "repeat_run": _("重新执行交换任务"),
        "pause_schedule": _("暂停交换排程"),
        "resume_schedule": _("恢复交换排程"),
        "set_link_limit": _("设定链路限额"),
        "remove_link_limit": _("取消链路限额"),
        "open_alert": _("交换失败告警"),
        "close_alert": _("解除交换告警"),
        "start_capture": _("开始变更捕获"),
        "restart_capture": _("重新全量并捕获变更"),
        "end_capture": _("结束变更捕获"),
        "open_ticket": _("发起更正单"),
        "answer_ticket": _("答复更正单"),
        "reopen_ticket": _("退回更正单"),
        "miss_stamps": _("交换回执没有及时盖上时间戳"),
        "make_up_stamps": _("交换回执已补盖时间戳"),
        "settle_ticket": _("核对重新交换的结果"),
        "drop_held": _("放弃隔离数据"),
        "reveal_held": _("查看隔离数据原文"),
        "export_held": _("导出隔离数据清单"),
        "set_ticket_limit": _("设定更正期限"),
    },
    looks=frozenset({"reveal_held", "export_held"}),
    keys={
        "wish": _("指令"),
        "window": _("批次窗口"),
        "rows": _("行数"),
        "runs_at_once": _("同时任务数上限"),
        "slot": _("复制槽"),
        "contract": _("共享合约"),
    },
    names={"exchange.correctionticket": "number"},
)
