"""A department that compiles, its reviewer, the data bureau that publishes; and an entry brought to any stage."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from zhengtong.capabilities.catalogue.domain import FieldText, VersionText
from zhengtong.capabilities.catalogue.models import Resource, ResourceVersion
from zhengtong.capabilities.catalogue.services.compiling import start_entry, submit_version
from zhengtong.capabilities.catalogue.services.reviewing import pass_version, publish_version
from zhengtong.core.identity.public import (
    Account,
    AccountKind,
    Appointment,
    Organisation,
    OrganisationKind,
    Post,
    PostRole,
    Reach,
    Region,
    StaffMember,
    get_account_actor,
)
from zhengtong.kernel.policy import Actor

FIELDS = (
    FieldText("credit_code", "统一社会信用代码", "credit_code", "text", 18, is_key=True, is_nullable=False),
    FieldText("name", "企业名称", "ent_name", "text", 200, is_nullable=False),
    FieldText("legal_person", "法定代表人", "fddbr", "text", 50, personal="personal", grade=2, mask="name"),
    FieldText("capital", "注册资本", "zczb", "decimal", precision=18, scale=2),
    FieldText("founded", "成立日期", "clrq", "date"),
)
TEXT = VersionText(
    name="企业登记基本信息",
    abstract="全市企业的登记信息，自2000年起。",
    classification="102001",
    data_format="数据库表",
    share_type="unconditional",
    share_condition="",
    share_way="库表交换",
    withheld_basis="",
    open_type="closed",
    open_condition="",
    update_cycle="daily",
    fields=FIELDS,
)


@dataclass
class Office:
    """The people of one department and of the data bureau, as actors; ``accounts`` are what they sign in with."""

    provider: Organisation
    other: Organisation
    compiler: Actor
    reviewer: Actor
    authority: Actor
    outsider: Actor
    accounts: dict[str, Account]

    def draft(self, **changes: Any) -> ResourceVersion:
        return start_entry(actor=self.compiler, provider=self.provider, text=replace(TEXT, **changes))

    def submitted(self, **changes: Any) -> ResourceVersion:
        return fresh(submit_version(actor=self.compiler, version=self.draft(**changes)))

    def passed(self, **changes: Any) -> ResourceVersion:
        version = self.submitted(**changes)
        return fresh(pass_version(actor=self.reviewer, version=version, revision=version.revision))

    def published(self, **changes: Any) -> ResourceVersion:
        version = self.passed(**changes)
        return fresh(publish_version(actor=self.authority, version=version, revision=version.revision))


def fresh(version: ResourceVersion) -> ResourceVersion:
    """Return the version as it is now in the database."""
    return ResourceVersion.objects.select_related("resource", "classification").get(pk=version.pk)


def fresh_entry(version: ResourceVersion) -> Resource:
    return Resource.objects.get(pk=version.resource_id)


def person(username: str, organisation: Organisation, roles: dict[str, str]) -> Account:
    account = Account.objects.create(username=username, kind=AccountKind.STAFF)
    staff = StaffMember.objects.create(account=account, name=username, organisation=organisation)
    post = Post.objects.create(organisation=organisation, title=username)
    PostRole.objects.bulk_create(PostRole(post=post, role=role, reach=reach) for role, reach in roles.items())
    Appointment.objects.create(staff=staff, post=post, start_date=date(2020, 1, 1))
    return account


def make_office() -> Office:
    city = Region.objects.create(code="990800", name="试城市", level="city", path="990800")
    organs = [
        Organisation.objects.create(
            name=f"试城市{title}", short_name=title, kind=OrganisationKind.DEPARTMENT, region=city, path="0"
        )
        for title in ("政务服务数据管理局", "市场监督管理局", "民政局")
    ]
    for each in organs:
        each.path = str(each.pk)
        each.save(update_fields=["path"])
    bureau, provider, other = organs
    accounts = {
        "compiler": person("cat-compiler", provider, {"catalogue_compiler": Reach.OWN}),
        "reviewer": person("cat-reviewer", provider, {"catalogue_reviewer": Reach.OWN}),
        "authority": person("cat-authority", bureau, {"catalogue_authority": Reach.REGION}),
        "outsider": person("cat-outsider", other, {"catalogue_compiler": Reach.OWN, "catalogue_reviewer": Reach.OWN}),
    }
    actors = {name: get_account_actor(account) for name, account in accounts.items()}
    return Office(provider=provider, other=other, accounts=accounts, **actors)
