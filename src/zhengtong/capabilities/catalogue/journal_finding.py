"""What acts on the lists and the probe are called in the journal."""

from django.utils.translation import gettext_lazy as _

WORDS_FINDING = {
    "raise_demand": _("提出数据需求"),
    "amend_demand": _("修改数据需求"),
    "withdraw_demand": _("撤回数据需求"),
    "match_demand": _("需求对接已有资源"),
    "decline_demand": _("需求不予列入"),
    "import_demands": _("导入数据需求"),
    "assign_responsibility": _("下达数据责任"),
    "answer_responsibility": _("责任单位指明资源"),
    "fulfil_responsibility": _("数据责任落实"),
    "release_responsibility": _("免除数据责任"),
    "import_responsibilities": _("导入数据责任"),
    "probe_mount": _("核对目录与数据源"),
    "keep_synonym": _("维护目录同义词"),
    "propose_dataset": _("平台数据集成为目录草稿"),
    "export_catalogue": _("导出资源清单"),
}
KEYS_FINDING = {
    "number": _("编号"),
    "drifts": _("不符之处"),
    "due_on": _("最后一天"),
    "is_late": _("逾期"),
    "words": _("同义词"),
    "rows": _("行数"),
}
NAMES_FINDING = {"catalogue.demand": "name", "catalogue.responsibility": "name", "catalogue.synonym": "words"}
