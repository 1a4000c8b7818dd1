"""Accounts that wait for their owners to open them: hand out the links, one by one or as a list."""

import csv

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.signon.staffing.activation import LASTS, make_activation
from zhengtong.capabilities.signon.staffing.directory import MANAGE_STAFF
from zhengtong.core.identity.public import StaffMember, list_guarded_roles
from zhengtong.kernel.policy import Actor, visible
from zhengtong.screens.access import actor_of, for_staff

MOST = 500


def list_waiting(actor: Actor) -> QuerySet[StaffMember]:
    """Return the staff in the actor's reach whose accounts are open but were never signed in to.

    Not those of administrators: whoever opens accounts would make herself one with such a link.
    """
    found = StaffMember.objects.filter(account__is_active=True, account__last_login=None)
    reserved = StaffMember.objects.filter(appointments__post__roles__role__in=list_guarded_roles())
    found = found.exclude(pk__in=reserved.values("pk"))
    related = ("account", "organisation")
    return visible(actor, MANAGE_STAFF, found).select_related(*related).order_by("-account__date_joined", "-pk")


@require_GET
@for_staff(MANAGE_STAFF)
def show_waiting(request: HttpRequest) -> HttpResponse:
    found = list(list_waiting(actor_of(request)).prefetch_related("account__activations")[: MOST + 1])
    now = timezone.now()
    rows = []
    for staff in found[:MOST]:
        live = [each for each in staff.account.activations.all() if each.used_at is None and each.expires_at > now]
        used = any(each.used_at for each in staff.account.activations.all())
        rows.append({"staff": staff, "until": live[0].expires_at if live else None, "is_set": used})
    context = {"rows": rows, "has_more": len(found) > MOST, "days": LASTS.days}
    return render(request, "signon/waiting.html", context)


@require_POST
@never_cache
@for_staff(MANAGE_STAFF)
def hand_out(request: HttpRequest) -> HttpResponse:
    """Show one new link, or give a list of new links for all; earlier links stop working."""
    actor = actor_of(request)
    waiting = list_waiting(actor)
    chosen = request.POST.get("staff", "")
    if chosen:
        staff = (
            waiting.filter(pk=int(chosen)).first()
            if chosen.isascii() and chosen.isdigit() and len(chosen) < 19
            else None
        )
        if staff is None:
            raise Http404
        address, until = make_activation(actor=actor, account=staff.account)
        return render(request, "signon/activation_link.html", {"staff": staff, "address": address, "until": until})
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="activations.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_("用户名"), _("姓名"), _("机构"), _("启用链接"), _("有效期到")])
    for staff in waiting.exclude(account__activations__used_at__isnull=False)[:MOST]:
        address, until = make_activation(actor=actor, account=staff.account)
        name = staff.name if staff.name[:1] not in "=+-@" else f"'{staff.name}"
        organ = staff.organisation.name if staff.organisation else ""
        writer.writerow([staff.account.username, name, organ, address, f"{timezone.localtime(until):%Y-%m-%d %H:%M}"])
    return response
