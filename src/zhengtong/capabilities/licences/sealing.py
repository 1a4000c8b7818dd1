"""Electronic licences bear the organ's electronic seal, where its keeper has authorised that once for all.

《电子印章管理办法》 and 国务院关于在线政务服务的若干规定 art. 9, 10: a document with an electronic seal has the force
of one with the seal itself.
"""

import io

from zhengtong.capabilities.licences.models import Licence
from zhengtong.capabilities.seals.public import Place, find_authorised, measure_page, seal_by_standing_authorisation
from zhengtong.core.papers.public import Paper, PaperFinisher
from zhengtong.kernel.policy import SYSTEM

_MM = 25.4 / 72
# Of a seal of the usual width, so that its centre comes to lie on what it is put over.
_HALF = 21.0
_MARGIN = 12.0


def seal_licence(paper: Paper, pdf: bytes) -> bytes:
    """Return the licence's PDF with the issuing organ's seal; the same bytes where no seal is authorised for its kind.

    Raises SealingRefused and SignerUnavailable: a licence that is to be sealed isn't given out without.
    """
    licence = Licence.objects.filter(paper=paper).select_related("organisation").first()
    if licence is None or find_authorised(licence.organisation, licence.kind) is None:
        return pdf
    sealed = seal_by_standing_authorisation(
        actor=SYSTEM,
        organisation=licence.organisation,
        kind=licence.kind,
        pdf=pdf,
        title=f"{paper.title} {licence.number}",
        places=[find_place(pdf, paper.issuer_name)],
        idempotency_key=f"{paper.code}",
    )
    return sealed.pdf


def find_place(pdf: bytes, issuer: str) -> Place:
    """Return where the seal goes: over the issuer's name where it stands last on the first page (骑年盖月), in the
    lower right corner of a page that doesn't show it."""
    from pypdf import PdfReader  # only who seals needs it

    found: list[tuple[float, float, float]] = []

    def look(text: str, page: list[float], line: list[float], _font: object, size: float) -> None:
        if issuer in text:
            x = line[4] * page[0] + line[5] * page[2] + page[4]
            y = line[4] * page[1] + line[5] * page[3] + page[5]
            found.append((x, y, abs(size * line[0] * page[0]) * len(issuer)))

    page = PdfReader(io.BytesIO(pdf)).pages[0]
    page.extract_text(visitor_text=look)
    size = measure_page(pdf, 1)
    if found:
        left, up, long = found[-1]
        x, y = (left + long / 2) * _MM - _HALF, size.height - up * _MM - _HALF
    else:
        x, y = size.width - 2 * _HALF - 30, size.height - 2 * _HALF - 30
    return Place(
        1,
        round(min(max(x, _MARGIN), size.width - 2 * _HALF - _MARGIN), 1),
        round(min(max(y, _MARGIN), size.height - 2 * _HALF - _MARGIN), 1),
    )


FINISHER = PaperFinisher("licences.seal", seal_licence)
