"""Where the datasets that another node sends are put, and what contracts have sent to one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NodeLanding(models.Model):
    """A dataset of a node goes into ``table`` of ``target``. What no line names is refused, not put anywhere."""

    node = models.ForeignKey("nodes.Node", on_delete=models.PROTECT, related_name="+", verbose_name=_("来自节点"))
    dataset = models.SlugField(_("数据集代码"), max_length=60)
    target = models.ForeignKey("sources.Source", on_delete=models.PROTECT, related_name="+", verbose_name=_("写到"))
    table = models.CharField(_("表"), max_length=120)
    set_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("登记时间"), auto_now=True)
    last_rows = models.PositiveBigIntegerField(_("最近一批行数"), null=True)
    last_at = models.DateTimeField(_("最近收到"), null=True)

    class Meta:
        app_label = "exchange"
        verbose_name = _("节点数据的去处")
        constraints = [models.UniqueConstraint(fields=["node", "dataset"], name="one_landing_a_dataset")]

    def __str__(self) -> str:
        return f"{self.dataset} → {self.table}"


class NodeDelivery(models.Model):
    """The message by which the window of a contract goes to a node that is its target. ``name`` is the run's, as every
    target remembers it: a window is in line once, whoever carries it. ``rows`` is what the receipt has to say."""

    name = models.CharField(_("批次"), max_length=260, unique=True)
    message = models.OneToOneField(
        "nodes.OutgoingMessage", on_delete=models.PROTECT, related_name="+", verbose_name=_("发出的消息")
    )
    rows = models.PositiveBigIntegerField(_("行数"))

    class Meta:
        app_label = "exchange"
        verbose_name = _("送往节点的批次")

    def __str__(self) -> str:
        return self.name
