"""What acts on sources are called in the journal. Passwords and keys are in no record, not even that they are long."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "sources",
    {
        "register": _("登记数据源"),
        "amend": _("修改数据源"),
        "change_secrets": _("更换数据源的口令或密钥"),
        "suspend": _("停用数据源"),
        "resume": _("恢复使用数据源"),
        "check": _("检查数据源"),
        "lose": _("数据源连不上"),
        "find_again": _("数据源恢复正常"),
        "enlist_node": _("把节点登记为接收方"),
    },
    keys={
        "settings": _("连接参数"),
        "secrets": _("更换的内容"),
        "is_readable": _("可以读取"),
        "is_writable": _("可以写入"),
        "bytes_a_second": _("限速"),
        "answered": _("应答"),
        "trouble": _("故障"),
    },
    names={"sources.source": "name"},
)
