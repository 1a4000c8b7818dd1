"""What looks into the registers and changes of them are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "registers",
    {
        "look_up_resident": _("查询人口登记"),
        "look_up_household": _("查询家庭户登记"),
        "enterprise_registered": _("登记了经营主体"),
        "enterprise_amended": _("变更了登记事项"),
        "enterprise_status_changed": _("变更了登记状态"),
    },
    names={"registers.enterprise": "name", "registers.household": "number"},
    looks=frozenset({"look_up_resident", "look_up_household"}),
)
