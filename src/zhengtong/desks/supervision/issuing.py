"""The monthly report as a paper: issued once a month has ended, numbered, verifiable by anyone."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Organisation
from zhengtong.core.papers.public import Paper, PaperKind, issue_paper
from zhengtong.desks.supervision.report import Report, make_report, write_content
from zhengtong.kernel.policy import Actor, Denied, require

REPORT_PAPER: Final = PaperKind(
    code="supervision.monthly_report",
    title=_("行政审批电子监察月报"),
    template=Path(__file__).parent / "papers" / "monthly_report.typ",
    sample={
        "scope": "望江区",
        "period": "2026年11月",
        "summary": [["收件", "120", "110", "+10"], ["受理", "112", "100", "+12"], ["办结", "98", "96", "+2"]],
        "heads": ["收件", "受理", "办结", "超期办结"],
        "parts": [{"title": "各机关", "head": "机关", "rows": [["望江区市场监督管理局", "60", "58", "50", "1"]]}],
        "notes": [["收件", "当月收到的申请"]],
    },
    must_show=(("period", _("报告期")),),
)


class MonthNotOver(Exception):
    """A month that still runs has no final figures."""


def number_of(issuer: Organisation, report: Report, *, correction: int = 0) -> str:
    """Return 安数监报〔2026〕10号: the year's number of a monthly report is its month."""
    number = f"{issuer.short_name}监报〔{report.month.year}〕{report.month.month}号"
    return f"{number}（更正{correction}）" if correction else number


def list_issued(issuer: Organisation, report: Report) -> QuerySet[Paper]:
    """Return the papers issued for the month, the newest first: more than one when figures were corrected later."""
    numbers = [number_of(issuer, report, correction=n) for n in range(20)]
    return Paper.objects.filter(kind=REPORT_PAPER.code, issuer=issuer, number__in=numbers).order_by("-id")


@transaction.atomic
def issue_report(*, actor: Actor, report: Report, permission: str) -> Paper:
    """Issue the report of an ended month in the name of the actor's organisation, or return it if it was issued.

    Figures that were corrected since then give a paper of its own, called a correction. Raises Denied and
    MonthNotOver.
    """
    require(actor, permission)
    if actor.organisation is None:
        raise Denied(permission)
    if report.last_day >= timezone.localdate():
        raise MonthNotOver(report.period)
    # The row of the issuer keeps two who press at once apart.
    issuer = Organisation.objects.select_for_update().get(pk=actor.organisation)
    # A paper is Chinese whoever asks for it.
    with translation.override("zh-hans"):
        content = write_content(make_report(actor, permission, report.month), issuer.name)
    content["figures"] = _digest(content)
    issued = list(list_issued(issuer, report))
    same = next((paper for paper in issued if paper.content.get("figures") == content["figures"]), None)
    if same is not None:
        return same
    told = {row[0]: row[1] for row in content["summary"]}
    return issue_paper(
        actor=actor,
        kind=REPORT_PAPER.code,
        title="",
        number=number_of(issuer, report, correction=len(issued)),
        issuer=issuer,
        content=content,
        public_facts=[
            ("报告期", report.period),
            *((name, told[name]) for name in ("收件", "办结", "按期率") if name in told),
        ],
    )


def _digest(content: dict[str, Any]) -> str:
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
