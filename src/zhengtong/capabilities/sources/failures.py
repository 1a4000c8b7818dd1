"""What goes wrong with a source, in one place: a stable code, a sentence that says what to do, whether it may pass."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sources.domain import SourceError

SENTENCES: Final[Mapping[str, Promise]] = {
    "unreachable": _("连不上 %(place)s。请确认对方系统已经开机，网络和端口已经放行；平台会自动再试。"),
    "credentials": _("%(place)s 不接受登记的用户名和口令。请在数据源页面上更换口令。"),
    "denied": _("%(place)s 拒绝了这个用户的操作：%(said)s。请对方管理员授权。"),
    "database-missing": _("%(place)s 上没有数据库“%(name)s”。请检查连接参数。"),
    "table-missing": _("没有“%(name)s”这个表或者文件，可能已经改名或者删除。请与提供单位核对目录。"),
    "column-missing": _("“%(table)s”里没有“%(name)s”这一列，可能已经改名或者删除。请与提供单位核对目录。"),
    "column-narrow": _("“%(table)s”的“%(name)s”列放不下这些内容。请目标单位加宽这一列。"),
    "column-other": _("“%(table)s”的“%(name)s”列类型不同，不能写入。请目标单位修改这一列，或者换一个表。"),
    "undecodable": _(
        "“%(name)s”从第 %(offset)s 个字节起既不是 UTF-8 也不是 GB18030 文字（大约在第 %(line)s 行）。"
        "请提供单位另存为 UTF-8 再放。"
    ),
    "unreadable": _("“%(name)s”打不开，可能已经损坏：%(said)s。请提供单位重新放一份。"),
    "ragged": _("“%(name)s”有的行列数与表头不同：%(said)s。请提供单位检查分隔符和引号。"),
    "changed": _("读取“%(name)s”的时候它被改动了，这次读到的不算数；平台会自动再读。"),
    "value-unfit": _(
        "“%(table)s”的“%(name)s”列有不合类型的内容：%(said)s。请提供单位更正；或者把这一列登记为文本，由校验规则逐行隔离。"
    ),
    "key-doubled": _("送来的数据里有主键相同的两行：%(said)s。请提供单位查重。"),
    "key-empty": _("“%(name)s”是主键，有的行却没有值。请提供单位补上。"),
    "target-full": _("%(place)s 的磁盘或者表空间满了，没有写入。请目标单位腾出空间；平台会自动再试。"),
    "cut": _("与 %(place)s 的连接中断了，没有写完的不算数；平台会自动再试。"),
    "too-slow": _("%(place)s 在 %(seconds)s 秒内没有应答；平台会自动再试。总是这样时，请对方检查负荷和锁。"),
    "busy": _("%(place)s 上有别的操作占着要写的行；平台会自动再试。"),
    "too-large": _("%(place)s 送来的内容超过 %(limit)s 的上限。请改用文件或者数据库方式。"),
    "host-key": _(
        "%(place)s 出示的主机指纹是 %(shown)s，与登记的不同：对方换了服务器，或者有人冒充。向对方核实以后再更改登记。"
    ),
    "certificate": _("%(place)s 的证书不可信：%(said)s。请对方更换证书，或者登记签发它的根证书。"),
    "outside": _("“%(name)s”不在登记的文件夹里，不能读写。"),
    "address": _("不能连接 %(place)s：这是平台自己的或者本机的地址。"),
    "answer": _("%(place)s 的应答不对：%(said)s。请与接口提供单位联系。"),
    "settings": _("连接参数“%(name)s”没有填写或者不对：%(said)s。"),
    "too-many-deleted": _(
        "这一批会删除“%(table)s”现有 %(has)s 行中的 %(would_delete)s 行，超过了上限，没有改动。请核对来源是否完整。"
    ),
    "cannot": _("这种数据源不支持：%(said)s。"),
    "other": _("%(place)s 报告了错误：%(said)s。"),
}
# Another try by itself may help: the other side is away, slow, full or busy.
PASSING: Final = frozenset(("unreachable", "changed", "target-full", "cut", "too-slow", "busy"))
_LONGEST_SAID = 200


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


def failure(code: str, *, is_passing: bool | None = None, **about: object) -> SourceError:
    """Return the error of ``code``; ``about`` fills its sentence. What the other side said is cut to 200 characters."""
    words = _Known({name: " ".join(str(value).split())[:_LONGEST_SAID] for name, value in about.items()})
    return SourceError(
        code, str(SENTENCES[code]) % words, is_passing=code in PASSING if is_passing is None else is_passing
    )
