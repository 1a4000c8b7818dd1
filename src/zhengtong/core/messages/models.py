"""Messages to people, and the inbox in which the demo shows what a phone would have received."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedTextField


class Channel(models.TextChoices):
    SMS = "sms", _("短信")
    MAIL = "mail", _("邮件")
    IN_APP = "inapp", _("站内消息")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")
    SKIPPED = "skipped", _("按本人设置不发")


class Message(models.Model):
    """One message to one person, by account, by phone, or both; or by e-mail.

    ``body`` may be kept and read; ``outgoing`` is the text for the provider when it holds more than that (a
    one-time code), and is blank from the moment the message is sent or given up. ``copy_of``: the message that this one
    repeats by another channel, because its recipient wants that.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("收件人"), on_delete=models.CASCADE, null=True, related_name="+"
    )
    address = EncryptedTextField(_("手机或邮箱"), blank=True, default="")
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
    copy_of = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="copies", db_index=False)

    class Meta:
        verbose_name = _("消息")
        constraints = [
            models.UniqueConstraint(
                fields=["copy_of", "channel"],
                condition=models.Q(copy_of__isnull=False),
                name="one_copy_a_channel",
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], condition=models.Q(is_listed=True), name="messages_of_a_person"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(is_listed=True, read_at__isnull=True),
                name="messages_unread",
            ),
            # What an operator looks at: what couldn't be sent, and what waits too long.
            models.Index(fields=["-id"], condition=models.Q(state="failed"), name="messages_failed"),
            models.Index(fields=["created_at"], condition=models.Q(state="queued"), name="messages_queued"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.public_id}"


class MailAddress(models.Model):
    """Where a person wants e-mail; used once she has typed the code that was sent there."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    address = EncryptedTextField(_("电子邮箱"))
    verified_at = models.DateTimeField(_("核验时间"), null=True)
    code_digest = models.CharField(max_length=64, blank=True, default="")
    code_sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("通知邮箱")

    def __str__(self) -> str:
        return str(self.account_id)


class NoticeChoice(models.Model):
    """That a person wants, or doesn't want, notices about something by a channel. Without a row she wants them."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(_("通知类别"), max_length=40)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    is_wanted = models.BooleanField(_("接收"))

    class Meta:
        verbose_name = _("通知设置")
        constraints = [models.UniqueConstraint(fields=["account", "topic", "channel"], name="one_choice_a_channel")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.topic} {self.channel}"


class DemoText(models.Model):
    """A text message or an e-mail of the demo, which has no phones. ``phone`` is the number, or the e-mail address."""

    reference = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.SMS, db_default=Channel.SMS)
    subject = models.CharField(max_length=120, blank=True, default="", db_default="")
    phone = EncryptedTextField()
    phone_digest = models.CharField(max_length=64)
    text = EncryptedTextField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("演示短信")
        indexes = [models.Index(fields=["phone_digest", "-id"], name="demo_texts_by_phone")]

    def __str__(self) -> str:
        return self.reference
