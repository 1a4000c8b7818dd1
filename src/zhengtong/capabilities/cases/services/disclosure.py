"""Looking at personal data beyond what a page shows by itself: each look is in the journal with its purpose."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.models import Case
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import InvalidIdentifier, parse_citizen_number
from zhengtong.kernel.policy import Actor, require

VIEW = "cases.view_case"


@transaction.atomic
def reveal_answers(*, actor: Actor, case: Case, purpose: str) -> None:
    """Let ``actor`` read the personal answers of ``case`` for ``purpose``. Raises Denied and Unacceptable.

    Each person whose citizen number is among them finds the look in what she can see of the journal.
    """
    require(actor, VIEW, case)
    if len(purpose.strip()) < 2:
        raise Unacceptable(_("请写明查看个人信息的用途，会记入日志。"), "purpose")
    stating = actor.stating(purpose.strip()[:200])
    for subject in _list_subjects(case):
        record(stating, "cases.unmask", case, after={"case": case.number}, subject=subject)


def _list_subjects(case: Case) -> list[str | None]:
    """Return the digests of the citizen numbers that the revealed answers hold; None alone when there is none."""
    asked = [spec for section in get_definition(case.item_version_id).sections for spec in section.fields]
    numbers = {case.applicant_number, *(case.form.get(spec.key) for spec in asked if spec.type == "id_number")}
    return [*sorted({digest(number) for number in numbers if _is_citizen_number(number)})] or [None]


def _is_citizen_number(number: object) -> bool:
    # The applicant's number may be an enterprise's credit code, and a draft's answer anything.
    try:
        return isinstance(number, str) and bool(parse_citizen_number(number))
    except InvalidIdentifier:
        return False


@transaction.atomic
def record_export(*, actor: Actor, filters: Mapping[str, str]) -> None:
    """Note that ``actor`` takes a list of cases out of the platform, and which. Raises Denied."""
    require(actor, VIEW)
    record(actor, "cases.export_cases", ("cases.case", "list"), after={"filters": dict(filters)})
