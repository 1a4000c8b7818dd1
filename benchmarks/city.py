"""The people and drafts that the benchmarks work with, in a database that is kept from run to run."""

from dataclasses import dataclass
from uuid import uuid4

from django.core.management import call_command
from django.db import connection

from benchmarks.figure import say
from tests.cast import answers, make_cast, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.models import CaseMaterial
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import Actor

_RANGE = 10**10


class Unfit(Exception):
    """The database isn't one on which the figures mean anything."""


@dataclass(frozen=True)
class City:
    """Who acts in the benchmarks."""

    owner: Actor
    counter: Actor
    reviewer: Actor
    inspector: Actor
    approver: Actor
    office: cases.ItemOffice


def prepare() -> None:
    """Bring the database up to the code. Raises Unfit when it forgets what was committed."""
    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {setting}")
            if cursor.fetchone()[0] != "on":
                raise Unfit(f"{setting} is off: figures are of durable transactions only")
    say("preparing the database …")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("seed")


def get_city() -> City:
    """Return the city, made at the first run."""
    owner = identity.Account.objects.filter(username="owner").first()
    if owner is None:
        make_cast()
        owner = identity.Account.objects.get(username="owner")
    item = cases.get_item("food-business-licence")
    assert item is not None
    return City(
        owner=identity.get_citizen_actor(owner, mandate=owner.citizen.mandates.first()),
        counter=_holder("window_clerk"),
        reviewer=_holder("reviewer"),
        inspector=_holder("reviewer", 1),
        approver=_holder("approver"),
        office=cases.list_offices(item).get(region__code="990102"),
    )


def _holder(role: str, number: int = 0) -> Actor:
    appointment = (
        identity.Appointment.objects.filter(post__roles__role=role)
        .select_related("staff__account", "post__organisation__region")
        .order_by("id")[number]
    )
    return identity.get_account_actor(appointment.staff.account)


def make_template(city: City, delivery: str) -> cases.Case:
    """Return a complete draft, made by the applicant's own services, for :func:`copy_drafts`.

    An applicant has one draft of an item at a time: the next template takes its row over, so only copies are used.
    """
    case = cases.start_draft(actor=city.owner, office=city.office, form={}, reused=[("business_licence", "法人库")])
    cases.save_draft(actor=city.owner, case_id=case.pk, answers=answers(delivery_method=delivery))
    given = {material.key for material in cases.list_materials(case)}
    for key in {"premises_plan", "safety_rules", "health_certificates"} - given:
        cases.attach_file(actor=city.owner, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
    return cases.Case.objects.get(pk=case.pk)


def copy_drafts(template: cases.Case, count: int) -> list[int]:
    """Return the ids of ``count`` new drafts like ``template``, with the same files."""
    materials = list(template.materials.all())
    kept = {field.attname: getattr(template, field.attname) for field in template._meta.concrete_fields}
    rows = cases.Case.objects.bulk_create(
        cases.Case(**{**kept, "id": None, "public_id": uuid4()}) for _ in range(count)
    )
    CaseMaterial.objects.bulk_create(
        CaseMaterial(case=row, key=material.key, file_id=material.file_id) for row in rows for material in materials
    )
    return [row.pk for row in rows]


def spread_ids() -> None:
    """Let each table number its rows in a range of its own, so that an id among parameters names its table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), coalesce(last_value, 0) "
            "FROM pg_sequences WHERE schemaname = current_schema() AND data_type = 'bigint'::regtype ORDER BY 1"
        )
        found = cursor.fetchall()
        used = max((last for _, last in found), default=0) // _RANGE
        for name, last in found:
            if last < _RANGE:
                used += 1
                cursor.execute("SELECT setval(%s, %s)", [name, used * _RANGE + last + 1])


def read_sequences() -> dict[int, int]:
    """Return the last id given out in each range of :func:`spread_ids`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema() AND data_type = 'bigint'::regtype"
        )
        return {last // _RANGE: last for (last,) in cursor.fetchall()}


def range_of(number: int) -> int:
    """Return the range that an id lies in, 0 for a number that is none."""
    return number // _RANGE
