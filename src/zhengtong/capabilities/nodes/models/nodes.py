"""This platform as others see it, the other platforms, and the certificates that each side is known by."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.nodes.domain import NodeState

MEGABYTE = 1 << 20


class Zones(models.TextChoices):
    OUTER = "outer", _("外网")
    INNER = "inner", _("内网")


class Level(models.TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWNSHIP = "township", _("乡镇级")


class Relation(models.TextChoices):
    ABOVE = "above", _("上级")
    BELOW = "below", _("下级")
    BESIDE = "beside", _("同级")


class JoiningMode(models.TextChoices):
    TERMINAL = "terminal", _("终端接入")
    NODE = "node", _("节点接入")


class NodeStates(models.TextChoices):
    APPLIED = NodeState.APPLIED.value, _("已申请，待评估")
    ASSESSED = NodeState.ASSESSED.value, _("已评估，待批准")
    APPROVED = NodeState.APPROVED.value, _("已批准，待连接")
    CONNECTED = NodeState.CONNECTED.value, _("已连接")
    SUSPENDED = NodeState.SUSPENDED.value, _("暂停")
    REVOKED = NodeState.REVOKED.value, _("已撤销")
    REFUSED = NodeState.REFUSED.value, _("未批准")


class CertificateUse(models.TextChoices):
    """What a certificate is for: the root of signatures, the client's side of a link, the server's side."""

    ROOT = "root", _("签名的根证书")
    CLIENT = "client", _("客户端证书")
    SERVER = "server", _("服务器证书")


class OwnNode(models.Model):
    """This platform, as it introduces itself. There is one row at most; its ``organisation`` operates the links.

    ``alarm_minutes``: a link that was away for so long is put on the operators' list.
    """

    code = models.SlugField(_("节点代码"), max_length=40)
    name = models.CharField(_("节点名称"), max_length=100)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("运行单位")
    )
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices)
    zone = models.CharField(_("网络区域"), max_length=8, choices=Zones.choices)
    address = models.URLField(_("交换地址"), max_length=200)
    largest_mb = models.PositiveIntegerField(_("接收的单个消息上限（MB）"), default=64)
    alarm_minutes = models.PositiveIntegerField(_("中断多少分钟后提醒"), default=30)
    sole = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("本节点")
        constraints = [models.CheckConstraint(condition=Q(sole=True), name="one_own_node")]

    def __str__(self) -> str:
        return self.name


class OwnCertificate(models.Model):
    """What this platform shows on its links. ``key_file`` lies in ``DATA_DIR/nodes``, mode 0600; "" when nginx alone
    has the key. Two of a use hold at once while they are being changed: the newest whose ``used_from`` has come is
    shown to others, and theirs to know both."""

    use = models.CharField(_("用途"), max_length=8, choices=CertificateUse.choices)
    der = models.BinaryField()
    fingerprint = models.CharField(_("指纹"), max_length=64, unique=True)
    key_file = models.CharField(max_length=100, blank=True)
    not_before = models.DateTimeField(_("生效"))
    not_after = models.DateTimeField(_("到期"))
    used_from = models.DateTimeField(_("启用"))
    ended_at = models.DateTimeField(_("停用"), null=True)

    class Meta:
        verbose_name = _("本节点证书")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.use} {self.fingerprint[:16]}"

    @property
    def is_usable(self) -> bool:
        return self.ended_at is None and self.not_before <= timezone.now() < self.not_after


class Node(models.Model):
    """Another platform. ``organisation`` is the own office that keeps the link; ``operator`` who runs the other side.

    ``is_up`` is what the last check said; ``down_since`` when the present interruption began.
    """

    code = models.SlugField(_("节点代码"), max_length=40, unique=True)
    name = models.CharField(_("节点名称"), max_length=100)
    operator = models.CharField(_("对方单位"), max_length=100)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("本方管理单位")
    )
    region_name = models.CharField(_("地区"), max_length=60, blank=True)
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices)
    relation = models.CharField(_("与本节点的关系"), max_length=8, choices=Relation.choices)
    mode = models.CharField(_("接入方式"), max_length=10, choices=JoiningMode.choices, default=JoiningMode.NODE)
    zone = models.CharField(_("网络区域"), max_length=8, choices=Zones.choices)
    address = models.URLField(_("交换地址"), max_length=200)
    largest_mb = models.PositiveIntegerField(_("对方接收的上限（MB）"), default=64)
    state = models.CharField(_("状态"), max_length=10, choices=NodeStates.choices, default=NodeStates.APPLIED)
    reason = models.CharField(_("申请理由"), max_length=300)
    assessment = models.CharField(_("评估意见"), max_length=500, blank=True)
    applied_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    assessed_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("评估人")
    )
    approved_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("批准人")
    )
    applied_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    connected_at = models.DateTimeField(_("首次连接"), null=True)
    is_up = models.BooleanField(_("通"), null=True)
    checked_at = models.DateTimeField(_("最近检查"), null=True)
    answered_at = models.DateTimeField(_("最近应答"), null=True)
    milliseconds = models.PositiveIntegerField(_("往返毫秒"), null=True)
    down_since = models.DateTimeField(_("中断开始"), null=True)
    trouble = models.CharField(_("故障"), max_length=300, blank=True)
    # Fingerprints of the bundle that was taken in last: what the comparison code is over.
    offered = models.JSONField(default=list)
    # The number of the last message put in line for this node.
    last_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("节点")
        indexes = [models.Index(fields=["organisation", "state"], name="nodes_by_office")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_reachable(self) -> bool:
        """Whether messages are sent to it now; others wait."""
        return self.state == NodeState.CONNECTED


class NodeCertificate(models.Model):
    """A line of the trust list: this node is believed with this certificate from ``trusted_from`` until
    ``trusted_until``. Neither is set before a second person has approved it."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="certificates")
    use = models.CharField(_("用途"), max_length=8, choices=CertificateUse.choices)
    der = models.BinaryField()
    fingerprint = models.CharField(_("指纹"), max_length=64)
    subject = models.CharField(_("主体"), max_length=300)
    not_before = models.DateTimeField(_("证书生效"))
    not_after = models.DateTimeField(_("证书到期"))
    entered_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    entered_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    trusted_from = models.DateTimeField(_("信任起"), null=True)
    trusted_until = models.DateTimeField(_("信任止"), null=True)

    class Meta:
        verbose_name = _("节点证书")
        ordering = ["use", "id"]
        constraints = [models.UniqueConstraint(fields=["node", "use", "fingerprint"], name="a_certificate_once_a_node")]
        indexes = [models.Index(fields=["fingerprint"], name="node_by_fingerprint")]

    def __str__(self) -> str:
        return f"{self.use} {self.fingerprint[:16]}"

    @property
    def is_trusted(self) -> bool:
        now = timezone.now()
        if self.trusted_from is None or not self.trusted_from <= now:
            return False
        return (self.trusted_until is None or now < self.trusted_until) and self.not_before <= now < self.not_after


class NodeEvent(models.Model):
    """A step in a node's life, for its page."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    act = models.CharField(max_length=20)
    who = models.CharField(max_length=100)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("节点办理记录")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.act} {self.who}"
