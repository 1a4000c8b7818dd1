"""Keeping every try to sign in, judging it, telling the person, and examining what was unusual."""

from datetime import timedelta
from ipaddress import ip_address

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.domain import TOLD, Oddity, judge, network_of
from zhengtong.capabilities.signon.models import Attempt, Outcome, WatchRule
from zhengtong.capabilities.signon.permissions import EXAMINE
from zhengtong.capabilities.signon.selectors import get_watch_rule, list_earlier, look_around
from zhengtong.capabilities.signon.words import say_oddities
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, AccountKind, Refused, client_address, describe_device
from zhengtong.core.messages.public import send_message
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.screens.formats import cn_datetime


def _place(request: HttpRequest) -> dict[str, str | None]:
    try:
        address = str(ip_address(client_address(request)))
    except ValueError:
        address = None
    return {
        "address": address,
        "network": network_of(address or ""),
        "device": describe_device(request.META.get("HTTP_USER_AGENT", ""))[:60],
    }


@transaction.atomic
def note_failure(*, request: HttpRequest, account: Account | None, outcome: Outcome, detail: str = "") -> Attempt:
    """Keep a try that failed; many accounts from one address, or a copied key, are for somebody to look at."""
    place = _place(request)
    rule = get_watch_rule()
    oddities = []
    if rule is not None:
        around = look_around(account, place["address"], minutes=rule.window_minutes)
        # This one isn't written yet.
        if around.accounts + 1 >= rule.many_accounts:
            oddities.append(Oddity.MANY_ACCOUNTS)
        if around.failures + 1 >= rule.many_failures:
            oddities.append(Oddity.MANY_FAILURES)
    if outcome == Outcome.CLONED:
        oddities.append(Oddity.CLONED_KEY)
    if outcome == Outcome.FORGED:
        oddities.append(Oddity.FORGED_HEADER)
    return Attempt.objects.create(
        account=account,
        outcome=outcome,
        detail=detail[:200],
        oddities=[each.value for each in oddities],
        is_unusual=bool(oddities),
        **place,
    )


@transaction.atomic
def note_success(*, request: HttpRequest, actor: Actor, account: Account, proofs: list[str]) -> Attempt:
    """Keep a sign-in that succeeded; what is unusual about it the person reads in her messages."""
    place = _place(request)
    rule = get_watch_rule()
    oddities = _judge(account, place, rule) if rule is not None else []
    made = Attempt.objects.create(
        account=account,
        outcome=Outcome.SUCCEEDED,
        proofs=proofs,
        oddities=[each.value for each in oddities],
        is_unusual=bool(oddities),
        **place,
    )
    told = [each for each in oddities if each in TOLD]
    if told:
        send_message(
            actor=actor,
            recipient=account,
            template="signon.unusual",
            context={
                "at": cn_datetime(made.at),
                "device": made.device,
                "address": made.address or _("未知地址"),
                "what": say_oddities(told),
            },
            link="/account/security/",
        )
    return made


def _judge(account: Account, place: dict[str, str | None], rule: WatchRule) -> list[Oddity]:
    return judge(
        at=timezone.localtime(),
        device=place["device"] or "",
        network=place["network"] or "",
        earlier=list_earlier(account),
        around=look_around(account, place["address"], minutes=rule.window_minutes),
        thresholds=rule.thresholds,
        is_staff=account.kind == AccountKind.STAFF,
    )


@transaction.atomic
def note_confirmation(*, request: HttpRequest, actor: Actor, account: Account, proofs: list[str], act: str) -> None:
    """Keep that a person proved herself again, before which act."""
    Attempt.objects.create(
        account=account, outcome=Outcome.CONFIRMED, proofs=proofs, detail=act[:200], **_place(request)
    )
    record(actor, "signon.confirmed", account, after={"act": act, "proofs": proofs})


@transaction.atomic
def examine_attempt(*, actor: Actor, attempt: Attempt, finding: str) -> Attempt:
    """Say what came of looking into an unusual sign-in; nobody examines her own. Raises Refused and Denied."""
    require(actor, EXAMINE, attempt)
    if actor.account_id is not None and attempt.account_id == actor.account_id:
        raise Denied(EXAMINE)
    if not finding.strip():
        raise Refused("finding", _("请写明核查结论，比如“已电话核实是本人”"), "finding")
    # The row itself, so that two findings at once don't overwrite each other.
    found = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if not found.is_unusual:
        raise Refused("usual", _("这次登录没有异常，不用核查"))
    if found.examined_at is not None:
        raise Refused("examined", _("这条记录已经核查过，请刷新页面查看结论"))
    found.examined_at, found.examined_by_id = timezone.now(), actor.account_id
    found.finding = finding.strip()[:200]
    found.save(update_fields=["examined_at", "examined_by", "finding"])
    record(actor, "signon.attempt_examined", found, after={"finding": found.finding})
    return found


@transaction.atomic
def forget_old_attempts(*, actor: Actor) -> int:
    """Delete what is older than the rule of the day keeps; return how many."""
    rule = get_watch_rule()
    if rule is None:
        return 0
    gone, _kinds = Attempt.objects.filter(at__lt=timezone.now() - timedelta(days=rule.kept_days)).delete()
    if gone:
        record(actor, "signon.attempts_forgotten", ("signon.attempt", ""), after={"count": gone})
    return gone
