"""Writing 需求清单: a demand is raised, matched to an entry that is there, declined with reasons, or withdrawn."""

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.indexing import SHOWN
from zhengtong.capabilities.catalogue.models import Demand, DemandState, Resource, UpdateCycle
from zhengtong.capabilities.catalogue.permissions_finding import ASSIGN, RAISE
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step
from zhengtong.screens.routing import url_name

DEMAND_WORK = "catalogue.demand"


def next_number(model: type[Demand] | type["object"], prefix: str) -> tuple[int, str]:
    """Return the next id of a table and the number made of it: ``XQ-2026-000012``."""
    table = model._meta.db_table  # type: ignore[union-attr]  # a model of ours
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        taken: int = cursor.fetchone()[0]
    return taken, f"{prefix}-{timezone.localdate().year}-{taken:06d}"


def lock_demand(demand: Demand, *, actor: Actor, permission: str) -> Demand:
    """Return the demand, locked. Raises Denied."""
    locked = find_sole(Demand.objects.select_for_update(of=("self",)).filter(pk=demand.pk))
    if locked is None:
        raise Denied(permission, visible=False)
    require(actor, permission, locked)
    return locked


def require_open(demand: Demand) -> None:
    if demand.state != DemandState.OPEN:
        raise Refused(
            "not-open", _("这项需求%(state)s，不能再这样办。") % {"state": demand.get_state_display()}
        )


def _check(name: str, matter: str, basis: str, update_cycle: str) -> None:
    for field, value, words in (
        ("name", name, _("请写明需要什么数据。")),
        ("matter", matter, _("请写明用来办哪一项主要业务。")),
        ("basis", basis, _("请写明依据的法律法规、三定方案或者文件。")),
    ):
        if len(value.strip()) < 2:
            raise Refused("missing", words, field)
    if update_cycle not in UpdateCycle.values:
        raise Refused("cycle", _("请选择更新周期。"), "update_cycle")


def add_demand(
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    matter: str,
    basis: str,
    update_cycle: str,
    items: str = "",
    suggested: str = "",
) -> Demand:
    """Keep a demand and put it on the list of who settles demands of its organisation. Part of the caller's act."""
    _check(name, matter, basis, update_cycle)
    taken, number = next_number(Demand, "XQ")
    demand = Demand.objects.create(
        pk=taken,
        number=number,
        organisation=organisation,
        name=name.strip(),
        items=items.strip(),
        matter=matter.strip(),
        basis=basis.strip(),
        update_cycle=update_cycle,
        suggested=suggested.strip(),
        raised_by_id=actor.appointment,
    )
    open_item(
        kind=DEMAND_WORK,
        object_id=demand.pk,
        # Whoever coordinates reaches the organisations whose demands they are.
        organisation_id=organisation.pk,
        permission=ASSIGN,
        reference=number,
        title=demand.name,
        party=organisation.name[:120],
        step="需求统筹",
        url=demand_url(demand),
    )
    return demand


def demand_url(demand: Demand) -> str:
    from django.urls import reverse

    from zhengtong.capabilities.catalogue.demands.screens import DEMANDS

    return reverse(url_name(DEMANDS, "detail"), args=[demand.pk])


@step()
def raise_demand(
    *, actor: Actor, name: str, matter: str, basis: str, update_cycle: str, items: str = "", suggested: str = ""
) -> Demand:
    """Say that the actor's organisation needs data that it can't find. Raises Refused and Denied."""
    require(actor, RAISE)
    if actor.organisation is None:
        raise Denied(RAISE)
    demand = add_demand(
        actor=actor,
        organisation=Organisation.objects.get(pk=actor.organisation),
        name=name,
        matter=matter,
        basis=basis,
        update_cycle=update_cycle,
        items=items,
        suggested=suggested,
    )
    record(actor, "catalogue.raise_demand", demand, after={"number": demand.number, "name": demand.name})
    return demand


@step()
def amend_demand(
    *,
    actor: Actor,
    demand: Demand,
    name: str,
    matter: str,
    basis: str,
    update_cycle: str,
    items: str = "",
    suggested: str = "",
) -> Demand:
    """Write an open demand anew. Raises Refused and Denied."""
    locked = lock_demand(demand, actor=actor, permission=RAISE)
    require_open(locked)
    _check(name, matter, basis, update_cycle)
    before = {"name": locked.name}
    locked.name, locked.matter, locked.basis = name.strip(), matter.strip(), basis.strip()
    locked.update_cycle, locked.items, locked.suggested = update_cycle, items.strip(), suggested.strip()
    locked.save(update_fields=["name", "matter", "basis", "update_cycle", "items", "suggested"])
    record(actor, "catalogue.amend_demand", locked, before=before, after={"name": locked.name})
    return locked


@step()
def withdraw_demand(*, actor: Actor, demand: Demand, reason: str) -> Demand:
    """Take an open demand back. Raises Refused and Denied."""
    locked = lock_demand(demand, actor=actor, permission=RAISE)
    require_open(locked)
    return _settle(locked, DemandState.WITHDRAWN, reason, actor=actor, act="withdraw_demand")


@step()
def decline_demand(*, actor: Actor, demand: Demand, opinion: str) -> Demand:
    """Leave a demand out of the list, with the reason. Raises Refused and Denied."""
    locked = lock_demand(demand, actor=actor, permission=ASSIGN)
    require_open(locked)
    return _settle(locked, DemandState.DECLINED, opinion, actor=actor, act="decline_demand")


@step()
def match_demand(*, actor: Actor, demand: Demand, resource: Resource, opinion: str = "") -> Demand:
    """Say which published entry answers the demand. Raises Refused and Denied."""
    locked = lock_demand(demand, actor=actor, permission=ASSIGN)
    require_open(locked)
    if resource.state not in SHOWN:
        raise Refused(
            "not-published",
            _("“%(name)s”%(state)s，请选择已经发布的资源。")
            % {"name": resource.name, "state": resource.get_state_display()},
            "resource",
        )
    locked.resource = resource
    locked.save(update_fields=["resource"])
    return _settle(
        locked, DemandState.MATCHED, opinion, actor=actor, act="match_demand", least=0, resource=resource.code
    )


def _settle(
    demand: Demand, state: DemandState, opinion: str, *, actor: Actor, act: str, least: int = 2, **more: str
) -> Demand:
    if len(opinion.strip()) < least:
        raise Refused("no-reason", _("请写明理由。"), "opinion" if state == DemandState.DECLINED else "reason")
    demand.state, demand.opinion, demand.settled_at = state, opinion.strip()[:500], timezone.now()
    demand.save(update_fields=["state", "opinion", "settled_at"])
    close_item(kind=DEMAND_WORK, object_id=demand.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    record(actor, f"catalogue.{act}", demand, after={"state": state, "number": demand.number, **more})
    return demand
