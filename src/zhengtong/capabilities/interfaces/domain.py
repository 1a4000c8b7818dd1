"""Refusals with codes and next steps, sizes, and the histogram of latencies: plain rules without models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_REQUEST_BYTES: Final = 1 << 20
MOST_PROVIDER_BYTES: Final = 8 << 20
# What is longer isn't kept in the log; its digest is.
MOST_KEPT_BYTES: Final = 256 << 10
MOST_ROWS: Final = 50_000
ROWS_A_CALL: Final = 1000
# Upper bounds of the histogram in milliseconds; the last bucket has none.
BUCKETS_MS: Final = (5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10_000)

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """A refusal: what happened and what to do. ``may_retry``: nothing was done, a later try may succeed."""

    status: int
    title: Text
    next_step: Text
    may_retry: bool = False
    # Who is to blame in the sums: the caller's are refused, the rest failed.
    is_failure: bool = False


PROBLEMS: Final[Mapping[str, Kind]] = {
    "envelope-missing": Kind(
        400, _("请求没有信封。"), _("按接口文档加上 Exchange-Envelope 和 Exchange-Signature 请求头。")
    ),
    "envelope-form": Kind(
        400, _("信封的格式不对。"), _("按接口文档的规范形式重新生成信封：名称按顺序、没有空格、UTF-8。")
    ),
    "body-form": Kind(400, _("请求内容不是约定的格式。"), _("请求内容应是 UTF-8 的 JSON 对象，字段见接口文档。")),
    "method": Kind(405, _("这个地址只接受 POST 请求。"), _("改用 POST。")),
    "key-unknown": Kind(401, _("没有登记过这把密钥。"), _("请核对密钥标识；新密钥先请接口服务管理员登记。")),
    "key-ended": Kind(401, _("这把密钥已经停止使用。"), _("改用新登记的密钥；没有的，请接口服务管理员登记。")),
    "signature-wrong": Kind(401, _("信封的签名不对。"), _("请核对私钥是不是登记的那一把、签的是不是信封的原始字节。")),
    "digest-wrong": Kind(
        401, _("请求内容与信封里的摘要不符，内容可能在途中被改动。"), _("用原文重新计算摘要、签名后再发。")
    ),
    "clock-skew": Kind(401, _("信封的时间与平台相差太多。"), _("请先校准系统时钟，再生成新的信封。")),
    "sender-wrong": Kind(401, _("信封里的发送方不是这把密钥所属的系统。"), _("发送方填写平台登记的系统代码。")),
    "recipient-wrong": Kind(400, _("信封里的接收方不是正在调用的服务。"), _("接收方填写服务代码。")),
    "replayed": Kind(409, _("这个信封已经用过了。"), _("每次调用都要生成新的信封，随机数不能重复。")),
    "member-suspended": Kind(403, _("这个系统已被停用。"), _("请联系接口服务管理员。")),
    "contract-unknown": Kind(
        403, _("没有这份合约，或者合约不是本单位的、不包括这个服务。"), _("请核对合约编号；没有合约的，先申请共享。")
    ),
    "contract-suspended": Kind(403, _("合约已暂停。"), _("请联系提供单位，恢复后再调用。")),
    "contract-expired": Kind(403, _("合约已到期。"), _("需要继续使用的，请重新申请共享。")),
    "contract-early": Kind(403, _("合约还没有到生效日期。"), _("请在生效日期以后调用。")),
    "contract-revoked": Kind(403, _("合约已被撤销。"), _("请停止调用，有异议的联系提供单位。")),
    "purpose-missing": Kind(403, _("没有写明用途。"), _("在信封里写明这次调用的用途。")),
    "column-unknown": Kind(
        403,
        _("合约没有约定这一列，或者这一列不能这样筛选。"),
        _("只能取用和筛选合约约定的列，遮盖的列只能按完整的值查。"),
    ),
    "parameter-unknown": Kind(403, _("服务不接受这个参数。"), _("可以用的参数见接口文档。")),
    "service-unknown": Kind(404, _("没有这个服务。"), _("请核对服务代码。")),
    "subscription-unknown": Kind(404, _("没有这个订阅，或者订阅不是这个系统的。"), _("请核对订阅编号。")),
    "too-large": Kind(413, _("请求太大。"), _("一次最多 1 MB。大批数据请申请全量或者增量方式的批量交换。")),
    "too-many-rows": Kind(
        413, _("符合条件的数据太多。"), _("请收窄条件；需要成批使用的，请申请全量或者增量方式的批量交换。")
    ),
    "rate": Kind(429, _("调用太频繁。"), _("请放慢速度，过一会儿再试。"), may_retry=True),
    "quota": Kind(429, _("今天的调用次数已经用完。"), _("请明天再调用；经常不够的，请与提供单位商量修改合约。")),
    "service-stopped": Kind(503, _("服务已停止。"), _("停止原因见接口服务页面，请联系提供单位。")),
    "stamps-missing": Kind(
        503,
        _("时间戳服务中断太久，为保证日志可信，暂停调用。"),
        _("请稍后再试；平台已告警。"),
        may_retry=True,
        is_failure=True,
    ),
    "signer-away": Kind(503, _("签名服务没有应答。"), _("请稍后再试；平台已告警。"), may_retry=True, is_failure=True),
    "provider-down": Kind(
        503, _("连不上提供方的系统。"), _("请稍后再试；一直这样的，请联系提供单位。"), may_retry=True, is_failure=True
    ),
    "provider-slow": Kind(
        504, _("提供方的系统没有及时应答。"), _("请稍后再试；一直这样的，请联系提供单位。"), is_failure=True
    ),
    "provider-refused": Kind(
        502,
        _("提供方的系统拒绝或者没能办理这次请求。"),
        _("请核对参数；参数没有问题的，请联系提供单位。"),
        is_failure=True,
    ),
    "provider-answer": Kind(
        502, _("提供方的应答与合约不符，没有转给您。"), _("平台已记录，请联系提供单位更正。"), is_failure=True
    ),
    "internal": Kind(500, _("平台出错了。"), _("请稍后再试，并把请求编号告诉平台管理员。"), is_failure=True),
}


class Problem(Exception):
    """A call ends here. ``detail`` says which part, ``after`` in how many seconds another try makes sense."""

    def __init__(self, code: str, detail: str = "", *, after: int | None = None) -> None:
        super().__init__(code, detail)
        self.code, self.detail, self.after = code, detail, after

    @property
    def kind(self) -> Kind:
        return PROBLEMS[self.code]


def find_bucket(microseconds: int) -> int:
    """Return the bucket that a latency falls into."""
    milliseconds = microseconds / 1000
    return next((at for at, bound in enumerate(BUCKETS_MS) if milliseconds <= bound), len(BUCKETS_MS))


def find_quantile(buckets: Sequence[int], share: float) -> int | None:
    """Return the upper bound in milliseconds under which ``share`` of the calls lie; None of no calls.

    Of those beyond the last bound it is the last bound: "more than".
    """
    total = sum(buckets)
    if not total:
        return None
    passed = 0
    for at, count in enumerate(buckets):
        passed += count
        if passed >= share * total:
            return BUCKETS_MS[min(at, len(BUCKETS_MS) - 1)]
    return BUCKETS_MS[-1]


def find_rows(content: Any, place: str) -> list[dict[str, Any]]:
    """Return the rows that lie at ``place`` ("data.items"; "" is the top) of an answer; one object is one row.

    Raises ValueError when there are none.
    """
    for name in place.split(".") if place else ():
        if not isinstance(content, dict) or name not in content:
            raise ValueError(name)
        content = content[name]
    rows = [content] if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(place or ".")
    return rows
