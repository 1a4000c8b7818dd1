"""Outside systems that may ask for seals through the interface."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutsideSystem(models.Model):
    """接入系统: acts for one organisation. Its token is shown once; what is kept is its SHA-256.

    ``daily_quota`` is how many documents it may send a day, ``kinds`` the kinds of document it may have sealed under a
    standing authorisation (none: it can only ask).
    """

    name = models.CharField(_("系统名称"), max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("所属单位")
    )
    owner = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人")
    )
    token_sha256 = models.CharField(max_length=64, unique=True)
    token_begins = models.CharField(_("令牌开头"), max_length=8)
    daily_quota = models.PositiveIntegerField(_("每日份数上限"), default=200)
    is_active = models.BooleanField(_("有效"), default=True)
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("接入系统")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_outside_system_a_name")]

    def __str__(self) -> str:
        return self.name
