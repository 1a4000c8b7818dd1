"""What is counted: things that happen, by their day, and what stands now."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """What happened on a day. The decision is measured by the promised limit, once more by the law's."""

    RECEIVED = "received", _("收件")
    ACCEPTED = "accepted", _("受理")
    CORRECTIONS = "corrections", _("一次性告知补正")
    TURNED_AWAY = "turned_away", _("不予受理")
    WITHDRAWN = "withdrawn", _("撤回")
    GRANTED = "granted", _("准予")
    REFUSED = "refused", _("不予许可")
    DELIVERED = "delivered", _("送达")
    COMPLETED = "completed", _("一件事办结")
    DECIDED_ON_TIME = "decided_on_time", _("承诺期限内办结")
    DECIDED_LATE = "decided_late", _("超承诺期限办结")
    LATE_STATUTORY = "late_statutory", _("超法定期限办结")
    # Of the promised decision clock, pauses left out; their number is that of both "decided" together.
    WORKING_DAYS = "working_days", _("办理用时（工作日）")
    BECAME_YELLOW = "became_yellow", _("新增预警")
    BECAME_RED = "became_red", _("新增超期")
    ANOMALY = "anomaly", _("其他规则亮牌")
    URGED = "urged", _("催办")
    APPRAISED = "appraised", _("评价")
    APPRAISAL_POINTS = "appraisal_points", _("评价得分合计")


class Gauge(models.TextChoices):
    """What stands now. Every running case is in one of those that follow the first, a bundle in the first alone."""

    RUNNING = "running", _("在办")
    AWAITING_ACCEPTANCE = "awaiting_acceptance", _("待受理")
    AWAITING_CORRECTIONS = "awaiting_corrections", _("待申请人补正")
    IN_REVIEW = "in_review", _("审查中")
    PAUSED = "paused", _("特别程序中")
    AWAITING_DELIVERY = "awaiting_delivery", _("待送达")
    YELLOW = "yellow", _("预警")
    RED = "red", _("超期")
