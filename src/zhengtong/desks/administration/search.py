"""What administrators find with the search box: organisations and staff by name, never what isn't theirs to manage."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Organisation, StaffMember
from zhengtong.core.search.public import Searchable


def _staff() -> QuerySet[Any]:
    return StaffMember.objects.select_related("account", "organisation")


SEARCHABLE = (
    Searchable(
        "identity.organisation",
        _("机构"),
        Organisation,
        name=lambda row: row.name,
        words=lambda row: [row.short_name],
        text=lambda row: row.address,
        reference="credit_code",
        slug="pk",
        page="screens:administration.organisations.detail",
        permission="identity.manage_organisations",
        order=60,
    ),
    Searchable(
        "identity.staff",
        _("工作人员"),
        StaffMember,
        name=lambda row: row.name,
        words=lambda row: [row.account.username],
        text=lambda row: str(row.organisation or ""),
        slug="pk",
        page="screens:administration.staff.detail",
        permission="identity.manage_staff",
        rows=_staff,
        order=70,
    ),
)
