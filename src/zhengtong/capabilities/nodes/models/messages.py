"""Messages between nodes: what waits to be sent, what came and what it did, with the receiver's signed receipt."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.nodes.models.nodes import Node
from zhengtong.core.crypto.public import EncryptedJSONField, EncryptedTextField
from zhengtong.kernel.marks import Mark


class Priority(models.IntegerChoices):
    URGENT = 0, _("紧急")
    ORDINARY = 1, _("普通")
    BULK = 2, _("批量")


class OutgoingState(models.TextChoices):
    WAITING = "waiting", _("等待发送")
    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("对方退回")
    CANCELLED = "cancelled", _("已取消")


class OutgoingMessage(models.Model):
    """A message in line. It waits until its node is there, in the order of priority and number, and is sent until
    there is a receipt; ``failed`` is only what the other side refused for good."""

    message_id = models.UUIDField(_("消息编号"), default=uuid4, unique=True, editable=False)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="outgoing", verbose_name=_("收件节点"))
    number = models.PositiveBigIntegerField(_("链路序号"))
    kind = models.CharField(_("种类"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    about = models.CharField(_("事由"), max_length=100, blank=True)
    mark = models.PositiveSmallIntegerField(_("密级标识"), choices=Mark.choices)
    priority = models.PositiveSmallIntegerField(_("优先级"), choices=Priority.choices, default=Priority.ORDINARY)
    size = models.PositiveBigIntegerField(_("大小"))
    digest = models.CharField(_("摘要（SM3）"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=OutgoingState.choices, default=OutgoingState.WAITING)
    attempts = models.PositiveIntegerField(_("尝试次数"), default=0)
    next_at = models.DateTimeField(_("下次尝试"))
    handed_bytes = models.PositiveBigIntegerField(_("已传字节"), default=0)
    created_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    created_by = models.CharField(_("提交人"), max_length=100)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    trouble_code = models.CharField(max_length=40, blank=True)
    trouble = models.CharField(_("原因"), max_length=500, blank=True)
    receipt = models.BinaryField(null=True)
    effect = models.JSONField(_("对方的处理结果"), default=dict)

    class Meta:
        verbose_name = _("发出的消息")
        constraints = [models.UniqueConstraint(fields=["node", "number"], name="one_message_a_number_a_link")]
        indexes = [
            models.Index(fields=["node", "priority", "number"], condition=Q(state="waiting"), name="messages_in_line"),
            models.Index(fields=["node", "-id"], name="messages_of_a_node"),
        ]

    def __str__(self) -> str:
        return self.title


class OutgoingPart(models.Model):
    """A megabyte of a body that waits, base64 under the data key. Gone when the receipt is there."""

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="parts")
    start = models.PositiveBigIntegerField()
    content = EncryptedTextField()

    class Meta:
        verbose_name = _("待发内容")
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["message", "start"], name="one_part_a_place")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.start}"


class IncomingState(models.TextChoices):
    RECEIVING = "receiving", _("正在接收")
    DONE = "done", _("已处理")
    REFUSED = "refused", _("已退回")


class IncomingMessage(models.Model):
    """A message that came. One row a (node, message id): what comes twice is answered with the first one's receipt."""

    message_id = models.UUIDField(_("消息编号"))
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="incoming", verbose_name=_("来自"))
    kind = models.CharField(_("种类"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    mark = models.PositiveSmallIntegerField(_("密级标识"), choices=Mark.choices)
    size = models.PositiveBigIntegerField(_("大小"))
    digest = models.CharField(_("摘要（SM3）"), max_length=64)
    held_bytes = models.PositiveBigIntegerField(_("已收字节"), default=0)
    state = models.CharField(_("状态"), max_length=10, choices=IncomingState.choices, default=IncomingState.RECEIVING)
    number = models.PositiveBigIntegerField(_("链路序号"), default=0)
    issued_at = models.DateTimeField(_("发出时间"))
    began_at = models.DateTimeField(_("开始接收"), auto_now_add=True)
    done_at = models.DateTimeField(_("处理时间"), null=True)
    times = models.PositiveIntegerField(_("收到次数"), default=1)
    trouble_code = models.CharField(max_length=40, blank=True)
    trouble = models.CharField(_("退回原因"), max_length=500, blank=True)
    effect = models.JSONField(_("处理结果"), default=dict)
    receipt = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("收到的消息")
        constraints = [models.UniqueConstraint(fields=["node", "message_id"], name="each_message_once")]
        indexes = [models.Index(fields=["node", "-id"], name="messages_from_a_node")]

    def __str__(self) -> str:
        return self.title


class IncomingPart(models.Model):
    """A piece of a body that is still arriving."""

    message = models.ForeignKey(IncomingMessage, on_delete=models.CASCADE, related_name="parts")
    start = models.PositiveBigIntegerField()
    content = EncryptedTextField()

    class Meta:
        verbose_name = _("已收内容")
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["message", "start"], name="one_piece_a_place")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.start}"


class Notice(models.Model):
    """A short message between operators, sent or received."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="notices", verbose_name=_("节点"))
    message_id = models.UUIDField(_("消息编号"))
    is_incoming = models.BooleanField(_("收到的"))
    content = EncryptedJSONField(_("内容"))
    who = models.CharField(_("发送人"), max_length=100)
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("节点通知")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["node", "message_id", "is_incoming"], name="one_notice_a_message")
        ]

    def __str__(self) -> str:
        return f"{self.node_id} {self.message_id}"
