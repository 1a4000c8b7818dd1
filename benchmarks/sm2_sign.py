"""``sm2_sign``: signatures a second by the code that the signer signs with, without the socket before it."""

from benchmarks.figure import Figure, compare
from benchmarks.sm2 import openssl_speed, rate
from zhengtong.core.crypto import sm2

MESSAGE = bytes(20)  # as many octets as openssl speed signs


def run() -> Figure:
    """Return the figure. Raises RuntimeError when a signature is not accepted."""
    key = sm2.PrivateKey(sm2.generate())
    if not sm2.verify(key.public(), MESSAGE, key.sign(MESSAGE)):
        raise RuntimeError("what was signed does not verify")
    return compare(
        "sm2_sign",
        lambda: rate(lambda: key.sign(MESSAGE)),
        lambda: openssl_speed()[0],
        unit="signatures/s",
        described="openssl speed sm2 on the same library",
    )
