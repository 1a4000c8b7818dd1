"""Calls services of a 政通 platform, without 政通: signed envelopes out, verified answers back."""

from zhengtong_client.client import Answer, Client
from zhengtong_client.envelope import Envelope, digest_body
from zhengtong_client.errors import AnswerNotTrusted, ClientError, Refused, Unreachable
from zhengtong_client.keys import PrivateKey, PublicKey, Signer

__all__ = [
    "Answer",
    "AnswerNotTrusted",
    "Client",
    "ClientError",
    "Envelope",
    "PrivateKey",
    "PublicKey",
    "Refused",
    "Signer",
    "Unreachable",
    "digest_body",
]
