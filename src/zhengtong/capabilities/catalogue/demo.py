"""Entries of the demo city's departments at every stage, made by the services; who compiles, reviews, publishes."""

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from zhengtong.capabilities.catalogue import starting_rows
from zhengtong.capabilities.catalogue.domain import FieldText
from zhengtong.capabilities.catalogue.models import Resource, ResourceVersion
from zhengtong.capabilities.catalogue.selectors import read_text
from zhengtong.capabilities.catalogue.services.compiling import (
    EMPTY,
    amend_version,
    start_change,
    start_entry,
    submit_version,
)
from zhengtong.capabilities.catalogue.services.retiring import retire_resource
from zhengtong.capabilities.catalogue.services.reviewing import pass_version, publish_version, return_version
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Account,
    Organisation,
    Reach,
    appoint,
    create_staff_account,
    get_account_actor,
    grant_role,
    open_post,
)
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoAccount, DemoContext, as_of, held_jobs
from zhengtong.kernel.demo_names import family_name, given_name
from zhengtong.kernel.policy import SYSTEM, Actor

title = "信息资源目录"
PASSWORD = "anlan-demo-2026"
CITY, BUREAU = "990100", "政务服务数据管理局"
# User name, name, post, role, organ.
_PEOPLE = (
    ("data_compiler", "倪思远", "目录编制员", "catalogue_compiler", "市场监督管理局"),
    ("data_reviewer", "柯文静", "目录审核员（部门）", "catalogue_reviewer", "市场监督管理局"),
    ("data_authority", "岳明川", "目录主管", "catalogue_authority", BUREAU),
)
ACCOUNTS = tuple(DemoAccount(user, PASSWORD, name, post, f"安澜市{organ}") for user, name, post, _r, organ in _PEOPLE)


@dataclass(frozen=True)
class _Office:
    organisation: Organisation
    compiler: Actor
    reviewer: Actor


def load(context: DemoContext) -> None:
    """Appoint the people of the catalogue, and let them compile, review and publish."""
    starting_rows.load(actor=SYSTEM)
    path = Path(__file__).with_name("seed") / "demo.toml"
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    for user, name, post, role, organ in _PEOPLE:
        _appoint(context, user, name, post, role, _organisation(organ))
    authority = _actor("data_authority")
    offices = {each["key"]: _open(context, each) for each in given["offices"]}
    with held_jobs():
        for number, each in enumerate(given["entries"]):
            _bring(context, offices[each["office"]], authority, each, 70 - 2 * number)
    record(SYSTEM, "demo.load", ("catalogue", context.seed), after={"entries": Resource.objects.count()})


def _organisation(organ: str) -> Organisation:
    return Organisation.objects.get(region__code=CITY, name=f"安澜市{organ}")


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _appoint(context: DemoContext, user: str, name: str, title: str, role: str, organisation: Organisation) -> None:
    post = open_post(actor=SYSTEM, organisation=organisation, title=title)
    grant_role(actor=SYSTEM, post=post, role=role, reach=Reach.REGION if role == "catalogue_authority" else Reach.OWN)
    staff = create_staff_account(actor=SYSTEM, username=user, password=PASSWORD, name=name)
    appoint(actor=SYSTEM, staff=staff, post=post, start_date=context.today - timedelta(days=400))


def _open(context: DemoContext, given: dict[str, str]) -> _Office:
    """Return an office's people; those of the cast, or two of its own."""
    organisation = _organisation(given["organ"])
    users = ["data_compiler", "data_reviewer"]
    if given["key"] != "market":
        users = [f"data_{given['key']}{number}" for number in (1, 2)]
        rng = context.rng(f"catalogue.{given['key']}")
        for user, (_u, _n, post, role, _o) in zip(users, _PEOPLE, strict=False):
            name = family_name(rng) + given_name(rng, rng.random() < 0.5, 1986)
            _appoint(context, user, name, post, role, organisation)
    return _Office(organisation, *map(_actor, users))


def _moment(context: DemoContext, days_ago: int, hour: int) -> datetime:
    calendar = get_calendar()
    return datetime.combine(
        calendar.subtract_working_days(context.today, max(days_ago, 0)), time(hour, 10), calendar.zone
    )


def read_item(line: str) -> FieldText:
    """Return the item that a line of the seed says; its head tells how it is written."""
    code, name, kind, length, flags, personal, grade, mask = [*line.split("|"), *[""] * 8][:8]
    precision, _, scale = length.partition(",") if kind == "decimal" else ("", "", "")
    is_key = "k" in flags
    return FieldText(
        code=code,
        name=name,
        column=code,
        kind=kind,
        length=int(length) if length and kind == "text" else None,
        precision=int(precision) if precision else None,
        scale=int(scale) if scale else None,
        has_zone=kind == "datetime",
        is_key=is_key,
        is_nullable=not is_key and "r" not in flags,
        personal=personal or "none",
        grade=int(grade or 1),
        mask=mask or "none",
    )


def _bring(context: DemoContext, office: _Office, authority: Actor, given: dict[str, Any], ago: int) -> None:
    """Bring an entry to its stage, a step a few working days after the one before."""
    stage = given["stage"]
    ago = {"draft": 1, "department": 1, "authority": 3, "returned": 4}.get(stage, ago)
    text = replace(
        EMPTY,
        name=given["name"],
        abstract=given["abstract"],
        classification=given["classification"],
        data_format="数据库表",
        share_type=given["share"],
        share_condition=given.get("condition", ""),
        share_way="" if given["share"] == "withheld" else "库表交换、接口",
        withheld_basis=given.get("basis", ""),
        open_type=given["open"],
        open_condition=given.get("open_condition", ""),
        update_cycle=given["cycle"],
        fields=tuple(map(read_item, given["fields"])),
    )
    with as_of(_moment(context, ago, 9)):
        version = start_entry(actor=office.compiler, provider=office.organisation, text=text)
    if stage == "draft":
        return
    _carry(context, office, authority, version, ago, stage, given.get("opinion", ""))
    resource = Resource.objects.get(pk=version.resource_id)
    if stage == "changed":
        with as_of(_moment(context, ago - 12, 9)):
            draft = start_change(actor=office.compiler, resource=resource)
            said = read_text(draft)
            said = replace(said, fields=(*said.fields, read_item(given["more"])))
            draft = amend_version(
                actor=office.compiler, version=draft, text=said, revision=draft.revision, note=given["note"]
            )
        _carry(context, office, authority, draft, ago - 13, "published", "")
    if stage == "retired":
        with as_of(_moment(context, ago - 15, 15)):
            retire_resource(actor=authority, resource=resource, reason=given["reason"])


def _carry(
    context: DemoContext,
    office: _Office,
    authority: Actor,
    version: ResourceVersion,
    ago: int,
    stage: str,
    opinion: str,
) -> None:
    with as_of(_moment(context, ago, 10)):
        version = submit_version(actor=office.compiler, version=version)
    if stage == "department":
        return
    with as_of(_moment(context, ago - 1, 11)):
        if stage == "returned":
            return_version(actor=office.reviewer, version=version, revision=version.revision, opinion=opinion)
            return
        pass_version(actor=office.reviewer, version=version, revision=version.revision, opinion="内容属实，同意。")
    if stage != "authority":
        with as_of(_moment(context, ago - 3, 15)):
            publish_version(actor=authority, version=version, revision=version.revision, opinion="符合编制要求。")
