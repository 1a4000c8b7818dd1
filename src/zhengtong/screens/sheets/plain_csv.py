"""A list that no screen declares, as CSV: sent while it is read, no cell of it a formula."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.http import StreamingHttpResponse
from django.utils import timezone

from zhengtong.screens.sheets.formats import BLOCK, FORMATS


def csv_response(name: str, titles: Sequence[object], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Return ``rows`` under ``titles`` as a file ``<name>-20261121.csv`` that is downloaded; None is an empty cell."""
    csv = FORMATS["csv"]
    content = csv.file(name, [str(title) for title in titles], _blocks(rows))
    response = StreamingHttpResponse(content, content_type=csv.content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.csv"'
    return response


def _blocks(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, bytes]]:
    csv, given = FORMATS["csv"], iter(rows)
    while block := list(islice(given, BLOCK)):
        lines = (csv.between.join(csv.text("" if cell is None else str(cell)) for cell in row) for row in block)
        yield len(block), "".join(f"{line}\n" for line in lines).encode()
