"""What people agree to have passed on to applications, and take back."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from zhengtong.capabilities.signon.applications.authorizations import end_for_person
from zhengtong.capabilities.signon.applications.domain import PERSONAL_SCOPES
from zhengtong.capabilities.signon.applications.models import Application, Audience, Consent
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, AccountKind
from zhengtong.kernel.policy import Actor


def may_sign_in(application: Application, account: Account) -> bool:
    """Return whether the application is for such people at all."""
    if application.audience == Audience.BOTH:
        return True
    return (application.audience == Audience.STAFF) == (account.kind == AccountKind.STAFF)


def is_consent_needed(application: Application, account: Account, scopes: Iterable[str]) -> bool:
    """Return whether a person has still to agree. The approval can spare staff that; citizens are always asked."""
    personal = set(scopes) & PERSONAL_SCOPES
    if not personal or (application.is_consent_waived and account.kind == AccountKind.STAFF):
        return False
    given = Consent.objects.filter(application=application, account=account, revoked_at=None)
    return not any(personal <= set(each) for each in given.values_list("scopes", flat=True))


@transaction.atomic
def give_consent(*, actor: Actor, application: Application, account: Account, scopes: Iterable[str]) -> Consent:
    """Remember what a person agreed to; what she agreed to before stays."""
    asked = set(scopes)
    # Whoever agrees in two windows at once agrees once.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    given = Consent.objects.filter(application=application, account=account, revoked_at=None).first()
    if given is None:
        given = Consent(application=application, account=account)
    given.scopes, given.given_at = sorted(asked | set(given.scopes or ())), timezone.now()
    given.save()
    record(actor, "signon.consent_given", application, after={"scopes": sorted(asked)})
    return given


@transaction.atomic
def revoke_consent(*, actor: Actor, application: Application, account: Account) -> bool:
    """Take back a person's consent: her tokens end at once and the application is told. False: there was none."""
    revoked = Consent.objects.filter(application=application, account=account, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    ended = end_for_person(actor=actor, application=application, account=account, reason="consent_revoked")
    if revoked:
        record(actor, "signon.consent_revoked", application, after={"ended": ended})
    return bool(revoked or ended)


def list_applications_of(account: Account) -> QuerySet[Application]:
    """Return the applications that a person signed in to or agreed to pass something on to, the latest first."""
    mine = Q(authorizations__account=account)
    return (
        Application.objects.filter(mine | Q(consents__account=account))
        .annotate(
            last_at=Max("authorizations__authorized_at", filter=mine),
            open_count=Count("authorizations", filter=mine & Q(authorizations__ended_at=None), distinct=True),
        )
        .select_related("organisation")
        .order_by("-last_at", "-pk")
        .distinct()
    )
