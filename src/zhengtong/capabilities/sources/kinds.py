"""What has to be known of each kind of source to connect to it: the fields of its form, and which are secret."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sources.models import SourceKind
from zhengtong.core.identity.public import Refused

TEXT, LONG, NUMBER, FLAG, LIST, JSON, CHOICE = "text", "long", "number", "flag", "list", "json", "choice"


@dataclass(frozen=True, slots=True)
class SettingField:
    """One field. ``kind`` is how it is typed: LIST is one text a line, JSON an object or list; CHOICE has choices."""

    name: str
    label: Promise
    kind: str = TEXT
    is_required: bool = False
    help: Promise | str = ""
    initial: Any = None
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    settings: tuple[SettingField, ...]
    secrets: tuple[SettingField, ...] = ()


_PASSWORD: Final = SettingField("password", _("口令"))
_COLUMNS_HELP: Final = _(
    '没有类型的文件按文本读取。要定类型的写成 JSON，如 {"企业.csv": [{"name": "成立日期", "kind": "date"}]}'
)
_FORMAT: Final = SettingField(
    "format", _("写成"), CHOICE, initial="parquet", choices=(("parquet", "Parquet"), ("csv", "CSV"))
)
_TABLES: Final = SettingField("tables", _("列的类型"), JSON, help=_COLUMNS_HELP)


def _server(port: int) -> tuple[SettingField, ...]:
    return (
        SettingField("host", _("主机"), is_required=True, help=_("主机名或者地址")),
        SettingField("port", _("端口"), NUMBER, is_required=True, initial=port),
    )


SHAPES: Final[Mapping[str, Shape]] = {
    SourceKind.POSTGRESQL: Shape(
        (
            *_server(5432),
            SettingField("database", _("数据库"), is_required=True),
            SettingField("schema", _("模式"), initial="public"),
            SettingField("user", _("用户名"), is_required=True),
            SettingField(
                "sslmode",
                _("加密连接"),
                CHOICE,
                initial="prefer",
                choices=(
                    ("disable", _("不加密")),
                    ("prefer", _("对方支持就加密")),
                    ("require", _("必须加密")),
                    ("verify-full", _("必须加密并核对证书")),
                ),
            ),
        ),
        (_PASSWORD,),
    ),
    SourceKind.MARIADB: Shape(
        (
            *_server(3306),
            SettingField("database", _("数据库"), is_required=True),
            SettingField("user", _("用户名"), is_required=True),
            SettingField("tls", _("必须加密并核对证书"), FLAG),
            SettingField("authority", _("根证书"), LONG, help=_("对方用自己的根证书时，贴上 PEM 文本")),
            SettingField(
                "text_columns",
                _("按文本读取的列"),
                LIST,
                help=_("每行一个“表.列”。列里有 0000-00-00 一类不合类型的内容时，按文本读取，由校验规则逐行隔离。"),
            ),
        ),
        (_PASSWORD,),
    ),
    SourceKind.FOLDER: Shape(
        (
            SettingField(
                "folder", _("文件夹"), is_required=True, help=_("运维人员设定的共享目录下的文件夹名，不能指到目录以外")
            ),
            _FORMAT,
            _TABLES,
        )
    ),
    SourceKind.SFTP: Shape(
        (
            *_server(22),
            SettingField("user", _("用户名"), is_required=True),
            SettingField("folder", _("文件夹"), is_required=True, initial="."),
            SettingField(
                "host_key",
                _("主机公钥或者指纹"),
                help=_("向对方管理员索取。留空时检查会说出对方出示的指纹，核实以后再填。"),
            ),
            _FORMAT,
            _TABLES,
        ),
        (
            _PASSWORD,
            SettingField("private_key", _("私钥"), LONG, help=_("OpenSSH 或者 PEM 格式，与口令二选一")),
            SettingField("passphrase", _("私钥的口令")),
        ),
    ),
    SourceKind.HTTP: Shape(
        (
            SettingField("address", _("地址"), is_required=True, help=_("以 https:// 开头")),
            SettingField("table", _("名称"), initial="rows", help=_("这个接口给出的表叫什么")),
            SettingField("rows", _("行在哪里"), help=_("应答里的路径，如 data.items；留空是整个应答")),
            SettingField("total", _("总行数在哪里"), help=_("如 data.total；没有就留空")),
            SettingField(
                "page",
                _("怎样翻页"),
                JSON,
                help=_(
                    "style 是 none、number、offset 或者 cursor，如 "
                    '{"style": "number", "parameter": "page", "first": 1, "size_parameter": "size", "size": 500}'
                ),
            ),
            SettingField(
                "columns",
                _("列"),
                JSON,
                is_required=True,
                help=_('如 [{"name": "code", "is_key": true}, {"name": "updated", "kind": "datetime"}]'),
            ),
            SettingField(
                "optional",
                _("可以没有的列"),
                LIST,
                help=_("每行一个。接口把空的内容省去时填；别的列一行都没有时算改名了。"),
            ),
            SettingField("after_parameter", _("增量起点的参数"), help=_("接口能按时间筛选时填")),
            SettingField("until_parameter", _("增量终点的参数")),
            SettingField("user", _("用户名"), help=_("用户名口令方式才填")),
            SettingField("authority", _("根证书"), LONG, help=_("对方用自己的根证书时，贴上 PEM 文本")),
        ),
        (SettingField("token", _("令牌")), _PASSWORD),
    ),
}


def get_shape(kind: str) -> Shape:
    """Return what a kind needs. Raises Refused for a kind that isn't registered by hand: other nodes are."""
    if kind not in SHAPES:
        raise Refused("kind", gettext("请选择数据源的类型。"), "kind")
    return SHAPES[SourceKind(kind)]


def clean_settings(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a kind as they are kept: known ones, of their types. Raises Refused with the field."""
    kept: dict[str, Any] = {}
    for field in get_shape(kind).settings:
        value = _clean(field, given.get(field.name))
        if value not in (None, "", [], {}, False):
            kept[field.name] = value
        elif field.is_required:
            raise Refused("required", gettext("请填写%(name)s。") % {"name": field.label}, field.name)
    return kept


def clean_secrets(kind: str, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the secrets that were typed."""
    names = [field.name for field in get_shape(kind).secrets]
    return {name: str(given[name]) for name in names if given.get(name)}


def _clean(field: SettingField, value: Any) -> Any:
    if value is None or value == "":
        return None
    match field.kind:
        case "number":
            return _number(field, value)
        case "flag":
            return bool(value)
        case "list":
            lines = value.splitlines() if isinstance(value, str) else value
            return [line.strip() for line in lines if line.strip()]
        case "json":
            return _document(field, value)
        case "choice":
            if value not in dict(field.choices):
                raise Refused("choice", gettext("请选择%(name)s。") % {"name": field.label}, field.name)
    text = str(value).strip()
    if len(text) > 20_000 or "\0" in text:
        raise Refused("text", gettext("%(name)s不对。") % {"name": field.label}, field.name)
    return text


def _number(field: SettingField, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= 65_535:
        raise Refused("number", gettext("%(name)s应在 1 到 65535 之间。") % {"name": field.label}, field.name)
    return number


def _document(field: SettingField, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise Refused("json", gettext("%(name)s不是 JSON。") % {"name": field.label}, field.name) from None
