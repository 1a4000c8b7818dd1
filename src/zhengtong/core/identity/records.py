"""Journal records in words: who, for whom, from which office, did what to what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from zhengtong.core.audit.public import AuditRecord, list_names, say_action, say_key, say_kind
from zhengtong.core.identity.delegations import name_agent
from zhengtong.core.identity.models import Account, Organisation
from zhengtong.kernel.policy import ActorKind

# What a record's values hold by which a person recognises the thing, best first.
_NAMES = ("number", "case", "code", "name", "title")


@dataclass(frozen=True)
class Told:
    """One record as people read it. ``who`` is the name that the actor had then, ``principal`` for whom she acted."""

    record: AuditRecord
    at: datetime
    who: str
    principal: str
    office: str
    what: str
    about: str
    purpose: str
    address: str

    @property
    def by(self) -> str:
        """Who, and for whom: 周敏（代沈立新）."""
        is_named = not self.principal or self.principal in self.who
        return self.who if is_named else name_agent(self.who, self.principal)


def describe_records(records: Sequence[AuditRecord]) -> list[Told]:
    """Return ``records`` in words; asks for all names at once."""
    offices = _list_offices(records)
    names = list_names((each.object_kind, each.object_id) for each in records)
    principals = _list_people({each.principal for each in records if each.principal is not None})
    return [
        Told(
            record=each,
            at=each.at,
            who=each.actor_name or _name_kind(each.actor_kind),
            principal=principals.get(each.principal, "") if each.principal else "",
            office=offices.get(each.organisation, "") if each.organisation else "",
            what=_say_what(each),
            about=_say_about(each, names.get((each.object_kind, each.object_id), "")),
            purpose=each.purpose,
            address=each.address,
        )
        for each in records
    ]


def describe_looks(records: Sequence[AuditRecord], subject: UUID) -> list[Told]:
    """Return looks in words for the account ``subject`` whose data was looked at.

    She learns the office, the time, what was looked at and why (个人信息保护法 art. 44, 45), and the official's name;
    of anyone else who looked nothing but that it was another person.
    """
    told = []
    for each in describe_records(records):
        if each.record.account == subject:
            who = _("您本人")
        elif each.record.actor_kind == ActorKind.STAFF:
            who = each.by
        elif each.record.actor_kind == ActorKind.SYSTEM:
            who = _("系统自动核对")
        else:
            who = _("其他用户办事时核对")
        is_staff = each.record.actor_kind == ActorKind.STAFF
        told.append(
            Told(each.record, each.at, who, "", each.office if is_staff else "", each.what, "", each.purpose, "")
        )
    return told


def _say_what(record: AuditRecord) -> str:
    """The act; of a look at one field also which."""
    what, field = say_action(record.action), (record.after or {}).get("field")
    if not isinstance(field, str):
        return what
    return _("%(act)s：%(thing)s") % {"act": what, "thing": say_key(record.object_kind, field)}


def _say_about(record: AuditRecord, name: str) -> str:
    """What kind of thing, and what it is called now, or what the record itself calls it."""
    kind = say_kind(record.object_kind)
    name = name or _find_name(record.after) or _find_name(record.before)
    if name:
        return f"{kind} {name}"
    return kind if kind != record.object_kind else ""


def _find_name(values: Any) -> str:
    if not isinstance(values, Mapping):
        return ""
    return next((str(values[name]) for name in _NAMES if isinstance(values.get(name), str) and values[name]), "")


def _name_kind(kind: str) -> str:
    return {ActorKind.ANONYMOUS: _("没有登录的人"), ActorKind.SYSTEM: _("系统"), ActorKind.NODE: _("其他平台")}.get(
        ActorKind(kind), ""
    )


def _list_offices(records: Iterable[AuditRecord]) -> dict[int, str]:
    wanted = {each.organisation for each in records if each.organisation is not None}
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _list_people(accounts: set[UUID]) -> dict[UUID, str]:
    if not accounts:
        return {}
    found = Account.objects.filter(public_id__in=accounts).select_related("staff", "citizen")
    return {each.public_id: _name_of(each) for each in found}


def _name_of(account: Account) -> str:
    person = getattr(account, "staff", None) or getattr(account, "citizen", None)
    return str(getattr(person, "name", "") or account)
