"""The lists as spreadsheets: new lines become demands and responsibilities like those typed one by one."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.demands.responsibilities import add_responsibility, due_after, show_due
from zhengtong.capabilities.catalogue.demands.services import add_demand
from zhengtong.capabilities.catalogue.models import Demand, DemandState, Responsibility, ResponsibilityState
from zhengtong.capabilities.catalogue.permissions_finding import ASSIGN, RAISE
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, Denied, require

DEMAND_COLUMNS = ("number", "organisation", "name", "items", "matter", "basis", "update_cycle", "suggested")
RESPONSIBILITY_COLUMNS = ("number", "organisation", "name", "basis", "days")


def import_demands(*, actor: Actor, rows: Iterable[Mapping[str, Any]], run: Any) -> None:
    """Write checked rows of 需求清单 in the import's own transaction. Raises Refused and Denied."""
    require(actor, RAISE)
    for row in rows:
        said = {name: row[name] for name in DEMAND_COLUMNS[2:]}
        found = Demand.objects.select_for_update(of=("self",)).filter(number=row["number"]).first()
        if found is None:
            office = _office(row["organisation"], actor, RAISE)
            demand = add_demand(actor=actor, organisation=office, number=row["number"], **said)
            record(actor, "catalogue.raise_demand", demand, after={"number": demand.number, "name": demand.name})
            continue
        require(actor, RAISE, found)
        if found.state != DemandState.OPEN:
            raise Refused("not-open", _("需求%(number)s已经办结，不能再修改。") % {"number": found.number}, "number")
        for name, value in said.items():
            setattr(found, name, value)
        found.save(update_fields=list(said))
        record(actor, "catalogue.amend_demand", found, after={"number": found.number, "name": found.name})


def import_responsibilities(*, actor: Actor, rows: Iterable[Mapping[str, Any]], run: Any) -> None:
    """Write checked rows of 责任清单 in the import's own transaction. Raises Refused and Denied."""
    require(actor, ASSIGN)
    for row in rows:
        said = {name: row[name] for name in RESPONSIBILITY_COLUMNS[2:]}
        found = Responsibility.objects.select_for_update(of=("self",)).filter(number=row["number"]).first()
        if found is None:
            office = _office(row["organisation"], actor, ASSIGN)
            owed = add_responsibility(actor=actor, organisation=office, number=row["number"], **said)
            after = {"number": owed.number, "due_on": str(owed.due_on)}
            record(actor, "catalogue.assign_responsibility", owed, after=after)
            continue
        require(actor, ASSIGN, found)
        if found.state != ResponsibilityState.OWED:
            raise Refused("not-owed", _("责任%(number)s已经办结，不能再修改。") % {"number": found.number}, "number")
        for name, value in said.items():
            setattr(found, name, value)
        region = Organisation.objects.values_list("region__code", flat=True).get(pk=found.organisation_id)
        found.due_on, found.due_at = due_after(found.assigned_at, found.days, region)
        found.save(update_fields=[*said, "due_on", "due_at"])
        show_due(found)
        after = {"number": found.number, "due_on": str(found.due_on)}
        record(actor, "catalogue.assign_responsibility", found, after=after)


def _office(organisation_id: int, actor: Actor, permission: str) -> Organisation:
    if organisation_id not in actor.reach(permission):
        raise Denied(permission)
    return Organisation.objects.select_related("region").get(pk=organisation_id)
