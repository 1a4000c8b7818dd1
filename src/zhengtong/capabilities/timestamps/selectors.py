"""Reading kept time stamps. Whoever calls has asked whether the actor may."""

import re
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from zhengtong.capabilities.pki.public import get_trust_anchors
from zhengtong.capabilities.timestamps.declarations import TimestampKind
from zhengtong.capabilities.timestamps.models import TimestampToken
from zhengtong.kernel.modules import Text, registry
from zhengtong_verify.timestamp import TokenVerdict, check_token

_HEX = re.compile(r"[0-9a-f]{1,128}")


def list_tokens(search: str = "") -> QuerySet[TimestampToken]:
    """Return tokens; of a digest or a serial number when one is given. What is neither finds nothing."""
    found = TimestampToken.objects.defer("token")
    if not search:
        return found
    wanted = re.sub(r"[\s:]", "", search).lower().removeprefix("0x")
    if not _HEX.fullmatch(wanted):
        return found.none()
    return found.filter(Q(digest=wanted) | Q(serial=wanted.lstrip("0")))


def list_for(kind: str, key: str) -> QuerySet[TimestampToken]:
    """Return the tokens of one thing, the newest first."""
    return TimestampToken.objects.filter(kind=kind, key=key).order_by("-gen_at", "-id")


def count_by_day(days: int = 30) -> list[tuple[date, int]]:
    """Return how many tokens were given on each of the last ``days`` days, today last; days without any count 0."""
    today = timezone.localdate()
    first = today - timedelta(days=days - 1)
    since = timezone.make_aware(datetime.combine(first, time.min))
    counted = dict(
        TimestampToken.objects.filter(gen_at__gte=since)
        .annotate(day=TruncDate("gen_at"))
        .values_list("day")
        .annotate(count=Count("id"))
        .order_by()
    )
    return [(day, counted.get(day, 0)) for day in (first + timedelta(days=number) for number in range(days))]


def check_stored(token: TimestampToken) -> TokenVerdict:
    """Judge a kept token as anybody outside would: by its bytes, the digest and the trusted roots."""
    return check_token(
        bytes(token.token), bytes.fromhex(token.digest), anchors=get_trust_anchors(), algorithm=token.algorithm
    )


def name_kind(code: str) -> Text:
    """Return what a kind of stamped thing is called."""
    try:
        return registry.get(TimestampKind, code).title
    except LookupError:
        return code
