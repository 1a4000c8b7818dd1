"""The words of states and modes, apart from the tables so that plain rules can name them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    """How the data comes."""

    SNAPSHOT = "snapshot", _("全量")
    INCREMENT = "increment", _("增量")
    CAPTURE = "capture", _("变更捕获")
    ONCE = "once", _("一次性")
    INTERFACE = "interface", _("接口调用")


class RequestState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    COMPLIANCE = "compliance", _("合规审查")
    PROVIDER = "provider", _("提供方审批")
    CORRECTION = "correction", _("待补正")
    DISPUTE = "dispute", _("争议协调")
    REFUSED = "refused", _("不予共享")
    GRANTED = "granted", _("已授权")
    WITHDRAWN = "withdrawn", _("已撤回")


class ContractState(models.TextChoices):
    EFFECTIVE = "effective", _("生效")
    SUSPENDED = "suspended", _("暂停")
    EXPIRED = "expired", _("到期")
    REVOKED = "revoked", _("撤销")
