"""Jobs of the provider: tell applications of the end of sessions, forget what is over."""

from datetime import timedelta

from django.utils import timezone

from zhengtong.kernel.jobs import job, periodic

KEPT = timedelta(days=180)


@job("signon.deliver_logout")
def deliver_logout(notice_id: int) -> None:
    from zhengtong.capabilities.signon.applications.logout import deliver

    deliver(notice_id)


@periodic("signon.deliver_due_logouts", cron="* * * * *")
def deliver_due_logouts(timestamp: int) -> None:
    """Try again what couldn't be delivered."""
    from zhengtong.capabilities.signon.applications.logout import deliver, list_due

    for notice_id in list_due():
        deliver(notice_id)


@periodic("signon.forget_expired_tokens", cron="40 3 * * *")
def forget_expired_tokens(timestamp: int) -> None:
    """Delete tokens that expired, and after half a year who signed in where: the journal keeps that."""
    from allauth.idp.oidc.models import Token

    from zhengtong.capabilities.signon.applications.models import Authorization, LogoutNotice

    Token.objects.expired().delete()
    before = timezone.now() - KEPT
    Authorization.objects.filter(authorized_at__lt=before).delete()
    LogoutNotice.objects.filter(made_at__lt=before, next_attempt_at=None).delete()
