"""What a person did here, and who looked at her data: two pages of the account."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengtong.core.audit.public import (
    AuditRecord,
    list_by_account,
    list_by_subject,
    list_for_principal,
    list_looks_at,
    read_page,
)
from zhengtong.core.identity.models import Account, AccountKind
from zhengtong.core.identity.records import describe_looks, describe_records
from zhengtong.core.identity.views import get_account, signed_in


@require_GET
@signed_in
def show_activity(request: HttpRequest) -> HttpResponse:
    """What she did, in every capacity; with ``?by=others`` what others did on her behalf."""
    account = get_account(request)
    for_her = list_for_principal(account.public_id)
    is_by_others = request.GET.get("by") == "others"
    page = read_page(for_her if is_by_others else list_by_account(account.public_id), request.GET.get("before", ""))
    context = {
        "acts": describe_records(page.records),
        "older": page.older,
        "is_first_page": not request.GET.get("before"),
        "is_by_others": is_by_others,
        "has_agents": is_by_others or for_her.exists(),
    }
    return render(request, "identity/activity.html", context)


@require_GET
@signed_in
def show_seen(request: HttpRequest) -> HttpResponse:
    """Who looked at her data: when, which office, what kind of look, what for."""
    account = get_account(request)
    page = read_page(list_looks_of(account), request.GET.get("before", ""))
    context = {
        "looks": describe_looks(page.records, account.public_id),
        "older": page.older,
        "is_first_page": not request.GET.get("before"),
        "needs_verification": account.kind == AccountKind.CITIZEN and account.citizen.verified_at is None,
    }
    return render(request, "identity/seen.html", context)


def list_looks_of(account: Account) -> QuerySet[AuditRecord]:
    """Return the looks at a person's data.

    A citizen finds them by her number once she is verified: before that anyone could claim the number. Until then she,
    and a member of staff always, sees the looks at her own row here.
    """
    if account.kind == AccountKind.STAFF:
        return list_looks_at(account.staff)
    citizen = account.citizen
    if citizen.verified_at is None or not citizen.id_digest:
        return list_looks_at(citizen)
    return list_by_subject(citizen.id_digest)
