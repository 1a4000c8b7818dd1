"""For whom people act: enterprises by mandate, other citizens as guardian or agent, colleagues by delegation."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.models.people import Citizen


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
    # The legal representative who appointed an agent here; null where the person declared it herself.
    granted_by = models.ForeignKey(
        Citizen, on_delete=models.PROTECT, null=True, related_name="mandates_granted", verbose_name=_("授权人")
    )
    end_date = models.DateField(_("有效期止"), null=True)

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


class RepresentationKind(models.TextChoices):
    GUARDIAN = "guardian", _("监护人")
    AGENT = "agent", _("委托代理人")


class Representation(models.Model):
    """A citizen's authority to act for another: a guardian (民法典 art. 23, 27, 28) or an agent (art. 161, 165).

    ``agent`` acts, ``principal`` is acted for. A guardian of somebody without an account registers the ward;
    a counter verifies the papers (``verified_at``). An agent is appointed by the principal herself, for a time.
    """

    principal = models.ForeignKey(
        Citizen, on_delete=models.PROTECT, related_name="represented_by", verbose_name=_("被代理人")
    )
    agent = models.ForeignKey(Citizen, on_delete=models.PROTECT, related_name="represents", verbose_name=_("代理人"))
    kind = models.CharField(_("身份"), max_length=10, choices=RepresentationKind.choices)
    # Codes of the items that an agent was asked to do (委托事项); empty: whatever comes.
    matters = ArrayField(models.CharField(max_length=60), verbose_name=_("委托事项"), default=list, db_default=[])
    start_date = models.DateField(_("起"))
    end_date = models.DateField(_("止"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(_("核验时间"), null=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("代理")
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "agent"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_live_representation_a_pair",
            ),
            models.CheckConstraint(condition=~models.Q(principal=models.F("agent")), name="nobody_represents_herself"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}→{self.principal_id}"
