"""Rows of the module's screens for the conformance tests."""

from datetime import date

from tests.conformance.samples import Sample
from zhengtong.capabilities.signon.models import RosterEntry
from zhengtong.core.identity.public import Account, AccountKind, Appointment, Organisation, Post, StaffMember


def make_entry(organisation: Organisation, number: int) -> RosterEntry:
    account = Account.objects.create(username=f"roster{number}", kind=AccountKind.STAFF)
    staff = StaffMember.objects.create(
        account=account, name=f"名册{number}", organisation=organisation, phone=f"1390001{number:04d}"
    )
    post, _is_new = Post.objects.get_or_create(organisation=organisation, title="名册科员")
    Appointment.objects.create(staff=staff, post=post, start_date=date(2024, 1, 1))
    return RosterEntry.objects.get(pk=staff.pk)


def forget_entry(row: RosterEntry) -> None:
    Appointment.objects.filter(staff_id=row.pk).delete()
    account = StaffMember.objects.get(pk=row.pk).account
    account.staff.delete()
    account.delete()


SAMPLES = {"signon.roster": Sample(make=make_entry, forget=forget_entry)}
