"""The crypto module's door."""

from zhengtong.core.crypto import signer, sm2
from zhengtong.core.crypto.declarations import Batch, SealedStore
from zhengtong.core.crypto.domain import Aead, CipherName, Unreadable, key_bytes, make_aead
from zhengtong.core.crypto.envelope import digest
from zhengtong.core.crypto.fields import EncryptedJSONField, EncryptedTextField
from zhengtong.core.crypto.keyring import HandedKeys, HeldKey, keyring
from zhengtong.core.crypto.models import DataKey, DataKeyUse, Resealing, ResealingStep
from zhengtong.core.crypto.services import (
    continue_resealing,
    list_stores,
    prepare_data_keys,
    replace_data_key,
    rewrap_data_keys,
)
from zhengtong.core.crypto.signer import Algorithm, PublicKey, Purpose, SignerRefused, SignerUnavailable

__all__ = [
    "Aead",
    "Algorithm",
    "Batch",
    "CipherName",
    "DataKey",
    "DataKeyUse",
    "EncryptedJSONField",
    "EncryptedTextField",
    "HandedKeys",
    "HeldKey",
    "PublicKey",
    "Purpose",
    "Resealing",
    "ResealingStep",
    "SealedStore",
    "SignerRefused",
    "SignerUnavailable",
    "Unreadable",
    "continue_resealing",
    "digest",
    "key_bytes",
    "keyring",
    "list_stores",
    "make_aead",
    "prepare_data_keys",
    "replace_data_key",
    "rewrap_data_keys",
    "signer",
    "sm2",
]
