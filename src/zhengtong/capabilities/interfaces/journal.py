"""What the acts on published services are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "interfaces",
    {
        "register_member": _("登记接入系统"),
        "amend_member": _("修改接入系统"),
        "suspend_member": _("停用接入系统"),
        "resume_member": _("恢复接入系统"),
        "add_key": _("登记接入系统的密钥"),
        "end_key": _("停用接入系统的密钥"),
        "publish_service": _("发布接口服务"),
        "amend_service": _("修改接口服务"),
        "stop_service": _("停止接口服务"),
        "resume_service": _("恢复接口服务"),
        "try_service": _("在测试台调用服务"),
        "read_body": _("查看一次调用的内容"),
        "subscribe": _("登记变更订阅"),
        "unsubscribe": _("退订变更"),
        "replay_change": _("重新推送变更"),
        "halt_subscription": _("变更多次未能送达"),
        "deliver_again": _("变更恢复送达"),
        "miss_stamps": _("调用日志没有及时盖上时间戳"),
        "make_up_stamps": _("调用日志补上时间戳"),
        "remove_calls": _("清理过期的调用日志"),
        "set_rule": _("设定接口规则"),
    },
    looks=frozenset({"read_body"}),
    keys={
        "key_id": _("密钥标识"),
        "algorithm": _("算法"),
        "valid_until": _("停止使用"),
        "service": _("服务"),
        "purpose": _("用途"),
        "way": _("方式"),
        "sequence": _("序号"),
        "day": _("日期"),
        "since": _("从何时起"),
    },
    names={
        "interfaces.member": "name",
        "interfaces.service": "name",
        "interfaces.subscription": "code",
        "interfaces.memberkey": "key_id",
    },
)
