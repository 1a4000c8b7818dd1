"""Outside systems that call services and receive changes, and the keys that they sign with."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberState(models.TextChoices):
    ACTIVE = "active", _("使用中")
    SUSPENDED = "suspended", _("已停用")


class Member(models.Model):
    """接入系统: acts for one organisation, under the contracts of that one and no other.

    ``is_bench``: the organisation's own test member; the test bench signs for it with a key that lives two minutes.
    """

    code = models.SlugField(_("系统代码"), max_length=60, unique=True)
    name = models.CharField(_("系统名称"), max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("所属单位")
    )
    contact = models.CharField(_("联系人和电话"), max_length=100, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=MemberState.choices, default=MemberState.ACTIVE)
    reason = models.CharField(_("停用原因"), max_length=300, blank=True)
    is_bench = models.BooleanField(_("测试台专用"), default=False)
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("接入系统")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_member_of_a_name_an_office"),
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(is_bench=True), name="one_bench_member_an_office"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MemberKey(models.Model):
    """A public key of a member. ``valid_until`` is set when a next one is registered: then it counts no more."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="keys", verbose_name=_("接入系统"))
    key_id = models.CharField(_("密钥标识"), max_length=16, unique=True)
    algorithm = models.CharField(_("算法"), max_length=8)
    spki = models.BinaryField(_("公钥"))
    valid_from = models.DateTimeField(_("登记时间"), auto_now_add=True)
    valid_until = models.DateTimeField(_("停止使用"), null=True)

    class Meta:
        verbose_name = _("接入系统的公钥")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.key_id
