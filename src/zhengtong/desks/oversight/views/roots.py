"""Roots of the journal: for the auditor with their receipts, and for everybody, to be kept outside."""

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengtong.core.audit.public import (
    CANNOT_SEAL,
    PUBLISH,
    JournalBlock,
    JournalRoot,
    RootReceipt,
    get_seal,
    list_channels,
    publish_now,
    write_root,
)
from zhengtong.desks.oversight.permissions import VIEW, VIEW_PUBLIC
from zhengtong.desks.oversight.trouble import list_unpublished
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate
from zhengtong_verify.sealing import fingerprint

GROUP = 8


@require_GET
@for_staff(VIEW, VIEW_PUBLIC)
def show_roots(request: HttpRequest) -> HttpResponse:
    """The roots, and which channels took them; what failed says why."""
    page = paginate(JournalRoot.objects.defer("header", "token"), request.GET, order=("-number",))
    receipts: dict[int, dict[str, RootReceipt]] = {}
    for each in RootReceipt.objects.filter(root__in=[root.number for root in page.rows]).order_by("pk"):
        kept = receipts.setdefault(each.root, {})
        if each.channel not in kept or not kept[each.channel].is_done:
            kept[each.channel] = each
    channels = list_channels()
    context = {
        "page": page,
        "channels": [(channel, channel.target()) for channel in channels],
        "lines": [
            (root, [receipts.get(root.number, {}).get(channel.code) for channel in channels]) for root in page.rows
        ],
        "failed": list_unpublished(),
        "may_publish": actor_of(request).has(PUBLISH),
    }
    return render(request, "oversight/roots.html", context)


@require_POST
@for_staff(PUBLISH)
def publish(request: HttpRequest) -> HttpResponse:
    """Close a root now and bring it out."""
    try:
        root = publish_now(actor=actor_of(request))
    except CANNOT_SEAL as error:
        messages.error(request, _("没有公布：%(reason)s") % {"reason": error})
        return redirect("oversight_desk:roots")
    if root is None:
        messages.info(request, _("上一个日志根之后没有新的区块；没有送达的已经重新尝试。"))
    else:
        messages.success(request, _("已公布第 %(number)s 号日志根") % {"number": root.number})
    return redirect("oversight_desk:roots")


@require_GET
def show_public_roots(request: HttpRequest) -> HttpResponse:
    """For everybody: what is written down or photographed here today can't be denied tomorrow."""
    page = paginate(JournalRoot.objects.defer("token"), request.GET, order=("-number",), size=30)
    head = JournalBlock.objects.order_by("-number").only("number", "hash", "closed_at").first()
    return render(request, "oversight/public_roots.html", {"page": page, "head": head})


@require_GET
def show_public_root(request: HttpRequest, number: int) -> HttpResponse:
    """One root to print and keep: its hash in groups and as a code."""
    root = get_object_or_404(JournalRoot, pk=number)
    text = f"zhengtong-journal-root {root.number} {root.closed_at.astimezone():%Y-%m-%d} {root.hash}"
    context = {
        "root": root,
        "groups": split(root.hash),
        "picture": segno.make_qr(text, error="m").svg_data_uri(scale=5, border=2),
        "fingerprint": fingerprint(get_seal(root).certificates[-1]),
    }
    return render(request, "oversight/public_root.html", context)


def split(digest: str) -> list[str]:
    """Return a hash in groups that people can compare."""
    return [digest[at : at + GROUP] for at in range(0, len(digest), GROUP)]


@require_GET
def download_root(request: HttpRequest, number: int) -> HttpResponse:
    """A root with signature, time stamp and certificates, for whoever archives them."""
    root = get_object_or_404(JournalRoot, pk=number)
    response = HttpResponse(write_root(root), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="journal-root-{root.number:08d}.zip"'
    return response
