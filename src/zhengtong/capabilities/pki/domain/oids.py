"""Object identifiers that asn1crypto has no names for, and which signature a kind of key makes."""

from uuid import UUID

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.keys import PublicKeyInfo

from zhengtong.core.crypto.public import Algorithm

SM2_CURVE = "1.2.156.10197.1.301"  # GM/T 0006
SM2_SM3 = "1.2.156.10197.1.501"
# An arc that needs no registration (ITU-T X.667): the UUID of this authority's policies, then the number of a policy.
POLICY_ARC = f"2.25.{UUID('6d0f9a52-71c4-4f0e-9b5a-0d3c2f6b8e14').int}"

_SIGNATURES = {Algorithm.P256: "sha256_ecdsa", Algorithm.RSA3072: "sha256_rsa", Algorithm.SM2: SM2_SM3}


def signature_algorithm(algorithm: Algorithm) -> SignedDigestAlgorithm:
    """Return what a signature by a key of ``algorithm`` is called. SM2 has no parameters (GM/T 0015), nor has ECDSA."""
    return SignedDigestAlgorithm({"algorithm": _SIGNATURES[algorithm]})


def read_algorithm(spki: PublicKeyInfo) -> Algorithm | None:
    """Return which kind of key this is, None for one that the authority certifies no key of."""
    kind = spki["algorithm"]["algorithm"].native
    if kind == "ec":
        parameters = spki["algorithm"]["parameters"]
        curve = parameters.chosen.dotted if parameters.name == "named" else ""
        return {"1.2.840.10045.3.1.7": Algorithm.P256, SM2_CURVE: Algorithm.SM2}.get(curve)
    return Algorithm.RSA3072 if kind == "rsa" else None
