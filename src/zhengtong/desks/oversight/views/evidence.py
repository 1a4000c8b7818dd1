"""Chosen records leave as evidence: one file with all that proves them, and a page that a judge can read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.core.audit.public import (
    CANNOT_SEAL,
    AlteredRecord,
    JournalBlock,
    JournalRoot,
    gather_evidence,
    get_seal,
    say_key,
    seal_evidence,
    seal_journal,
)
from zhengtong.desks.oversight.looking import note_look
from zhengtong.desks.oversight.permissions import EXPORT, list_reachable
from zhengtong.desks.oversight.searching import Line, draw_lines
from zhengtong.kernel.assurance import require_assurance
from zhengtong.screens.access import actor_of, for_staff
from zhengtong_verify.sealing import fingerprint

MOST = 500


@require_POST
@for_staff(EXPORT)
def export_evidence(request: HttpRequest) -> HttpResponse:
    """The records that were ticked, as a ZIP. Whatever isn't in a block yet is closed into one first."""
    require_assurance(request, "export")
    actor = actor_of(request)
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("oversight_desk:journal")
    chosen = {
        int(each) for each in request.POST.getlist("record") if each.isascii() and each.isdigit() and len(each) < 19
    }
    if not chosen or len(chosen) > MOST:
        messages.error(request, _("请勾选要导出的日志，一次最多 %(most)s 条。") % {"most": MOST})
        return redirect(back)
    records = list(list_reachable(actor).filter(pk__in=chosen).order_by("pk"))
    about = request.POST.get("about", "").replace("\x00", "")[:100]
    try:
        gathered = gather_evidence(records)
        if gathered.waiting:
            seal_journal()
            gathered = gather_evidence(records)
        if not gathered.proven:
            messages.error(
                request, _("这些日志还没有封存，没有可以证明它们的区块。请稍后再试，或者查看“区块”页上的原因。")
            )
            return redirect(back)
        lines = [line for line in draw_lines(records) if line.record.pk in set(gathered.proven)]
        report = write_report(lines, about=about, waiting=len(gathered.waiting), made_by=actor.name)
        content = seal_evidence(gathered, made_by=actor.name, about=about, more={"report.html": report})
    except AlteredRecord as error:
        said = _("第 %(record)s 号日志和封存时的内容不符，可能被改动过，没有导出。请先“核对”，并报告给单位负责人。")
        messages.error(request, said % {"record": error.record})
        return redirect(back)
    except CANNOT_SEAL as error:
        messages.error(request, _("没有导出：%(reason)s") % {"reason": error})
        return redirect(back)
    note_look(actor, "export_evidence", records=sorted(gathered.proven), about=about)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="evidence-{timezone.localtime():%Y%m%d-%H%M%S}.zip"'
    return response


def write_report(lines: list[Line], *, about: str, waiting: int, made_by: str) -> bytes:
    """Return the page for people: what happened, and how to check that it did."""
    blocks = list(JournalBlock.objects.filter(pk__in={line.block for line in lines}).order_by("number"))
    roots = {get_seal(block).certificates[-1] for block in blocks}
    context = {
        "about": about,
        "made_by": made_by,
        "now": timezone.now(),
        "waiting": waiting,
        "blocks": [(block, _find_root(block.number)) for block in blocks],
        "fingerprints": sorted(map(fingerprint, roots)),
        "lines": [(line, list_changes(line)) for line in lines],
    }
    return render_to_string("oversight/report.html", context).encode()


def _find_root(block: int) -> JournalRoot | None:
    return JournalRoot.objects.filter(first__lte=block, last__gte=block).first()


def list_changes(line: Line) -> list[tuple[str, object, object]]:
    """Return name, before and after of what a record says of values."""
    record = line.record
    before, after = (each if isinstance(each, dict) else {} for each in (record.before, record.after))
    return [
        (say_key(record.object_kind, name), before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*before, *after])
    ]
