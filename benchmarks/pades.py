"""Sealing a PDF with P-256, a trusted time and all proofs, against bare pyHanko signing the same file by the same
signer and time-stamp authority, without image and proofs."""

import asyncio
from io import BytesIO
from statistics import median
from time import perf_counter

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from benchmarks.figure import Figure, compare
from benchmarks.sealing import HERE, make_seal, permit, set_notice
from zhengtong.capabilities.seals.engines.pades import SignerProcess, sign_pdf
from zhengtong.capabilities.timestamps.public import TSA

EACH = 7


def run() -> Figure:
    seal, notice = make_seal(), set_notice()

    def ours() -> float:
        return median(_once() for _time in range(EACH))

    def _once() -> float:
        given = permit(seal.key_name, notice)
        began = perf_counter()
        sign_pdf(notice, seal=seal, placements=HERE, token=given.token, document=given.document)
        return perf_counter() - began

    def bare() -> float:
        return median(_once_bare() for _time in range(EACH))

    def _once_bare() -> float:
        given = permit(seal.key_name, notice)
        began = perf_counter()
        process = SignerProcess(
            seal.certificate, seal.chain, key_name=seal.key_name, token=given.token, document=given.document
        )
        metadata = PdfSignatureMetadata(field_name="Sig", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        made = PdfSigner(
            metadata, process, timestamper=TSA(), new_field_spec=SigFieldSpec("Sig", box=(50, 50, 150, 150))
        )
        asyncio.run(made.async_sign_pdf(IncrementalPdfFileWriter(BytesIO(notice))))
        return perf_counter() - began

    return compare(
        "pades",
        ours,
        bare,
        unit="s",
        described="bare pyHanko, PAdES B-T, same key, signer and time-stamp authority",
        lower_is_better=True,
    )
