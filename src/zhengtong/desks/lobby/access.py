"""Who may open the citizen's pages of the hall, and what every page says of its rules."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zhengtong.kernel.policy import ActorKind
from zhengtong.screens.access import actor_of

View = Callable[..., HttpResponseBase]


def for_citizens(view: View) -> View:
    """Let citizens in; whoever isn't signed in is asked to, staff are sent to their desk."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor.kind is ActorKind.CITIZEN:
            return view(request, *args, **options)
        if actor.kind is ActorKind.STAFF:
            messages.info(request, _("工作人员账号不能预约。请用个人账号登录后预约。"))
            return redirect(settings.STAFF_HOME_URL)
        return redirect_to_login(request.get_full_path())

    return never_cache(wrapped)
