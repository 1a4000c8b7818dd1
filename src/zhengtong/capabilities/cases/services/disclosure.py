"""Looking at personal data beyond what a page shows by itself: each look is in the journal with its purpose."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.models import Case
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, require

VIEW = "cases.view_case"


@transaction.atomic
def reveal_answers(*, actor: Actor, case: Case, purpose: str) -> None:
    """Let ``actor`` read the personal answers of ``case`` for ``purpose``. Raises Denied and Unacceptable."""
    require(actor, VIEW, case)
    if len(purpose.strip()) < 2:
        raise Unacceptable(_("请写明查看个人信息的用途，会记入日志。"), "purpose")
    record(actor.stating(purpose.strip()[:200]), "cases.unmask", case, after={"case": case.number})


@transaction.atomic
def record_export(*, actor: Actor, filters: Mapping[str, str]) -> None:
    """Note that ``actor`` takes a list of cases out of the platform, and which. Raises Denied."""
    require(actor, VIEW)
    record(actor, "cases.export_cases", ("cases.case", "list"), after={"filters": dict(filters)})
