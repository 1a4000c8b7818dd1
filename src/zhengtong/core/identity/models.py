"""Regions, organisations, posts and the people in them; citizens, legal entities and who may act for them.

Region (行政区划) → Organisation (机构) → Post (岗位) → Appointment (任职). Roles belong to posts, never to people.
"""

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedTextField

if TYPE_CHECKING:
    TextBase = models.TextField[str, str]
    LookupBase = models.Lookup[Any]
else:
    TextBase = models.TextField
    LookupBase = models.Lookup


class LtreeField(TextBase):
    """A PostgreSQL ``ltree`` path. ``contained_by`` finds a subtree, itself included."""

    def db_type(self, connection: Any) -> str:
        return "ltree"


@LtreeField.register_lookup
class ContainedBy(LookupBase):
    lookup_name = "contained_by"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} <@ {right}::ltree", [*left_params, *right_params]


class RegionLevel(models.TextChoices):
    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")
    TOWN = "town", _("乡镇（街道）")
    VILLAGE = "village", _("村（社区）")


class Region(models.Model):
    """行政区划 after GB/T 2260 and the statistical division codes (6, 9 or 12 digits)."""

    code = models.CharField(_("代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=RegionLevel.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = LtreeField(_("路径"))

    class Meta:
        verbose_name = _("行政区划")
        ordering = ["code"]
        indexes = [GistIndex(fields=["path"], name="regions_by_path")]

    def __str__(self) -> str:
        return self.name


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
        indexes = [GistIndex(fields=["path"], name="organisations_by_path")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """岗位 in an organisation. What its holder may do follows from its roles."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(_("名称"), max_length=60)

    class Meta:
        verbose_name = _("岗位")

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


class AccountKind(models.TextChoices):
    CITIZEN = "citizen", _("群众")
    STAFF = "staff", _("工作人员")


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """What signs in. ``public_id`` is what other systems and the journal see, never the primary key."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("类型"), max_length=10, choices=AccountKind.choices, default=AccountKind.CITIZEN)
    username = models.CharField(_("用户名"), max_length=40, unique=True)
    is_active = models.BooleanField(_("启用"), default=True)
    date_joined = models.DateTimeField(_("注册时间"), auto_now_add=True)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = _("账号")

    def __str__(self) -> str:
        return self.username


class StaffMember(models.Model):
    """A person who works for an organ."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="staff")
    name = models.CharField(_("姓名"), max_length=40)
    phone = EncryptedTextField(_("手机"), blank=True, default="")
    enforcement_number = models.CharField(_("执法证号"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("工作人员")

    def __str__(self) -> str:
        return self.name


class AppointmentKind(models.TextChoices):
    MAIN = "main", _("主任职")
    CONCURRENT = "concurrent", _("兼任")


class Appointment(models.Model):
    """任职: who holds which post from when to when. ``end_date`` is the last day, null while it lasts."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField(_("类别"), max_length=10, choices=AppointmentKind.choices, default=AppointmentKind.MAIN)
    start_date = models.DateField(_("起"))
    end_date = models.DateField(_("止"), null=True)

    class Meta:
        verbose_name = _("任职")

    def __str__(self) -> str:
        return f"{self.staff.name} {self.post}"


class Citizen(models.Model):
    """A natural person with an account. ``verified_at`` is when a counter or a register confirmed who she is."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="citizen")
    phone = EncryptedTextField(_("手机"))
    # Unique among verified phones only: whoever types another's number can't keep its owner from registering.
    phone_digest = models.CharField(max_length=64, db_index=True)
    phone_verified_at = models.DateTimeField(_("手机核验时间"), null=True)
    name = EncryptedTextField(_("姓名"), blank=True, default="")
    id_number = EncryptedTextField(_("公民身份号码"), blank=True, default="")
    # Unique only where a number is given: two accounts can't claim one person.
    id_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    address = EncryptedTextField(_("住址"), blank=True, default="")
    verified_at = models.DateTimeField(_("实名核验时间"), null=True)

    class Meta:
        verbose_name = _("群众")
        constraints = [
            models.UniqueConstraint(
                fields=["phone_digest"],
                condition=models.Q(phone_verified_at__isnull=False),
                name="one_citizen_a_verified_phone",
            )
        ]

    def __str__(self) -> str:
        return str(self.account)


class LegalEntity(models.Model):
    """An enterprise or other organisation that people act for, as far as signing in needs it."""

    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=120)

    class Meta:
        verbose_name = _("法人")

    def __str__(self) -> str:
        return self.name


class MandateKind(models.TextChoices):
    LEGAL_REPRESENTATIVE = "legal_representative", _("法定代表人（负责人）")
    AGENT = "agent", _("经办人")


class Mandate(models.Model):
    """A person's authority to act for a legal entity.

    ``verified_at`` is null while it is only declared by herself: it then lets her apply, and the counter
    sees 未核验 and checks it.
    """

    citizen = models.ForeignKey(Citizen, on_delete=models.PROTECT, related_name="mandates")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(_("身份"), max_length=24, choices=MandateKind.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(_("核验时间"), null=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("授权")
        constraints = [
            models.UniqueConstraint(
                fields=["citizen", "legal_entity"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_live_mandate_a_person_and_entity",
            )
        ]

    def __str__(self) -> str:
        return f"{self.citizen_id}→{self.legal_entity_id}"
