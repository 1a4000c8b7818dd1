"""What must hold before an act: pure checks, each with its article, its code and its Chinese sentence."""

from collections.abc import Collection, Hashable
from typing import ClassVar

from zhengtong.capabilities.cases.domain.limits import ApproverRole, Limit, Unit
from zhengtong.capabilities.cases.domain.rules import RuleBroken, _


class CorrectionNotOnce(RuleBroken):
    """A correction notice is empty, or names what the first one didn't (art. 32: once, everything)."""

    code: ClassVar[str] = "correction-not-once"


class RedirectMissing(RuleBroken):
    """Declared not competent without saying who is (art. 32)."""

    code: ClassVar[str] = "redirect-missing"


class TooFewOfficers(RuleBroken):
    """Fewer than two officers verify on site (art. 34)."""

    code: ClassVar[str] = "too-few-officers"


class DuplicateOfficers(RuleBroken):
    """The same officer is named twice."""

    code: ClassVar[str] = "duplicate-officers"


class RefusalIncomplete(RuleBroken):
    """A refusal without reasons or remedies (art. 38)."""

    code: ClassVar[str] = "refusal-incomplete"


class ExtensionRefused(RuleBroken):
    """An extension a second time, without reason or approval, too long or too late (art. 42)."""

    code: ClassVar[str] = "extension-refused"


class PauseRefused(RuleBroken):
    """Time excluded without its written notice, its length or its lawful reason (art. 45)."""

    code: ClassVar[str] = "pause-refused"


class PromiseTooLong(RuleBroken):
    """A promised limit above the statutory one."""

    code: ClassVar[str] = "promise-too-long"


class SelfHandling(RuleBroken):
    """Somebody decides on her own application, or chairs the hearing of a case that she reviewed (art. 48)."""

    code: ClassVar[str] = "self-handling"


def check_correction(first: Collection[str] | None, wanted: Collection[str]) -> None:
    """Refuse an empty notice, and one after ``first`` that names anything that ``first`` didn't.

    Both are the marks of the notice: material or field codes. ``first`` is None when none was sent yet.
    """
    if not wanted:
        raise CorrectionNotOnce(_("请列明需要补正的全部内容，应当一次性告知。"))
    added = sorted(set(wanted) - set(first)) if first is not None else []
    if added:
        raise CorrectionNotOnce(
            _("补正内容须一次性告知，首次补正通知未列明的内容不能再要求补正：%(items)s。"), items="、".join(added)
        )


def check_redirect(competent_organ: str) -> None:
    """Refuse to declare the organ not competent without naming the organ to turn to."""
    if not competent_organ.strip():
        raise RedirectMissing(_("请写明应当向哪个行政机关申请。"))


def check_distinct_officers(officers: Collection[Hashable]) -> None:
    """Refuse a list of officers that names one twice."""
    if len(set(officers)) != len(officers):
        raise DuplicateOfficers(_("同一人不能重复列为核查人员。"))


def check_site_visit(officers: Collection[Hashable], minimum: int = 2) -> None:
    """Refuse a verification on site by fewer than ``minimum`` different officers (art. 34: two)."""
    check_distinct_officers(officers)
    if len(officers) < minimum:
        raise TooFewOfficers(_("现场核查应当由 %(minimum)d 名以上工作人员进行。"), minimum=minimum)


def check_refusal(reasons: str, remedies: Collection[str]) -> None:
    """Refuse a refusal without reasons, or without telling the remedies."""
    if not reasons.strip():
        raise RefusalIncomplete(_("不予许可应当说明理由。"))
    if not any(remedy.strip() for remedy in remedies):
        raise RefusalIncomplete(_("不予许可应当告知申请行政复议、提起行政诉讼的权利。"))


def check_extension(
    limit: Limit, *, days: int, reason: str, approver: ApproverRole, already_extended: bool, is_overdue: bool
) -> None:
    """Refuse an extension that ``limit`` doesn't allow; it is allowed once, in time, approved, with reasons told."""
    if not limit.extension:
        raise ExtensionRefused(_("“%(limit)s”依法不能延长。"), limit=limit.title)
    if already_extended:
        raise ExtensionRefused(_("期限只能延长一次。"))
    if is_overdue:
        raise ExtensionRefused(_("期限已经届满，不能再延长。"))
    if not reason.strip():
        raise ExtensionRefused(_("请填写延长期限的理由，并告知申请人。"))
    if approver is not limit.extension_approver:
        by_government = limit.extension_approver is ApproverRole.GOVERNMENT_HEAD
        raise ExtensionRefused(
            _("延长期限须经本级人民政府负责人批准。") if by_government else _("延长期限须经本行政机关负责人批准。")
        )
    if not 0 < days <= limit.extension:
        raise ExtensionRefused(_("延长的期限应为 1 至 %(days)d 日。"), days=limit.extension)


def check_pause(*, notice: str, allowed_days: int, reason: str) -> None:
    """Refuse excluded time without its notice document, the days told to the applicant, or its reason."""
    if not reason.strip():
        raise PauseRefused(_("请选择不计入期限的事由。"))
    if not notice.strip():
        raise PauseRefused(_("所需时间不计入期限的，应当先制作书面告知申请人的通知书。"))
    if allowed_days < 1:
        raise PauseRefused(_("请填写所需时间，至少 1 日。"))


def check_promise(promised: int, statutory: Limit, unit: Unit) -> None:
    """Refuse a promised limit above the statutory one, or counted in another unit: the two can't be compared then."""
    if promised < 0:
        raise PromiseTooLong(_("承诺办结时限不能为负数。"))
    if unit is not statutory.unit:
        raise PromiseTooLong(_("承诺办结时限应与法定办结时限使用同一单位。"))
    if promised > statutory.budget:
        raise PromiseTooLong(_("承诺办结时限不能超过法定办结时限（%(days)d 日）。"), days=statutory.budget)


def check_chair(chair: Hashable, reviewers: Collection[Hashable]) -> None:
    """Refuse a hearing's chair who reviewed the application (art. 48)."""
    if chair in reviewers:
        raise SelfHandling(_("听证主持人不能是审查该申请的工作人员。"))


def check_handler(handler: Hashable, interested: Collection[Hashable]) -> None:
    """Refuse an officer who is the applicant, the agent or otherwise has a stake in the case (回避)."""
    if handler in interested:
        raise SelfHandling(_("工作人员与本办件有利害关系，应当回避。"))
