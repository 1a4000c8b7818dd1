"""What the search offers, what was typed, and the lines of a list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.core.audit.public import ActionWords, AuditRecord, Criteria, JournalLeaf, say_action, say_kind
from zhengtong.core.identity.public import Organisation, Protected, Told, describe_records
from zhengtong.desks.oversight.permissions import PUBLIC, STAFF, VIEW
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor

FILTERS: Final = ("q", "person", "office", "action", "kind", "object", "address", "request", "from", "until", "whose")
MOST_CHOICES: Final = 500
EXPORTED: Final = (
    gettext_lazy("日志编号"),
    gettext_lazy("时间"),
    gettext_lazy("姓名"),
    gettext_lazy("机构"),
    gettext_lazy("行为"),
    gettext_lazy("对象"),
    gettext_lazy("对象编号"),
    gettext_lazy("用途"),
    gettext_lazy("来源地址"),
    gettext_lazy("请求编号"),
    gettext_lazy("摘要"),
    gettext_lazy("区块"),
)
_TOGETHER: Final = 500


def read_filters(query: QueryDict) -> dict[str, str]:
    return {name: query.get(name, "").replace("\x00", "").strip()[:100] for name in FILTERS}


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_criteria(given: Mapping[str, str]) -> Criteria:
    """Return what was typed as criteria; what can't be read doesn't narrow."""
    office = given["office"]
    return Criteria(
        words=given["q"],
        person=given["person"],
        office=int(office) if office.isascii() and office.isdigit() and len(office) < 19 else None,
        action=given["action"],
        kind=given["kind"],
        object_id=given["object"][:64],
        address=given["address"],
        request=given["request"],
        since=read_day(given["from"]),
        until=read_day(given["until"]),
    )


def list_choices(actor: Actor) -> dict[str, Any]:
    """Return what the filters offer: every act that a module has words for, kinds of object, offices within reach."""
    actions = {f"{words.module}.{verb}" for words in registry.of(ActionWords) for verb in words.words}
    kinds = {rule.model._meta.label_lower for rule in registry.of(Protected) if not rule.model._meta.proxy}
    offices = Organisation.objects.filter(pk__in=actor.reach(VIEW)).order_by("region_id", "id")
    return {
        "actions": sorted(((code, say_action(code)) for code in actions), key=lambda each: each[1]),
        "kinds": sorted(((code, say_kind(code)) for code in kinds), key=lambda each: each[1]),
        "offices": list(offices.values_list("pk", "name")[:MOST_CHOICES]),
        "whose": [(STAFF, _("工作人员")), (PUBLIC, _("群众和系统"))],
    }


@dataclass(frozen=True)
class Line:
    """A record in a list: in words, with addresses of the timelines that it belongs to and the block that holds it."""

    told: Told
    block: int | None
    url: str
    person_url: str
    object_url: str

    @property
    def record(self) -> AuditRecord:
        return self.told.record


def draw_lines(records: Sequence[AuditRecord]) -> list[Line]:
    blocks = dict(JournalLeaf.objects.filter(pk__in=[each.pk for each in records]).values_list("record", "block"))
    return [
        Line(
            told=told,
            block=blocks.get(told.record.pk),
            url=reverse("oversight_desk:record", args=[told.record.pk]),
            person_url=person_url(told.record),
            object_url=object_url(told.record.object_kind, told.record.object_id),
        )
        for told in describe_records(records)
    ]


def person_url(record: AuditRecord) -> str:
    return reverse("oversight_desk:person", args=[record.account]) if record.account else ""


def object_url(kind: str, key: str) -> str:
    if not key or "/" in kind or "/" in key:
        return ""
    return reverse("oversight_desk:object", args=[kind, key])


def write_lines(records: Iterable[AuditRecord]) -> Iterator[list[object]]:
    """Yield the list as cells of a file."""
    part: list[AuditRecord] = []
    for record in records:
        part.append(record)
        if len(part) == _TOGETHER:
            yield from _write(part)
            part = []
    yield from _write(part)


def _write(part: Sequence[AuditRecord]) -> Iterator[list[object]]:
    for line in draw_lines(part):
        told, row = line.told, line.record
        yield [
            row.pk,
            f"{timezone.localtime(told.at):%Y-%m-%d %H:%M:%S.%f}",
            told.by,
            told.office,
            told.what,
            told.about or row.object_kind,
            row.object_id,
            told.purpose,
            told.address,
            row.request_id,
            row.digest,
            line.block,
        ]
