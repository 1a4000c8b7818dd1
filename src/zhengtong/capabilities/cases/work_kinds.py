"""The work that cases put on lists: tasks to do, answers to read, and cases to watch."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.services.assignment import hold_task, hold_tasks, name_case
from zhengtong.capabilities.cases.services.consulting import CONSULTATION_LATE, CONSULTATION_NEWS
from zhengtong.capabilities.cases.services.review import EXTENSION_ANSWER
from zhengtong.capabilities.cases.services.steps import PERMISSIONS, WORK_KIND
from zhengtong.capabilities.cases.services.succeeding import hold_office
from zhengtong.capabilities.cases.watching import describe_standing, find_words
from zhengtong.core.worklist.public import LeadingRole, Nature, WatchKind, WorkKind

WORK_KINDS = (
    WorkKind(
        WORK_KIND,
        _("办件"),
        permissions=tuple(PERMISSIONS.values()),
        guard=hold_task,
        hold=hold_tasks,
        hold_office=hold_office,
        watched_as=name_case,
    ),
    WorkKind(CONSULTATION_NEWS, _("征求意见的答复"), permissions=("cases.review_case",), nature=Nature.TO_READ),
    WorkKind(CONSULTATION_LATE, _("征求意见逾期未答复"), permissions=("cases.review_case",), nature=Nature.TO_READ),
    WorkKind(EXTENSION_ANSWER, _("延期审批结果"), permissions=("cases.review_case",), nature=Nature.TO_READ),
    WatchKind("cases.case", _("办件"), find=find_words, describe=describe_standing),
    LeadingRole("organ_head"),
)
