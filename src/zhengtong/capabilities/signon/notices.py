"""What people are told about their sign-in. None of it can be switched off: it is how they notice somebody else."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.messages.public import MessageTemplate

TEMPLATES = (
    MessageTemplate(
        "signon.unusual",
        _("不常见的登录"),
        _("您的账号在 {at} 从 {device}（{address}）登录，{what}。不是您本人，请马上修改密码并退出其他设备。"),
        is_binding=True,
    ),
    MessageTemplate(
        "signon.cloned",
        _("通行密钥已停用"),
        _(
            "您的通行密钥“{name}”疑似被复制，已经停用。请改用别的方式登录，删除它并重新添加；不是您本人操作请联系安全管理员。"
        ),
        is_binding=True,
    ),
    MessageTemplate(
        "signon.factor_changed",
        _("登录方式有变动"),
        _("您的账号{what}。不是您本人操作，请马上修改密码并联系安全管理员。"),
        is_binding=True,
    ),
    MessageTemplate(
        "signon.few_recovery_codes",
        _("恢复码快用完了"),
        _("您用一个恢复码登录了，还剩 {left} 个。请到“登录安全”生成新的恢复码。"),
        is_binding=True,
    ),
    MessageTemplate(
        "signon.reset_requested",
        _("有人提出重置您的登录方式"),
        _("{by}提出重置您的动态口令、通行密钥和恢复码（{reason}），{due}。不是您本人的要求，请马上到“登录安全”终止。"),
        is_binding=True,
    ),
    MessageTemplate(
        "signon.reset_done",
        _("登录方式已重置"),
        _("您的动态口令、通行密钥、恢复码和绑定的证书已经删除，所有登录已退出。请用密码登录后重新添加。"),
        is_binding=True,
    ),
    MessageTemplate(
        "signon.sessions_ended",
        _("您的登录已全部退出"),
        _("安全管理员让您的账号在所有设备上退出登录：{reason}。"),
        is_binding=True,
    ),
)
