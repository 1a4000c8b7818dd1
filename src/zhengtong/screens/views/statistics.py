"""The statistics of a declared model as a page of charts and tables, and each of them as a file."""

import csv
from io import StringIO

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from zhengtong.kernel.policy import Actor
from zhengtong.screens import presenting
from zhengtong.screens.charts import describe_chart
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.linking import describe_filters
from zhengtong.screens.listing import Listing
from zhengtong.screens.routing import Route
from zhengtong.screens.sheets.cells import neutralise
from zhengtong.screens.statistics import take


def show_statistics(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponse:
    listing = Listing(screens, actor, request.GET)
    tallies = take(listing)
    context = presenting.shell(
        request,
        screens,
        actor,
        listing=listing,
        tallies=[(tally, describe_chart(tally)) for tally in tallies],
        counted_at=min((tally.counted_at for tally in tallies), default=timezone.now()),
        query_string=request.GET.urlencode(),
        **describe_filters(listing, "statistics"),
    )
    return render(request, "screens/model/statistics.html", context)


def export_tally(request: HttpRequest, screens: ModelScreens, actor: Actor, number: int) -> HttpResponse:
    """One statistic as a CSV file that Excel opens: UTF-8 with its mark, no cell that a program would run."""
    tally = next((t for t in take(Listing(screens, actor, request.GET)) if t.number == number), None)
    if tally is None or not screens.exports:
        raise Http404
    text = StringIO()
    writer = csv.writer(text)
    measured = f"{tally.title}（{tally.unit}）" if tally.unit else tally.title if tally.is_sum else _("数量")
    writer.writerow([neutralise(tally.heading), neutralise(measured), *([_("占比")] if tally.has_shares else [])])
    for each, share in tally.rows:
        writer.writerow([neutralise(each.title), each.value, *([share] if share else [])])
    writer.writerow([_("合计"), tally.total, *(["100.0%"] if tally.has_shares else [])])
    name = f"{screens.code}-{slugify(tally.stat.by)}-{timezone.localtime(tally.counted_at):%Y%m%d-%H%M}.csv"
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def has_statistics(screens: ModelScreens) -> bool:
    return bool(screens.stats)


ROUTES = (
    Route("statistics", "statistics/", show_statistics, when=has_statistics),
    Route("statistics_file", "statistics/<int:number>.csv", export_tally, when=has_statistics),
)
