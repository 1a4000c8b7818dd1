"""Judging a sealed PDF of two pages as a stranger uploads it, against pyHanko validating the same file with the same
roots and the revocation lists in it."""

from io import BytesIO
from time import perf_counter

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore

from benchmarks.figure import Figure, compare
from benchmarks.sealing import HERE, make_seal, permit, set_notice
from zhengtong.capabilities.seals.engines.pades import sign_pdf
from zhengtong.capabilities.seals.engines.report import Outcome
from zhengtong.capabilities.seals.engines.trust import get_anchors
from zhengtong.capabilities.seals.public import check_file


def run() -> Figure:
    seal, notice = make_seal(), set_notice()
    given = permit(seal.key_name, notice)
    sealed = sign_pdf(notice, seal=seal, placements=HERE, token=given.token, document=given.document)
    roots = [x509.Certificate.load(each) for each in get_anchors().roots]

    def ours() -> float:
        began = perf_counter()
        report = check_file(sealed)
        seconds = perf_counter() - began
        if not report.seals or any(each.outcome is Outcome.FAILED for each in report.seals[0].checks):
            raise RuntimeError("the sealed file wasn't accepted")
        return seconds

    def pyhanko() -> float:
        began = perf_counter()
        reader = PdfFileReader(BytesIO(sealed))
        store = DocumentSecurityStore.read_dss(reader)
        context = store.as_validation_context({"trust_roots": roots, "revocation_mode": "require"})
        if not validate_pdf_signature(reader.embedded_signatures[0], context).bottom_line:
            raise RuntimeError("pyHanko didn't accept the sealed file")
        return perf_counter() - began

    return compare(
        "verify_upload",
        ours,
        pyhanko,
        unit="s",
        described="pyHanko's validate_pdf_signature with the same roots and the file's own revocation lists",
        lower_is_better=True,
    )
