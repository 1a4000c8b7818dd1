"""The authority's review and the provider's decision: pass, agree, ask for a correction, refuse."""

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import ShareType
from zhengtong.capabilities.contracts.compiling import ChosenMask, Masks, check_terms
from zhengtong.capabilities.contracts.messages import tell
from zhengtong.capabilities.contracts.models import DataRequest, RequestState
from zhengtong.capabilities.contracts.selectors import list_refusal_reasons, why_not_shared
from zhengtong.capabilities.contracts.services.drafting import summarise_ask
from zhengtong.capabilities.contracts.services.granting import grant
from zhengtong.capabilities.contracts.services.steps import (
    advance,
    lock_request,
    require_apart,
    require_turn,
    say,
    shown_day,
    url_of,
)
from zhengtong.capabilities.contracts.terms import Terms
from zhengtong.capabilities.contracts.transitions import Act
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@step()
def pass_compliance(*, actor: Actor, request: DataRequest, opinion: str = "") -> DataRequest:
    """Pass a request on to its provider; of what is shared unconditionally it is the grant (国发〔2016〕51号 第九条).

    Raises Refused where something can't be shared, and Denied.
    """
    locked = lock_request(request.pk)
    require_turn(actor, locked, Act.PASS)
    require_apart(actor, locked, Act.PASS)
    if why := why_not_shared(locked.resource, locked.version):
        raise Refused("not-shared", why)
    terms = check_terms(locked, Terms.from_json(locked.terms))
    locked.passed_terms = summarise_ask(locked, terms)
    said = " ".join(opinion.split())[:1000]
    if locked.version.share_type == ShareType.UNCONDITIONAL:
        grant(actor=actor, request=locked, act=Act.PASS, opinion=said, masks={})
    else:
        advance(actor=actor, request=locked, act=Act.PASS, to=RequestState.PROVIDER, opinion=said)
    return locked


@step()
def approve_request(
    *, actor: Actor, request: DataRequest, masks: Masks | None = None, opinion: str = ""
) -> DataRequest:
    """Agree, with the masks that the provider decides on; the contract comes into force. Raises Refused and Denied."""
    locked = lock_request(request.pk)
    require_turn(actor, locked, Act.APPROVE)
    said = " ".join(opinion.split())[:1000]
    grant(actor=actor, request=locked, act=Act.APPROVE, opinion=said, masks=masks or {})
    return locked


@step()
def return_request(*, actor: Actor, request: DataRequest, opinion: str) -> DataRequest:
    """Ask the applicant to put something right; the clock stands still meanwhile. Raises Refused and Denied."""
    locked = lock_request(request.pk)
    require_turn(actor, locked, Act.RETURN)
    said = say(opinion)
    locked.returned_from = locked.state
    advance(actor=actor, request=locked, act=Act.RETURN, to=RequestState.CORRECTION, opinion=said)
    tell(
        locked.applicant,
        "returned",
        actor=actor,
        link=url_of(locked),
        resource=locked.resource.name,
        number=locked.number,
        due=shown_day(locked.due_at),
        opinion=said[:200],
    )
    return locked


@step()
def refuse_request(*, actor: Actor, request: DataRequest, refusal: str, opinion: str) -> DataRequest:
    """Refuse, for one of the reasons in force and in words of one's own. Raises Refused and Denied."""
    locked = lock_request(request.pk)
    require_turn(actor, locked, Act.REFUSE)
    reason = next((each for each in list_refusal_reasons(timezone.localdate()) if each.code == refusal), None)
    if reason is None:
        raise Refused("no-such-reason", _("请选择一条现行有效的不予共享理由。"), "refusal")
    said = say(opinion, least=4)
    locked.refusal, locked.opinion = reason.code, said
    full = f"{reason.title}（{reason.source}{reason.article}）。{said}"[:1000]
    advance(
        actor=actor,
        request=locked,
        act=Act.REFUSE,
        to=RequestState.REFUSED,
        opinion=full,
        after={"refusal": reason.code},
    )
    tell(
        locked.applicant,
        "refused",
        actor=actor,
        link=url_of(locked),
        resource=locked.resource.name,
        number=locked.number,
        reason=reason.title,
        opinion=said[:200],
    )
    return locked


__all__ = ["ChosenMask", "approve_request", "pass_compliance", "refuse_request", "return_request"]
