"""What acts on the catalogue are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "catalogue",
    {
        "start_entry": _("编制信息资源"),
        "start_change": _("编制信息资源的变更"),
        "amend_version": _("修改编制中的信息资源"),
        "confirm_proposals": _("核对推测的信息项"),
        "submit_version": _("送部门审核"),
        "withdraw_version": _("撤回送审"),
        "pass_version": _("部门审核通过"),
        "return_version": _("退回修改"),
        "publish_version": _("主管审核并发布"),
        "discard_version": _("放弃编制"),
        "retire_resource": _("停用信息资源"),
        "restore_resource": _("恢复使用信息资源"),
        "mount_resource": _("挂接数据"),
        "unmount_resource": _("取消挂接"),
        "read_sheet": _("上传目录表格"),
        "apply_sheet": _("确认导入目录表格"),
        "cancel_sheet": _("放弃导入目录表格"),
        "add_classification": _("增加资源分类"),
        "rename_classification": _("修改资源分类"),
        "remove_classification": _("删除资源分类"),
        "set_limit": _("设定目录审核期限"),
        "verify_limit": _("核对目录审核期限"),
    },
    keys={"code": _("资源代码"), "number": _("版本"), "verdict": _("兼容性"), "fields": _("信息项数")},
    names={"catalogue.resource": "name", "catalogue.resourceversion": "name"},
)
