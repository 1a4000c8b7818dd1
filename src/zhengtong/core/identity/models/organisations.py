"""Organisations (机构), what they were before, and the posts (岗位) in them. Roles belong to posts, never to people."""

from uuid import uuid4

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.models.places import LtreeField, Region


class OrganisationKind(models.TextChoices):
    GOVERNMENT = "government", _("人民政府")
    DEPARTMENT = "department", _("部门")
    SERVICE_CENTRE = "service_centre", _("政务服务中心")
    TOWN = "town", _("乡镇政府（街道办）")
    OFFICE = "office", _("内设机构")


class Organisation(models.Model):
    """机构. ``path`` holds the ids from the root, so that a subtree is one indexed look-up."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    # Null where there is none: it is unique.
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True, null=True)  # noqa: DJ001
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40)
    kind = models.CharField(_("类别"), max_length=20, choices=OrganisationKind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="organisations")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = LtreeField(_("路径"), default="0")
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    is_active = models.BooleanField(_("有效"), default=True)

    class Meta:
        verbose_name = _("机构")
        ordering = ["region_id", "id"]
        indexes = [
            GistIndex(fields=["path"], name="organisations_by_path"),
            # Names are found by their beginning.
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="organisations_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ChangeKind(models.TextChoices):
    """Why an organisation's version begins or ends (机构改革 decides, the 三定 document is the basis)."""

    FOUNDED = "founded", _("设立")
    RENAMED = "renamed", _("更名")
    MOVED = "moved", _("调整隶属关系")
    MERGED = "merged", _("合并")
    SPLIT = "split", _("分设")
    ABOLISHED = "abolished", _("撤销")
    CORRECTED = "corrected", _("更正")


class OrganisationVersion(models.Model):
    """What an organisation was from ``valid_from`` until the day before ``valid_until`` (null: still is, or will be).

    :class:`Organisation` itself is the version of today, so that nothing joins to know a name.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="versions", verbose_name=_("机构")
    )
    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止（不含）"), null=True)
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40)
    kind = models.CharField(_("类别"), max_length=20, choices=OrganisationKind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("行政区划"))
    parent = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("上级机构")
    )
    is_active = models.BooleanField(_("有效"), default=True)
    change = models.CharField(_("变动"), max_length=10, choices=ChangeKind.choices)
    basis = models.CharField(_("依据文号"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("机构版本")
        ordering = ["organisation_id", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "valid_from"], name="one_version_a_day"),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
                name="version_lasts_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.valid_from}）"


class Succession(models.Model):
    """``successor`` took over from ``predecessor``: a merger has many predecessors, a split many successors."""

    predecessor = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="successions", verbose_name=_("原机构")
    )
    successor = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="inheritances", verbose_name=_("承接机构")
    )
    change = models.CharField(_("变动"), max_length=10, choices=ChangeKind.choices)
    on_date = models.DateField(_("日期"))
    basis = models.CharField(_("依据文号"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("机构承接")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="one_succession_a_pair"),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="nobody_succeeds_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor}→{self.successor}"


class Reorganisation(models.Model):
    """机构调整: one decision about the tree, applied at once or, by a periodic job, on its day.

    ``details`` holds the arguments of the change as ids and texts; ``failure`` says why it couldn't be applied on its
    day: it is then tried again until it is cancelled.
    """

    change = models.CharField(_("变动"), max_length=10, choices=ChangeKind.choices)
    on_date = models.DateField(_("生效日期"))
    basis = models.CharField(_("依据文号"), max_length=120, blank=True)
    organisations = models.ManyToManyField(Organisation, related_name="reorganisations", verbose_name=_("机构"))
    details = models.JSONField(_("内容"), default=dict)
    decided_by = models.ForeignKey(
        "identity.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )
    decided_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    applied_at = models.DateTimeField(_("生效时间"), null=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True)
    failure = models.CharField(_("未能生效的原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("机构调整")
        indexes = [
            models.Index(
                fields=["on_date"],
                condition=models.Q(applied_at=None, cancelled_at=None),
                name="reorganisations_to_apply",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_change_display()}（{self.on_date}）"


class TreeStamp(models.Model):
    """One row: its stamp is renewed by triggers with every change of the trees that people's reach is read from."""

    stamp = models.UUIDField(default=uuid4)

    class Meta:
        verbose_name = _("机构树版本")

    def __str__(self) -> str:
        return str(self.stamp)


class Post(models.Model):
    """岗位 in an organisation. What its holder may do follows from its roles."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(_("名称"), max_length=60)
    is_active = models.BooleanField(_("有效"), default=True)

    class Meta:
        verbose_name = _("岗位")
        indexes = [models.Index(fields=["title"], opclasses=["varchar_pattern_ops"], name="posts_by_title")]

    def __str__(self) -> str:
        return f"{self.organisation.short_name} {self.title}"


class Reach(models.TextChoices):
    """How far a role on a post reaches."""

    OWN = "own", _("本机构")
    SUBTREE = "subtree", _("本机构及下级")
    REGION = "region", _("本行政区划内各机构")


class PostRole(models.Model):
    """A role (declared in a manifest) that a post holds, and how far it reaches."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("角色"), max_length=60)
    reach = models.CharField(_("范围"), max_length=10, choices=Reach.choices, default=Reach.OWN)

    class Meta:
        verbose_name = _("岗位角色")
        constraints = [models.UniqueConstraint(fields=["post", "role"], name="a_role_once_a_post")]

    def __str__(self) -> str:
        return self.role
