"""The papers of a case: numbered, addressed to the applicant, verifiable by anyone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.models import Case, CaseDocument, NumberSequence
from zhengtong.capabilities.cases.papers.samples import MUST_SHOW, SAMPLES
from zhengtong.capabilities.cases.rules import get_rulebook
from zhengtong.core.identity.public import InvalidIdentifier, mask_name, parse_credit_code
from zhengtong.core.papers.public import Paper, PaperKind, issue_paper
from zhengtong.kernel.policy import Actor

TEMPLATES = Path(__file__).parent.parent / "papers"

PAPER_KINDS = tuple(
    PaperKind(
        code=f"cases.{name}",
        title=title,
        template=TEMPLATES / f"{name}.typ",
        sample=SAMPLES[name],
        must_show=MUST_SHOW[name],
    )
    for name, title in (
        ("receipt", _("申请材料接收凭证")),
        ("acceptance", _("受理通知书")),
        ("correction", _("补正材料通知书")),
        ("rejection_not_competent", _("不予受理决定书")),
        ("rejection_not_required", _("不予受理决定书")),
        ("site_visit", _("现场核查通知书")),
        ("extension", _("延长办理期限告知书")),
        ("special_procedure", _("特别程序告知书")),
        ("grant", _("准予行政许可决定书")),
        ("refusal", _("不予行政许可决定书")),
        ("withdrawal", _("终止办理通知书")),
        ("delivery", _("送达回证")),
        ("consultation", _("征求意见函")),
    )
)

# 文号 words: 受 (acceptance), 补 (correction) …, one gap-free sequence an organ, word and year.
_WORDS = {
    "receipt": "收",
    "acceptance": "受",
    "correction": "补",
    "rejection_not_competent": "不受",
    "rejection_not_required": "不受",
    "site_visit": "核",
    "extension": "延",
    "special_procedure": "特",
    "grant": "准",
    "refusal": "不准",
    "withdrawal": "终",
    "delivery": "送",
    "consultation": "征",
}


def next_number(key: str) -> int:
    """Return the next number under ``key``. The row stays locked until the transaction ends: no gaps."""
    table = NumberSequence._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, last) VALUES (%s, 1) "
            f"ON CONFLICT (key) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [key],
        )
        return int(cursor.fetchone()[0])


def issue_case_paper(
    case: Case,
    name: str,
    *,
    actor: Actor,
    content: Mapping[str, Any],
    facts: Sequence[tuple[str, str]] = (),
    at: datetime | None = None,
    word: str = "",
    title: str = "",
    is_internal: bool = False,
) -> Paper:
    """Issue one of :data:`PAPER_KINDS` for ``case`` in the name of its organ, and add it to the case's documents.

    A module above names its own kind in full (``bundles.completion``) and gives the ``word`` of its number. Without a
    ``title`` the paper has that of its kind. One that ``is_internal`` goes to another office, not to the applicant.
    """
    word = word or _WORDS[name]
    moment = at or timezone.now()
    year = timezone.localtime(moment).year
    organ = case.organisation
    number = f"{organ.short_name}许{word}〔{year}〕{next_number(f'paper:{organ.pk}:{word}:{year}')}号"
    office = case.office
    paper = issue_paper(
        actor=actor,
        kind=name if "." in name else f"cases.{name}",
        title=title,
        number=number,
        issuer=organ,
        content={
            "applicant_name": _name_both(case),
            "item_name": case.item_name,
            "case_number": case.number,
            "contact_name": office.window.name,
            "contact_phone": office.phone,
            "contact_address": office.address,
            # Only under a delegation: the papers of an organ don't name who wrote them, but an agent they do.
            **({"handled_by": actor.name} if actor.delegation is not None else {}),
            **content,
        },
        public_facts=[
            ("办件编号", case.number or ""),
            ("事项", case.item_name),
            ("申请人", shown_applicant(case)),
            *facts,
        ],
        issued_at=moment,
    )
    CaseDocument.objects.create(case=case, paper=paper, is_internal=is_internal)
    return paper


def _name_both(case: Case) -> str:
    """Return the applicant, and who applied for her where somebody did: papers name both."""
    if case.applied_by is None:
        return case.applicant_name
    return f"{case.applicant_name}（由{case.applied_by.citizen.name}代为申请）"


def shown_applicant(case: Case) -> str:
    """Return the applicant as a stranger may read her: enterprises by name, natural persons masked."""
    return case.applicant_name if case.legal_entity_id or _is_of_unit(case) else mask_name(case.applicant_name)


def _is_of_unit(case: Case) -> bool:
    """Return whether the applicant has a credit code: an enterprise whose agent files in person, or at the counter."""
    try:
        parse_credit_code(case.applicant_number)
    except InvalidIdentifier:
        return False
    return True


def remedies(case: Case, at: datetime) -> dict[str, Any]:
    """Return the remedies against a decision on ``case``: the dated rules' words, the bodies by name."""
    parent, region = case.organisation.parent, case.office.region
    return {
        "texts": [rule.text for rule in get_rulebook().remedies_on(timezone.localdate(at))],
        "review_body": parent.name if parent else region.name,
        "court": f"{region.name}人民法院",
    }
