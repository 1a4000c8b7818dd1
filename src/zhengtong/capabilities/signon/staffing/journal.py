"""What acts of staffing are called in the journal."""

from django.utils.translation import gettext_lazy as _

STAFFING_ACTS = {
    "activation_made": _("生成账号启用链接"),
    "account_activated": _("本人启用账号"),
}
