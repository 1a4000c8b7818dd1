"""``sm2_verify``: verifications a second by the code that every proof is checked with."""

from benchmarks.figure import Figure, compare
from benchmarks.sm2 import openssl_speed, rate
from zhengtong.core.crypto import sm2

MESSAGE = bytes(20)  # as many octets as openssl speed signs


def run() -> Figure:
    """Return the figure. Raises RuntimeError when a tampered message is accepted."""
    key = sm2.PrivateKey(sm2.generate())
    spki, signature = key.public(), key.sign(MESSAGE)
    if not sm2.verify(spki, MESSAGE, signature) or sm2.verify(spki, MESSAGE[1:], signature):
        raise RuntimeError("the verification is wrong")
    return compare(
        "sm2_verify",
        lambda: rate(lambda: sm2.verify(spki, MESSAGE, signature)),
        lambda: openssl_speed()[1],
        unit="verifications/s",
        described="openssl speed sm2 on the same library",
    )
