"""What purposes, states and acts are called."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PurposeWords(TextChoices):
    CA = "ca", _("证书颁发")
    TIMESTAMP = "timestamp", _("时间戳")
    SEAL = "seal", _("印章")
    IDENTITY = "identity", _("统一登录")
    JOURNAL = "journal", _("审计日志")
    CONTENT = "content", _("证照和回执")
    ENCIPHERMENT = "encipherment", _("加密证书")


class AlgorithmWords(TextChoices):
    SM2 = "sm2", "SM2"
    P256 = "p256", "P-256"
    RSA3072 = "rsa3072", "RSA 3072"


class StateWords(TextChoices):
    ACTIVE = "active", _("在用")
    RETIRED = "retired", _("已停用")
    DESTROYED = "destroyed", _("已销毁")


class Work(TextChoices):
    """What needs two of three custodians."""

    ROTATE_KEK = "rotate_kek", _("更换密钥加密密钥")
    DESTROY = "destroy", _("销毁密钥")
    RELEASE = "release", _("恢复托管的加密密钥")
    REPLACE_CUSTODIAN = "replace_custodian", _("更换保管员")


class RequestState(TextChoices):
    OPEN = "open", _("等待批准")
    APPROVED = "approved", _("已批准，待办理")
    DONE = "done", _("已办理")
    DECLINED = "declined", _("保管员不同意")
    WITHDRAWN = "withdrawn", _("已撤回")
    EXPIRED = "expired", _("已过期")


class LedgerWords(TextChoices):
    """What the signer writes into its ledger."""

    CREATE = "create", _("生成密钥")
    RETIRE = "retire", _("停用密钥")
    DESTROY = "destroy", _("销毁密钥")
    ROTATE_KEK = "rotate_kek", _("更换密钥加密密钥")
    SEAL = "seal", _("用印签名")
    PERMIT = "permit", _("发放用印令牌")
    USES = "uses", _("使用次数")
    DELIVER = "deliver", _("交付加密密钥")
    RELEASE = "release", _("恢复加密密钥")
    ENROLL = "enroll", _("登记保管员")
    ASK = "ask", _("提出申请")
    APPROVE = "approve", _("保管员批准")
    DECLINE = "decline", _("保管员不同意")
    WITHDRAW = "withdraw", _("撤回申请")
    EXPIRE = "expire", _("申请过期")
    WRONG_SECRET = "wrong_secret", _("保管口令输错")
