"""A source: something outside that data is read from, or that it is delivered to."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField


class SourceKind(models.TextChoices):
    POSTGRESQL = "postgresql", _("PostgreSQL 数据库")
    MARIADB = "mariadb", _("MySQL / MariaDB 数据库")
    FOLDER = "folder", _("共享文件夹")
    SFTP = "sftp", _("SFTP 服务器")
    HTTP = "http", _("HTTP 接口")
    NODE = "node", _("另一个平台节点")


class SourceState(models.TextChoices):
    ACTIVE = "active", _("使用中")
    SUSPENDED = "suspended", _("已停用")


class Source(models.Model):
    """Where data comes from or goes to. ``settings`` depend on the kind (host, port, database, path, address).

    ``secrets`` (passwords, keys) are encrypted and never shown again. ``bytes_a_second`` limits the link, None doesn't.
    """

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("所属单位")
    )
    kind = models.CharField(_("类型"), max_length=12, choices=SourceKind.choices)
    settings: "models.JSONField[Any, Any]" = models.JSONField(_("连接参数"), default=dict)
    secrets = EncryptedJSONField(_("口令和密钥"), default=dict)
    is_readable = models.BooleanField(_("可以读取"), default=True)
    is_writable = models.BooleanField(_("可以写入"), default=False)
    bytes_a_second = models.BigIntegerField(_("限速（字节/秒）"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=SourceState.choices, default=SourceState.ACTIVE)
    checked_at = models.DateTimeField(_("最近检查"), null=True)
    answered = models.CharField(_("应答"), max_length=200, blank=True)
    failures = models.PositiveIntegerField(_("连续失败"), default=0)
    trouble = models.CharField(_("故障"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("数据源")
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_source_of_a_name_an_office")]
        indexes = [models.Index(fields=["organisation", "code"], name="sources_by_office")]

    def __str__(self) -> str:
        return self.name
