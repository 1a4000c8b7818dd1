"""What may be done with the exchange, and the roles that may. Providers and consumers see their own contracts' runs."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW, OPERATE = "exchange.view", "exchange.operate"
CORRECT, REVEAL = "exchange.correct", "exchange.reveal"

PERMISSIONS = (
    Permission(VIEW, _("查看交换任务、回执和隔离数据的数量")),
    Permission(OPERATE, _("启动、暂停、取消交换任务，维护排程和链路限额，处理隔离数据")),
    Permission(CORRECT, _("答复更正单")),
    Permission(REVEAL, _("查看隔离数据的原文（说明用途，记入日志）")),
)
ROLES = (
    Role("exchange_viewer", _("数据交换联络员"), (VIEW,)),
    Role("exchange_operator", _("交换运维员"), (VIEW, OPERATE, REVEAL)),
    Role("exchange_corrector", _("数据更正员"), (VIEW, CORRECT, REVEAL)),
)
