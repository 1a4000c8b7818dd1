"""The journal searched, a record read whole, and the timelines of a person, an object and a case."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.cases.public import Case
from zhengtong.core.audit.public import (
    AuditRecord,
    JournalBlock,
    JournalLeaf,
    is_unaltered,
    list_about,
    list_names,
    say_key,
    say_kind,
    search_journal,
)
from zhengtong.core.identity.public import Account
from zhengtong.desks.oversight.looking import JOURNAL, note_look, say_filters
from zhengtong.desks.oversight.permissions import EXPORT, VIEW, VIEW_PUBLIC, list_reachable
from zhengtong.desks.oversight.searching import (
    EXPORTED,
    draw_lines,
    list_choices,
    read_criteria,
    read_filters,
    write_lines,
)
from zhengtong.desks.oversight.trouble import describe_trouble
from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate
from zhengtong.screens.sheets.plain_csv import csv_response

ORDER = ("-at", "-id")


def _found(actor: Actor, given: dict[str, str]) -> QuerySet[AuditRecord]:
    return search_journal(list_reachable(actor, given["whose"]), read_criteria(given))


@require_GET
@for_staff(VIEW, VIEW_PUBLIC)
def show_journal(request: HttpRequest) -> HttpResponse:
    """The search; what was looked for goes into the journal itself."""
    actor, given = actor_of(request), read_filters(request.GET)
    page = paginate(_found(actor, given), request.GET, order=ORDER)
    note_look(actor, "search", filters=say_filters(given))
    context = {
        "page": page,
        "lines": draw_lines(page.rows),
        "given": given,
        "is_filtered": any(given.values()),
        "is_narrow": len(given["q"]) == 1,
        "export_url": reverse("oversight_desk:export") + "?" + request.GET.urlencode(),
        "may_export": actor.has(EXPORT),
        "trouble": describe_trouble(),
        "about": _("按条件查出的日志"),
        **list_choices(actor),
    }
    return render(request, "oversight/journal.html", context)


@require_GET
@for_staff(EXPORT)
def export_journal(request: HttpRequest) -> HttpResponseBase:
    """What was found as CSV, sent while it is read."""
    require_assurance(request, "export")
    actor, given = actor_of(request), read_filters(request.GET)
    note_look(actor, "export_list", filters=say_filters(given))
    return csv_response("journal", EXPORTED, write_lines(_found(actor, given).iterator(chunk_size=500)))


@require_GET
@for_staff(VIEW, VIEW_PUBLIC)
def show_record(request: HttpRequest, pk: int) -> HttpResponse:
    """A record whole: who, what, before and after, and the block that proves it."""
    actor = actor_of(request)
    record = get_object_or_404(list_reachable(actor), pk=pk)
    note_look(actor, "view_record", (JOURNAL, record.pk))
    (line,) = draw_lines([record])
    leaf = JournalLeaf.objects.filter(pk=record.pk).first()
    told = line.told
    facts = [
        (_("时间"), f"{told.at.isoformat(sep=' ')}"),
        (_("谁"), told.by, line.person_url, _("这个人的全部日志")),
        (_("机构"), told.office or "—"),
        (_("做了什么"), f"{told.what}（{record.action}）"),
        (_("对象"), told.about or record.object_kind, line.object_url, _("这个对象的全部日志")),
        (_("对象编号"), record.object_id or "—"),
        (_("用途"), told.purpose or "—"),
        (_("来源地址"), told.address or "—"),
        (_("请求编号"), record.request_id or "—"),
        (_("摘要（SM3）"), record.digest),
    ]
    context = {
        "record": record,
        "line": line,
        "facts": facts,
        "values": _list_values(record),
        "leaf": leaf,
        "sealed": JournalBlock.objects.filter(pk=leaf.block).first() if leaf else None,
        "is_unaltered": is_unaltered(record) and (leaf is None or bytes(leaf.digest).hex() == record.digest),
        "may_export": actor.has(EXPORT),
    }
    return render(request, "oversight/record.html", context)


def _list_values(record: AuditRecord) -> list[tuple[str, Any, Any]]:
    """Return what the record says of values: their name in words, before, after."""
    before = record.before if isinstance(record.before, dict) else {"": record.before} if record.before else {}
    after = record.after if isinstance(record.after, dict) else {"": record.after} if record.after else {}
    return [
        (say_key(record.object_kind, name) if name else "", before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*before, *after])
    ]


def _show_timeline(request: HttpRequest, found: QuerySet[AuditRecord], title: str, **context: Any) -> HttpResponse:
    actor = actor_of(request)
    page = paginate(list_reachable(actor, found=found), request.GET, order=ORDER)
    days: list[tuple[Any, list[Any]]] = []
    for line in draw_lines(page.rows):
        day = line.told.at.astimezone().date()
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(line)
    shown = {"page": page, "days": days, "title": title, "about": title, "may_export": actor.has(EXPORT), **context}
    return render(request, "oversight/timeline.html", shown)


@require_GET
@for_staff(VIEW, VIEW_PUBLIC)
def show_person(request: HttpRequest, account: UUID) -> HttpResponse:
    """What a person did, and what others did on her behalf."""
    actor = actor_of(request)
    found = AuditRecord.objects.filter(Q(account=account) | Q(principal=account))
    held = Account.objects.filter(public_id=account).select_related("staff", "citizen").first()
    person = (getattr(held, "staff", None) or getattr(held, "citizen", None)) if held else None
    last = list_reachable(actor, found=found.exclude(actor_name="")).order_by(*ORDER).first()
    if person is None and last is None:
        raise Http404
    name = str(getattr(person, "name", "") or (last.actor_name if last else ""))
    note_look(actor, "view_person", ("identity.account", str(account)))
    return _show_timeline(request, found, _("%(name)s做过什么") % {"name": name})


@require_GET
@for_staff(VIEW, VIEW_PUBLIC)
def show_object(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """What was done to an object, and who looked at it."""
    actor = actor_of(request)
    found = AuditRecord.objects.filter(object_kind=kind, object_id=key)
    if not list_reachable(actor, found=found).exists():
        raise Http404
    note_look(actor, "view_object", (kind, key))
    name = list_names([(kind, key)]).get((kind, key), "")
    case = (
        Case.objects.filter(pk=key).values_list("number", flat=True).first()
        if kind == "cases.case" and key.isdigit()
        else ""
    )
    title = _("%(kind)s %(name)s 的经过") % {"kind": say_kind(kind), "name": name or key}
    return _show_timeline(request, found, title, case_number=case or "")


@require_GET
@for_staff(VIEW, VIEW_PUBLIC)
def show_case(request: HttpRequest, number: str) -> HttpResponse:
    """All that happened around a case: to itself, and to its tasks, papers and payments that name it."""
    actor = actor_of(request)
    case = get_object_or_404(Case.objects.only("pk", "number", "item_name"), number=number)
    found = list_about([("cases.case", str(case.pk))], words=number)
    if not list_reachable(actor, found=found).exists():
        raise Http404
    note_look(actor, "view_case", ("cases.case", case.pk))
    title = _("办件 %(number)s %(item)s 的经过") % {"number": number, "item": case.item_name}
    return _show_timeline(request, found, title)
