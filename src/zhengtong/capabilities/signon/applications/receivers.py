"""When a session ends, by whatever way, what was begun in it at applications ends, too."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from zhengtong.capabilities.signon.applications.authorizations import end_session


@receiver(user_logged_out)
def end_on_leaving(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    key = request.session.session_key if request is not None and hasattr(request, "session") else None
    if key:
        end_session(session_key=key, reason="signed_out")


@receiver(post_delete, sender=UserSession)
def end_from_elsewhere(sender: Any, instance: UserSession, **kwargs: Any) -> None:
    """Ended on another device, by an administrator, because the account was closed, or long over."""
    end_session(session_key=instance.session_key, reason="session_ended")
