"""Who may look for data, ask for what isn't there, make others responsible for it, and check what is said of a source."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

FIND = "catalogue.find_resource"
VIEW_LISTS = "catalogue.view_demand"
RAISE = "catalogue.raise_demand"
ASSIGN = "catalogue.assign_demand"
ANSWER = "catalogue.answer_responsibility"
PROBE = "catalogue.probe_mount"
KEEP_SYNONYMS = "catalogue.keep_synonym"

PERMISSIONS = (
    Permission(FIND, _("查找信息资源")),
    Permission(VIEW_LISTS, _("查看数据需求和责任清单")),
    Permission(RAISE, _("提出数据需求")),
    Permission(ASSIGN, _("统筹数据需求，下达数据责任")),
    Permission(ANSWER, _("落实数据责任")),
    Permission(PROBE, _("核对目录与数据源")),
    Permission(KEEP_SYNONYMS, _("维护目录同义词")),
)
ROLES = (
    Role("data_finder", _("数据查询员"), (FIND,)),
    Role("data_demander", _("数据需求员"), (FIND, VIEW_LISTS, RAISE)),
    Role("data_answerer", _("数据责任员"), (FIND, VIEW_LISTS, ANSWER, PROBE)),
    Role("data_coordinator", _("数据统筹员"), (FIND, VIEW_LISTS, ASSIGN, PROBE, KEEP_SYNONYMS)),
)
