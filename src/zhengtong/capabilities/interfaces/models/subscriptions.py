"""Subscriptions to a resource's changes, and the outbox that changes wait in until they have arrived."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    PUSH = "push", _("推送到地址")
    PULL = "pull", _("系统自己来取")


class SubscriptionState(models.TextChoices):
    ACTIVE = "active", _("使用中")
    HALTED = "halted", _("推送失败，等待处理")
    ENDED = "ended", _("已退订")


class Subscription(models.Model):
    """A member wants to hear of a resource. What it hears carries no data, only that there is some.

    ``last`` numbers its changes without gaps, in the order in which the transactions that made them committed. With
    ``halted`` a change could not be delivered: those behind it wait, for the sake of the order, until it is replayed.
    """

    code = models.CharField(_("订阅编号"), max_length=20, unique=True)
    member = models.ForeignKey(
        "Member", on_delete=models.PROTECT, related_name="subscriptions", verbose_name=_("接入系统")
    )
    resource = models.ForeignKey(
        "catalogue.Resource", on_delete=models.PROTECT, related_name="+", verbose_name=_("信息资源")
    )
    way = models.CharField(_("方式"), max_length=4, choices=Way.choices)
    address = models.URLField(_("推送地址"), max_length=300, blank=True)
    state = models.CharField(
        _("状态"), max_length=6, choices=SubscriptionState.choices, default=SubscriptionState.ACTIVE
    )
    last = models.BigIntegerField(_("最后序号"), default=0)
    arrived = models.BigIntegerField(_("已送达序号"), default=0)
    created_at = models.DateTimeField(_("订阅时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("变更订阅")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "resource"],
                condition=~models.Q(state="ended"),
                name="one_subscription_a_member_and_resource",
            )
        ]
        indexes = [models.Index(fields=["resource", "state"], name="subscriptions_by_resource")]

    def __str__(self) -> str:
        return self.code


class ChangeKind(models.TextChoices):
    DATA_ARRIVED = "data.arrived", _("数据已更新")
    VERSION_CHANGED = "version.changed", _("资源有新版本")
    RETIRED = "resource.retired", _("资源已停用")


class ChangeState(models.TextChoices):
    WAITING = "waiting", _("等待送达")
    ARRIVED = "arrived", _("已送达")
    DEAD = "dead", _("多次未能送达")


class Change(models.Model):
    """One change for one subscription, written in the transaction that made it. ``next_at`` is the next attempt."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="changes", verbose_name=_("订阅")
    )
    sequence = models.BigIntegerField(_("序号"))
    kind = models.CharField(_("变更"), max_length=16, choices=ChangeKind.choices)
    content: "models.JSONField[Any, Any]" = models.JSONField(_("内容"))
    state = models.CharField(_("状态"), max_length=7, choices=ChangeState.choices, default=ChangeState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次推送"), null=True)
    trouble = models.CharField(_("最近一次的故障"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("发生时间"), auto_now_add=True)
    arrived_at = models.DateTimeField(_("送达时间"), null=True)

    class Meta:
        verbose_name = _("变更通知")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["subscription", "sequence"], name="one_change_of_a_number")]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="changes_to_be_delivered"),
            models.Index(fields=["state", "-id"], name="changes_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}/{self.sequence}"
