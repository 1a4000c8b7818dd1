"""What the marks module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords
from zhengtong.core.identity.public import Protected
from zhengtong.core.marks.models import Marking, SecretRegistration
from zhengtong.core.marks.selectors import REGISTER_SECRET, VIEW_MARKS
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="marks",
    title=_("密级标识"),
    declares=(
        Permission("marks.mark_content", _("标注密级")),
        Permission(VIEW_MARKS, _("查看密级标识")),
        Permission(REGISTER_SECRET, _("登记涉密件")),
        Protected(Marking, organisation="organisation_id"),
        Protected(SecretRegistration, organisation="organisation_id"),
        ActionWords(
            "marks",
            {
                "set": _("标注密级"),
                "raised": _("提高密级"),
                "derived": _("按来源派生密级"),
                "changed": _("变更密级期限或者知悉范围"),
                "lowered": _("降低密级"),
                "released": _("解除密级"),
                "expired": _("密级到期解除"),
                "register_secret": _("登记涉密件"),
                "return_secret": _("登记涉密件清退"),
                "read_marked": _("查看有密级的文件"),
            },
            looks=frozenset({"read_marked"}),
            keys={
                "level": _("级别"),
                "mark": _("密级标识"),
                "circle": _("知悉范围（单位）"),
                "readers": _("知悉范围（人员）"),
            },
        ),
    ),
)
