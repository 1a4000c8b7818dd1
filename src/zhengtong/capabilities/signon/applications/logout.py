"""Telling applications that a session ended: tokens, delivered until they are taken (Back-Channel Logout 1.0)."""

import logging
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.applications.claims import get_subject
from zhengtong.capabilities.signon.applications.keys import sign_token
from zhengtong.capabilities.signon.applications.models import Application, ApplicationState, LogoutNotice
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable

TIMEOUT: Final = 5.0
TOKEN_SECONDS: Final = 120
EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
# After which minutes it is tried again; afterwards it is left to a person.
WAITS: Final = (1, 5, 15, 60, 240, 720)
logger = logging.getLogger(__name__)


def make_logout_token(notice: LogoutNotice) -> str:
    """Return the token of a notice: no nonce, the one event, ``sid`` for one session or ``sub`` alone for all."""
    now = int(timezone.now().timestamp())
    application = notice.application
    claims: dict[str, Any] = {
        "iss": settings.PUBLIC_URL,
        "aud": application.client_id,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "jti": uuid4().hex,
        "sub": get_subject(application, notice.account),
        "events": {EVENT: {}},
    }
    if notice.sid is not None:
        claims["sid"] = str(notice.sid)
    return sign_token(claims, kind="logout+jwt")


def list_due() -> list[int]:
    """Return the notices to try now, the oldest first."""
    due = LogoutNotice.objects.filter(next_attempt_at__lte=timezone.now()).order_by("next_attempt_at")
    return list(due.values_list("pk", flat=True)[:200])


def deliver(notice_id: int) -> None:
    """Try to deliver a notice. Run twice it is delivered once, unless the application's answer was lost."""
    with transaction.atomic():
        notice = (
            LogoutNotice.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("application", "account")
            .filter(pk=notice_id, next_attempt_at__lte=timezone.now())
            .first()
        )
        if notice is None:
            return
        notice.attempts += 1
        is_delivered, notice.answer = _try(notice)
        now = timezone.now()
        notice.delivered_at = now if is_delivered else None
        is_over = is_delivered or notice.attempts > len(WAITS)
        notice.next_attempt_at = None if is_over else now + timedelta(minutes=WAITS[notice.attempts - 1])
        notice.save(update_fields=["attempts", "answer", "delivered_at", "next_attempt_at"])


def _try(notice: LogoutNotice) -> tuple[bool, str]:
    application = notice.application
    if application.state != ApplicationState.ENABLED and notice.reason != "suspended":
        return False, _("应用系统已停用，没有发送")
    try:
        status = _post(application, make_logout_token(notice))
    except (SignerUnavailable, SignerRefused) as error:
        return False, str(error)[:200]
    except TimeoutError:
        return False, _("%(seconds)d 秒内没有应答") % {"seconds": TIMEOUT}
    except (OSError, HTTPException) as error:
        logger.info("logout notice not delivered", extra={"notice": notice.pk, "error": str(error)})
        return False, _("连接不上：%(error)s") % {"error": str(error)[:150]}
    return status in (200, 204), f"HTTP {status}"


def _post(application: Application, token: str) -> int:
    """Post the token; a redirection isn't followed, what is answered isn't read."""
    url = urlsplit(application.logout_address)
    connection = (HTTPSConnection if url.scheme == "https" else HTTPConnection)(
        url.hostname or "", url.port, timeout=TIMEOUT
    )
    try:
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "zhengtong"}
        connection.request("POST", path, urlencode({"logout_token": token}), headers)
        return connection.getresponse().status
    finally:
        connection.close()
