"""How dates, durations, sizes and personal numbers are written for people. Pure functions, used as template filters."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_WEEKDAYS = "一二三四五六日"
_COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "令狐",
        "慕容",
        "司徒",
        "司空",
        "夏侯",
        "宇文",
        "长孙",
        "独孤",
        "南宫",
        "轩辕",
        "端木",
        "百里",
        "呼延",
        "闻人",
        "申屠",
        "太史",
    ]
)


def _is_chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def cn_date(value: date | None) -> str:
    """2026年11月21日 (周六); in another language 21 November 2026 (Sat). Moments are taken in local time."""
    if not isinstance(value, date):
        return ""
    day = _local(value) if isinstance(value, datetime) else value
    if not _is_chinese():
        return format_date(day, "j F Y (D)")
    return f"{day.year}年{day.month}月{day.day}日 (周{_WEEKDAYS[day.weekday()]})"


def cn_time(value: datetime | None) -> str:
    """14:32, local time."""
    return _local(value).strftime("%H:%M") if isinstance(value, datetime) else ""


def cn_datetime(value: datetime | None) -> str:
    """2026年11月21日 (周六) 14:32, local time."""
    if not isinstance(value, datetime):
        return cn_date(value)
    at = _local(value)
    return f"{cn_date(at.date())} {at:%H:%M}"


def cn_days(value: int | None, kind: str = "working") -> str:
    """20个工作日, or 20日 with ``kind="calendar"``: a duration says which days it counts."""
    if not isinstance(value, int):  # a template passes "" for a missing variable
        return ""
    words = _("%(n)s日") if kind == "calendar" else _("%(n)s个工作日")
    return words % {"n": value}


def cn_size(value: int | None) -> str:
    """A number of bytes as B, KB, MB or GB (1024 each)."""
    if not isinstance(value, int | float):
        return ""
    size = float(value)
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


def cn_money(value: Decimal | int | str | None) -> str:
    """1,234.50元; whole yuan without decimals."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    return _("%(amount)s元") % {"amount": f"{amount:,.0f}" if amount == amount.to_integral() else f"{amount:,.2f}"}


def mask_phone(value: object) -> str:
    """138****5678; anything shorter than seven signs is hidden whole."""
    text = str(value or "")
    return f"{text[:3]}****{text[-4:]}" if len(text) > 7 else "*" * len(text)


def mask_id(value: object) -> str:
    """990101********1234: area and last four of an identity number stay (GB 11643)."""
    text = str(value or "")
    return f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}" if len(text) > 10 else "*" * len(text)


def mask_name(value: object) -> str:
    """王*, 欧阳**: the surname stays."""
    text = str(value or "").strip()
    kept = 2 if text[:2] in _COMPOUND_SURNAMES else 1
    return text[:kept] + "*" * max(len(text) - kept, 1) if text else ""
