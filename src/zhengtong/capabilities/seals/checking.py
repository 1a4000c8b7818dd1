"""Judging an uploaded file with what the platform knows: its seals' lives, its ledgers, the papers it issued."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.seals.domain import Act
from zhengtong.capabilities.seals.engines.judging import Origin, Register, Standing
from zhengtong.capabilities.seals.engines.report import Report
from zhengtong.capabilities.seals.engines.verification import verify_file
from zhengtong.capabilities.seals.models import LedgerRow, Making
from zhengtong.core.papers.public import Paper
from zhengtong.kernel.modules import Text

_NEVER, _REPLACED = "never", "replaced"
# The acts after which a seal stands differently, and how it then stands.
_WORDS: dict[str, Text] = {
    Act.ENABLE: gettext_lazy("使用中"),
    Act.RESUME: gettext_lazy("使用中"),
    Act.SUSPEND: gettext_lazy("已停用"),
    Act.DESTROY: gettext_lazy("已注销"),
}


def check_file(content: bytes, *, password: str = "") -> Report:
    """Return what was found about ``content``; nothing of it is kept. Raises nothing for what an outsider can send."""
    return verify_file(content, password=password, register=Register(find_standing, find_origin))


def find_standing(fingerprint: str, at: datetime) -> Standing | None:
    """Return how the seal with this certificate stood at a moment, and stands now; None: not of this platform."""
    made = (
        Making.objects.filter(Q(certificate__fingerprint=fingerprint) | Q(sm2_certificate__fingerprint=fingerprint))
        .select_related("seal")
        .defer("image_svg", "ses_seal")
        .first()
    )
    if made is None:
        return None
    acts = list(made.seal.steps.filter(act__in=[*_WORDS]).order_by("id").values_list("act", "at"))
    then = _state_of([act for act, when in acts if when <= at])
    if made.ended_at is not None and made.ended_at <= at:
        then = _REPLACED
    now = _state_of([act for act, _when in acts])
    if made.ended_at is not None and made.ended_at <= timezone.now() and now == Act.ENABLE:
        now = _REPLACED
    return Standing(
        code=made.seal.code,
        name=made.seal.name,
        was_in_use=then in (Act.ENABLE, Act.RESUME),
        then=_say(then),
        now=_say(now),
    )


def find_origin(digest: str) -> Origin | None:
    """Return what the platform knows of the file with this SHA-256."""
    row = LedgerRow.objects.filter(sha256_after=digest).order_by("id").first()
    if row is not None:
        day = timezone.localtime(row.at).date().isoformat()
        return Origin(
            _("和本平台 %(day)s 盖章的文件一字不差，用印台账第 %(number)s 号。") % {"day": day, "number": row.number}
        )
    paper = Paper.objects.filter(Q(sha256=digest) | Q(file__sha256=digest)).order_by("id").first()
    if paper is not None:
        return Origin(_("和本平台制发的《%(title)s》一字不差。") % {"title": paper.title})
    return None


def _state_of(acts: list[str]) -> str:
    return acts[-1] if acts else _NEVER


def _say(state: str) -> str:
    if state == _NEVER:
        return _("还没有启用")
    return _("已换发新的印章") if state == _REPLACED else str(_WORDS[state])
