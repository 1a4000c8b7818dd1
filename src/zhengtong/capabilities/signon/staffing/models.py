"""What staffing keeps beside identity: the other system's numbers, and how a new account is opened by its owner."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.applications.models import Application
from zhengtong.core.crypto.public import EncryptedTextField
from zhengtong.core.identity.public import Account, Organisation, StaffMember


class DirectoryLink(models.Model):
    """What a personnel system calls a member of staff; ``removed_at`` is when it took her off its list."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="links")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="directory_links")
    external_id = models.CharField(_("对方的编号"), max_length=120, blank=True)
    removed_at = models.DateTimeField(_("对方删除的时间"), null=True)

    class Meta:
        verbose_name = _("人事系统对应")
        constraints = [
            models.UniqueConstraint(fields=["application", "staff"], name="signon_one_link_a_person"),
            models.UniqueConstraint(
                fields=["application", "external_id"],
                condition=~models.Q(external_id=""),
                name="signon_one_external_id",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id or str(self.staff_id)


class Activation(models.Model):
    """启用账号: by a link that works once a new member of staff sets her own password; nobody else ever knows one."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="activations")
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("生成时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True)

    class Meta:
        verbose_name = _("账号启用链接")

    def __str__(self) -> str:
        return str(self.account_id)


class RosterEntry(models.Model):
    """人员名册: a member of staff as the personnel office's sheet says her, one line each.

    A view of the database: what is compared with a sheet is always what identity knows at that moment. Writing goes
    through identity's services (``roster.apply_sheet``), never to this.
    """

    username = models.CharField(_("用户名"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    phone = EncryptedTextField(_("手机"), blank=True, default="")
    enforcement_number = models.CharField(_("执法证号"), max_length=20, blank=True)
    organisation_name = models.CharField(_("机构全称"), max_length=120)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, null=True, related_name="+", verbose_name=_("机构")
    )
    post_title = models.CharField(_("主任岗位"), max_length=60, blank=True)
    last_day = models.DateField(_("在岗最后一天"), null=True, blank=True)
    is_active = models.BooleanField(_("账号启用"), default=True)

    class Meta:
        managed = False
        db_table = "signon_rosterentry"
        verbose_name = _("人员名册")

    def __str__(self) -> str:
        return self.name
