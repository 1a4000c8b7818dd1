"""Three custodians and their secrets, for tests that need two of them."""

from typing import Any

import pytest
from asn1crypto.core import Sequence
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.signer import SignerProcess
from zhengtong.core.crypto import signer as client
from zhengtong.core.crypto import sm2
from zhengtong.core.crypto.signer import SignerRefused

ACCOUNTS = ("keeper-a", "keeper-b", "keeper-c")


def secret_of(account: str) -> str:
    return f"{account}-says-yes-2026"


def enroll_three(signer: SignerProcess) -> None:
    """Hold the ceremony, when it wasn't held before."""
    if not client.call("custody")["is_ceremony_open"]:
        return
    code = (signer.folder / "ceremony-code").read_text()
    for account in ACCOUNTS:
        client.call("enroll", account=account, name=account.upper(), secret=secret_of(account), code=code)


def ask(work: str, subject: str = "", *, requester: str = "officer", **detail: str) -> Any:
    values = {"reason": "every year", "requester": requester, "requester_name": requester, "detail": detail}
    return client.call("ask", work=work, subject=subject, **values)


def approve(number: int, *accounts: str) -> str:
    """Return how the request stands after these said yes."""
    state = ""
    for account in accounts or ACCOUNTS[:2]:
        state = client.call("approve", number=number, account=account, secret=secret_of(account))["state"]
    return state


def refusal(act: str, **values: Any) -> str:
    """Return the code with which the signer refuses ``act``; it has a sentence too."""
    with pytest.raises(SignerRefused) as refused:
        client.call(act, **values)
    assert str(refused.value)
    return refused.value.code


def open_envelope(enveloped: bytes, private_key: bytes) -> bytes:
    """Return the private key's 32 bytes out of an SM2EnvelopedKey, as its receiver would."""
    envelope: Any = Sequence
    session_key, sealed = envelope.load(enveloped)[1].dump(), envelope.load(enveloped)[3]
    decryptor = Cipher(algorithms.SM4(sm2.decrypt(private_key, session_key)), modes.ECB()).decryptor()
    return decryptor.update(sealed.contents[1:]) + decryptor.finalize()
