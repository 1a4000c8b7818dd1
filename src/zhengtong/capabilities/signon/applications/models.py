"""Applications, their secrets, what people agreed to, who signed in where, how systems are told of the end of it."""

from uuid import uuid4

from allauth.idp.oidc.models import Client
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Account, Organisation, StaffMember


class ApplicationKind(models.TextChoices):
    """Where its program runs decides whether it can keep a secret."""

    WEB = "web", _("网站（有服务器）")
    NATIVE = "native", _("手机、桌面或浏览器内程序")
    SERVICE = "service", _("后台对接（没有人登录）")


class ApplicationState(models.TextChoices):
    APPLIED = "applied", _("待审核")
    RETURNED = "returned", _("已退回")
    ENABLED = "enabled", _("启用")
    SUSPENDED = "suspended", _("停用")


class Audience(models.TextChoices):
    STAFF = "staff", _("工作人员")
    CITIZEN = "citizen", _("群众")
    BOTH = "both", _("工作人员和群众")


class SubjectKind(models.TextChoices):
    PUBLIC = "public", _("各系统相同")
    PAIRWISE = "pairwise", _("每个系统不同")


class Application(models.Model):
    """应用系统: a system of an organisation that people sign in to through the platform.

    ``client`` is what the OpenID provider knows of it, made when it is enabled for the first time.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=400)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="applications", verbose_name=_("所属机构")
    )
    responsible = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="applications", verbose_name=_("责任人")
    )
    kind = models.CharField(_("类型"), max_length=10, choices=ApplicationKind.choices, default=ApplicationKind.WEB)
    audience = models.CharField(_("谁可以登录"), max_length=10, choices=Audience.choices, default=Audience.STAFF)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("取得的信息"), default=list)
    redirect_addresses = models.TextField(_("登录后回到的地址"), blank=True)
    after_logout_addresses = models.TextField(_("退出后回到的地址"), blank=True)
    logout_address = models.CharField(_("接收退出通知的地址"), max_length=500, blank=True)
    subject_kind = models.CharField(
        _("登录标识"), max_length=10, choices=SubjectKind.choices, default=SubjectKind.PUBLIC
    )
    is_consent_waived = models.BooleanField(_("工作人员免逐人同意"), default=False)
    needs_two_factors = models.BooleanField(_("要求双因素登录"), default=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=ApplicationState.choices, default=ApplicationState.APPLIED
    )
    opinion = models.CharField(_("审核意见"), max_length=300, blank=True)
    applied_at = models.DateTimeField(_("申请时间"))
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    reviewed_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("审核人")
    )
    client = models.OneToOneField(
        Client, on_delete=models.PROTECT, null=True, related_name="application", verbose_name=_("客户端编号")
    )

    class Meta:
        verbose_name = _("应用系统")
        indexes = [models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="signon_applications_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=ApplicationState.ENABLED) | models.Q(client__isnull=False),
                name="signon_enabled_has_client",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ApplicationSecret(models.Model):
    """A secret of an application, only its SHA-256: it is random, 256 bits long, so a slow hash would add nothing.

    After a rotation the old one is valid until ``expires_at``.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="secrets")
    hash = models.CharField(max_length=64)
    ending = models.CharField(_("末四位"), max_length=4)
    issued_at = models.DateTimeField(_("领取时间"), auto_now_add=True)
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("领取人"))
    expires_at = models.DateTimeField(_("失效时间"), null=True)

    class Meta:
        verbose_name = _("应用密钥")

    def __str__(self) -> str:
        return f"…{self.ending}"


class Consent(models.Model):
    """同意: what a person agreed to have passed on to an application, until she revokes it (个人信息保护法 14, 15)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="consents")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="consents")
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("同意提供的信息"))
    given_at = models.DateTimeField(_("同意时间"))
    revoked_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("授权同意")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "account"], condition=models.Q(revoked_at=None), name="signon_one_live_consent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}→{self.application_id}"


class Authorization(models.Model):
    """登录授权: one time that a person signed in to an application. Its tokens live no longer than it does.

    ``session`` is the digest of the key of the browser's session, ``sid`` what the application knows of it. Until the
    code is changed for tokens ``code_hash`` finds it; ``used_at`` says that it was.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="authorizations")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="authorizations")
    session = models.CharField(max_length=64)
    sid = models.UUIDField()
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("提供的信息"))
    code_hash = models.CharField(max_length=64, unique=True)
    request = models.JSONField()
    authenticated_at = models.DateTimeField(_("登录时间"))
    acr = models.CharField(_("登录强度"), max_length=60)
    amr = ArrayField(models.CharField(max_length=20), verbose_name=_("登录方式"))
    address = models.CharField(_("来源地址"), max_length=64, blank=True)
    authorized_at = models.DateTimeField(_("时间"))
    code_expires_at = models.DateTimeField()
    used_at = models.DateTimeField(_("换取令牌时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    end_reason = models.CharField(_("结束原因"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("应用登录记录")
        indexes = [
            models.Index(fields=["application", "-id"], name="signon_authorizations_of_app"),
            models.Index(fields=["session"], condition=models.Q(ended_at=None), name="signon_authorizations_open"),
            models.Index(
                fields=["account", "application"],
                condition=models.Q(ended_at=None),
                name="signon_authorizations_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}@{self.application_id}"


class IdentityKey(models.Model):
    """A key of the signer that identity tokens are signed with; the newest that isn't retired signs.

    A retired one stays published until ``published_until``, when all that it signed has expired.
    """

    name = models.CharField(_("签名服务里的名称"), max_length=60, unique=True)
    kid = models.CharField(_("密钥编号"), max_length=43, unique=True)
    jwk = models.JSONField(_("公钥"))
    created_at = models.DateTimeField(_("启用时间"), auto_now_add=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True)
    published_until = models.DateTimeField(_("公布到"), null=True)

    class Meta:
        verbose_name = _("登录令牌签名密钥")
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=models.Q(retired_at=None), name="signon_one_signing_key")
        ]

    def __str__(self) -> str:
        return self.kid


class LogoutNotice(models.Model):
    """退出通知: a person's session ended, an application is to be told (OpenID Connect Back-Channel Logout 1.0)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="logout_notices")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("账号"))
    # Null: all sessions of the person.
    sid = models.UUIDField(null=True)
    reason = models.CharField(_("原因"), max_length=20)
    made_at = models.DateTimeField(_("产生时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_attempt_at = models.DateTimeField(_("下次尝试"), null=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    answer = models.CharField(_("对方的应答"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("退出通知")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=models.Q(next_attempt_at__isnull=False), name="signon_notices_due"
            ),
            models.Index(fields=["application", "-id"], name="signon_notices_of_app"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.sid or self.account_id}"
