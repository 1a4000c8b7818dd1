"""Data keys, wrapped, and how far the change from one to the next has come."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.domain import LARGEST_NUMBER


class DataKeyUse(models.TextChoices):
    """What a data key seals."""

    FIELDS = "fields", _("个人信息字段")
    FILES = "files", _("文件")


class DataKey(models.Model):
    """A data key. What is stored is wrapped by a key-encryption key that only the signer has.

    ``number`` stands in everything it sealed, so it is never used again, and a retired key keeps its wrapped form:
    backups of the time when it was in use are opened by it.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("使用中")
        OLD = "old", _("只用于读取")
        RETIRED = "retired", _("已退役")

    class Cipher(models.TextChoices):
        AES256 = "aes256", "AES-256-GCM"
        SM4 = "sm4", "SM4-GCM"

    number = models.PositiveSmallIntegerField(
        _("编号"), primary_key=True, validators=[MinValueValidator(1), MaxValueValidator(LARGEST_NUMBER)]
    )
    use = models.CharField(_("用途"), max_length=10, choices=DataKeyUse.choices)
    cipher = models.CharField(_("算法"), max_length=10, choices=Cipher.choices)
    wrapped = models.TextField(_("密文"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(_("启用时间"), auto_now_add=True)
    replaced_at = models.DateTimeField(_("更换时间"), null=True, blank=True)
    retired_at = models.DateTimeField(_("退役时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("数据密钥")
        constraints = [
            models.UniqueConstraint(fields=["use"], condition=models.Q(state="active"), name="crypto_one_active_key"),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.number}"


class Resealing(models.Model):
    """The change of everything of one use to its newest data key. At most one of a use goes on."""

    use = models.CharField(_("用途"), max_length=10, choices=DataKeyUse.choices)
    key = models.ForeignKey(DataKey, verbose_name=_("改用的密钥"), on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(_("开始时间"), auto_now_add=True)
    turn = models.PositiveIntegerField(_("第几遍"), default=1)
    turn_began_at = models.DateTimeField(_("本遍开始时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("重新加密")
        constraints = [
            models.UniqueConstraint(
                fields=["use"], condition=models.Q(finished_at=None), name="crypto_one_resealing_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} → {self.key_id}"


class ResealingStep(models.Model):
    """How far one store (a table's sealed columns, or the files) is in the current turn."""

    resealing = models.ForeignKey(Resealing, on_delete=models.CASCADE, related_name="steps")
    store = models.CharField(max_length=100)
    position = models.CharField(max_length=100, blank=True, default="")
    looked = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)  # in this turn
    changed_in_all = models.PositiveBigIntegerField(default=0)
    unreadable = models.PositiveBigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resealing", "store"], name="crypto_one_step_a_store"),
        ]

    def __str__(self) -> str:
        return self.store
