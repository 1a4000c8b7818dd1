"""Sealing a laid-out OFD with SM2, against the same two answers of the signer and the same digests and nothing else."""

from hashlib import sha256
from statistics import median
from time import perf_counter

from benchmarks.figure import Figure, compare
from benchmarks.sealing import HERE, make_seal, permit, set_notice
from zhengtong.capabilities.seals.engines.ofd import make_ofd
from zhengtong.capabilities.seals.engines.ofd_signing import sign_ofd
from zhengtong.capabilities.seals.engines.package import open_package
from zhengtong.capabilities.seals.engines.pdf_layout import read_layout
from zhengtong.capabilities.timestamps.public import make_token
from zhengtong.core.crypto.public import Purpose, signer
from zhengtong_verify.sm2 import sm3

EACH = 20


def run() -> Figure:
    seal = make_seal()
    ofd = make_ofd(read_layout(set_notice()))

    def ours() -> float:
        return median(_once() for _time in range(EACH))

    def _once() -> float:
        given = permit(seal.sm2_key_name, ofd)
        began = perf_counter()
        sign_ofd(ofd, seal=seal, placements=HERE, token=given.token, document=given.document)
        return perf_counter() - began

    def least() -> float:
        return median(_least_once() for _time in range(EACH))

    def _least_once() -> float:
        given = permit(seal.sm2_key_name, ofd)
        began = perf_counter()
        digests = b"".join(sm3(content) for content in open_package(ofd).files.values())
        signature = signer.sign(
            seal.sm2_key_name, digests, purpose=Purpose.SEAL, token=given.token, document=given.document
        )
        make_token(sha256(signature).digest(), "sha256")
        return perf_counter() - began

    return compare(
        "ofd_sign",
        ours,
        least,
        unit="s",
        described="unpacking, SM3 of each file, an SM2 signature and a time stamp by the same signer, nothing written",
        lower_is_better=True,
    )
