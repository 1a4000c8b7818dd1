"""Messages to people, and the inbox in which the demo shows what a phone would have received."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedTextField


class Channel(models.TextChoices):
    SMS = "sms", _("短信")
    IN_APP = "inapp", _("站内消息")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")


class Message(models.Model):
    """One message to one person, by account, by phone, or both.

    ``body`` may be kept and read; ``outgoing`` is the text for the provider when it holds more than that (a
    one-time code), and is blank from the moment the message is sent or given up.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("收件人"), on_delete=models.CASCADE, null=True, related_name="+"
    )
    address = EncryptedTextField(_("手机"), blank=True, default="")
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    template = models.CharField(_("模板"), max_length=60)
    subject = models.CharField(_("标题"), max_length=120)
    body = EncryptedTextField(_("正文"))
    outgoing = EncryptedTextField(blank=True, default="")
    link = models.CharField(_("链接"), max_length=300, blank=True, default="")
    is_listed = models.BooleanField(_("在我的消息中显示"))
    state = models.CharField(_("状态"), max_length=8, choices=MessageState.choices, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("发送次数"), default=0)
    # What went wrong, never what was to be sent.
    error = models.CharField(_("错误"), max_length=120, blank=True, default="")
    receipt = models.CharField(_("回执"), max_length=120, blank=True, default="")
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    class Meta:
        verbose_name = _("消息")
        indexes = [
            models.Index(fields=["recipient", "-id"], condition=models.Q(is_listed=True), name="messages_of_a_person"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(is_listed=True, read_at__isnull=True),
                name="messages_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.public_id}"


class DemoText(models.Model):
    """A text message of the demo, which has no phones."""

    reference = models.CharField(max_length=64, unique=True)
    phone = EncryptedTextField()
    phone_digest = models.CharField(max_length=64)
    text = EncryptedTextField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("演示短信")
        indexes = [models.Index(fields=["phone_digest", "-id"], name="demo_texts_by_phone")]

    def __str__(self) -> str:
        return self.reference
