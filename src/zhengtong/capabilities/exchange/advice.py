"""What to do next about a run that came to nothing, where the sentence of its end only says what happened."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CONTRACT: Final = _("请与提供单位核对合约的内容，变更合约以后再交换。")
_SOURCE: Final = _("请在数据源页面上核对登记的连接参数和状态，改好以后重新执行。")
_PROVIDER: Final = _("请与提供单位核对来源的库表和目录，改好以后重新执行。")
_TARGET: Final = _("请与目标单位核对接收的库表和权限，改好以后重新执行。")
_NODE: Final = _("请与对方节点的管理员核对，解决以后重新执行。")
_OPERATOR: Final = _("请把任务编号和这句话告诉运维人员。")

NEXT_STEPS: Final[Mapping[str, Promise]] = {
    "address": _SOURCE,
    "cannot": _SOURCE,
    "capture-ended": _CONTRACT,
    "column-missing": _PROVIDER,
    "constraint": _TARGET,
    "contract-ended": _("合约恢复生效以后可以重新执行；已经撤销或者到期的，请另行申请。"),
    "database": _OPERATOR,
    "dataset": _CONTRACT,
    "given-once": _("还需要数据的，请另行申请。"),
    "internal": _OPERATOR,
    "key-doubled": _("请提供单位按主键查重，改好以后重新执行。"),
    "log-unreadable": _OPERATOR,
    "no-database": _SOURCE,
    "no-feed": _CONTRACT,
    "no-key": _CONTRACT,
    "no-target": _CONTRACT,
    "no-ticket": _("请在隔离区重新发起更正单。"),
    "node-cancelled": _NODE,
    "node-not-connected": _NODE,
    "not-allowed": _("请对方的数据库管理员授权，然后重新执行。"),
    "not-writable": _SOURCE,
    "other": _OPERATOR,
    "outside": _SOURCE,
    "rows-missing": _("平台会自动再试；总是这样时，请告诉运维人员。"),
    "sent-back": _NODE,
    "settings": _SOURCE,
    "source-suspended": _SOURCE,
    "stamps-missing": _("请检查时间戳服务；补盖以后会自动恢复。"),
    "table-missing": _PROVIDER,
    "too-many-rejected": _("请在隔离区看是哪些规则，转提供单位在源头更正以后重新执行。"),
    "value-unfit": _PROVIDER,
    "window-taken": _("那个任务结束以后会自动再试。"),
}


def say_next_step(code: str) -> str:
    """Return what to do about a run that ended with ``code``, "" where its own sentence says so."""
    return str(NEXT_STEPS.get(code, ""))
