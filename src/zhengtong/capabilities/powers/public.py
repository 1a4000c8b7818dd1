"""The powers module's door."""

from zhengtong.capabilities.powers.declarations import PowerFile
from zhengtong.capabilities.powers.domain import Basis, PowerText, compare
from zhengtong.capabilities.powers.models import (
    AdjustmentKind,
    Level,
    PowerEntry,
    PowerKind,
    PowerList,
    PowerState,
    PowerVersion,
    VersionStatus,
)
from zhengtong.capabilities.powers.presentation import describe_changes, describe_text
from zhengtong.capabilities.powers.selectors import (
    Withdrawal,
    find_live,
    find_withdrawal,
    get_shown,
    get_version_on,
    list_lists,
    list_merged,
    list_organs,
    list_shown,
    list_versions,
)
from zhengtong.capabilities.powers.services.adjusting import cancel_power, merge_power, move_power
from zhengtong.capabilities.powers.services.compiling import (
    abandon_version,
    amend_version,
    change_power,
    compile_power,
    submit_version,
)
from zhengtong.capabilities.powers.services.loading import UnusablePowers, load_declared, load_lists, load_powers
from zhengtong.capabilities.powers.services.reviewing import publish_version, return_version

__all__ = [
    "AdjustmentKind",
    "Basis",
    "Level",
    "PowerEntry",
    "PowerFile",
    "PowerKind",
    "PowerList",
    "PowerState",
    "PowerText",
    "PowerVersion",
    "UnusablePowers",
    "VersionStatus",
    "Withdrawal",
    "abandon_version",
    "amend_version",
    "cancel_power",
    "change_power",
    "compare",
    "compile_power",
    "describe_changes",
    "describe_text",
    "find_live",
    "find_withdrawal",
    "get_shown",
    "get_version_on",
    "list_lists",
    "list_merged",
    "list_organs",
    "list_shown",
    "list_versions",
    "load_declared",
    "load_lists",
    "load_powers",
    "merge_power",
    "move_power",
    "publish_version",
    "return_version",
    "submit_version",
]
