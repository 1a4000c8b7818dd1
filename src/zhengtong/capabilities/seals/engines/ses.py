"""Seals and seal signatures as GB/T 38540-2020 writes them (version 4): ASN.1, made and read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import core

from zhengtong.capabilities.seals.engines.material import BadSealPicture
from zhengtong.capabilities.seals.engines.picture import draw_png
from zhengtong.core.crypto.public import Purpose, signer
from zhengtong_verify.faults import READING_FAULTS

VERSION = 4
SM3 = "1.2.156.10197.1.401"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
# What made the seal, in the header's vendor field.
VENDOR = "ZHENGTONG"
# 附录: 1 单位印章, 2 个人印章 — the seal's own list of kinds stays the platform's.
KIND_OF_ORGANISATION, KIND_OF_PERSON = 1, 2
# Kinds of seal that stand for a person: her signature's image, the legal representative's name seal.
PERSONAL_KINDS = frozenset(("personal", "representative"))


class UnreadableSeal(ValueError):
    """These bytes are no seal and no seal signature of GB/T 38540."""


class Header(core.Sequence):
    _fields = [("id", core.IA5String), ("version", core.Integer), ("vid", core.IA5String)]


class CertificateList(core.SequenceOf):
    _child_spec = core.OctetString


class CertificateDigest(core.Sequence):
    _fields = [("type", core.PrintableString), ("value", core.OctetString)]


class CertificateDigests(core.SequenceOf):
    _child_spec = CertificateDigest


class Property(core.Sequence):
    _fields = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("cert_list_type", core.Integer),
        ("cert_list", core.Any),
        ("created", core.GeneralizedTime),
        ("valid_from", core.GeneralizedTime),
        ("valid_until", core.GeneralizedTime),
    ]


class SealPicture(core.Sequence):
    _fields = [
        ("type", core.IA5String),
        ("data", core.OctetString),
        ("width", core.Integer),
        ("height", core.Integer),
    ]


class Extension(core.Sequence):
    _fields = [("id", core.ObjectIdentifier), ("critical", core.Boolean), ("value", core.OctetString)]


class Extensions(core.SequenceOf):
    _child_spec = Extension


class SealInfo(core.Sequence):
    _fields = [
        ("header", Header),
        ("es_id", core.IA5String),
        ("property", Property),
        ("picture", SealPicture),
        ("extensions", Extensions, {"explicit": 0, "optional": True}),
    ]


class Seal(core.Sequence):
    """SESeal: what a seal is, signed by whoever made it."""

    _fields = [
        ("info", SealInfo),
        ("cert", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
    ]


class ToBeSigned(core.Sequence):
    _fields = [
        ("version", core.Integer),
        ("seal", Seal),
        ("time", core.GeneralizedTime),
        ("digest", core.OctetBitString),
        ("property", core.IA5String),
        ("extensions", Extensions, {"explicit": 0, "optional": True}),
    ]


class SealSignature(core.Sequence):
    """SES_Signature: a seal put on a document."""

    _fields = [
        ("signed", ToBeSigned),
        ("cert", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
        ("time_stamp", core.OctetBitString, {"explicit": 0, "optional": True}),
    ]


def make_ses_seal(
    *,
    code: str,
    name: str,
    kind: str,
    image_svg: str,
    width_mm: float,
    height_mm: float,
    certificates: Sequence[bytes],
    not_before: datetime,
    not_after: datetime,
    maker_certificate: bytes,
    maker_key_name: str,
    maker_purpose: Purpose = Purpose.CONTENT,
    created: datetime | None = None,
) -> bytes:
    """Return the DER of a seal that the maker's SM2 key signs. ``certificates`` are those that may seal with it.

    ``code`` is the seal's 印章编码 and has to be ASCII. Moments are aware. Raises BadSealPicture.
    """
    picture = draw_png(image_svg, width_mm, height_mm)
    if not picture.startswith(b"\x89PNG"):
        raise BadSealPicture
    info = _build(
        SealInfo,
        {
            "header": {"id": "ES", "version": VERSION, "vid": VENDOR},
            "es_id": code,
            "property": {
                "type": KIND_OF_PERSON if kind in PERSONAL_KINDS else KIND_OF_ORGANISATION,
                "name": name,
                "cert_list_type": 1,
                "cert_list": _build(CertificateList, [core.OctetString(each) for each in certificates]),
                "created": _whole_second(created or not_before),
                "valid_from": _whole_second(not_before),
                "valid_until": _whole_second(not_after),
            },
            "picture": {
                "type": "png",
                "data": picture,
                "width": round(width_mm),
                "height": round(height_mm),
            },
        },
    )
    signature = signer.sign(maker_key_name, info.dump(), purpose=maker_purpose)
    seal = _build(Seal, {"info": info, "cert": maker_certificate, "algorithm": SM2_WITH_SM3, "signature": signature})
    return bytes(seal.dump())


def make_to_be_signed(seal: bytes, *, digest: bytes, at: datetime, path: str) -> bytes:
    """Return the DER that the seal's key signs: the seal itself, the moment, and the digest of what ``path`` says."""
    signed = _build(
        ToBeSigned,
        {"version": VERSION, "seal": _load(Seal, seal), "time": _whole_second(at), "digest": digest, "property": path},
    )
    return bytes(signed.dump())


def join_signature(signed: bytes, *, certificate: bytes, signature: bytes, time_stamp: bytes = b"") -> bytes:
    """Return the DER of a seal signature."""
    made = _build(
        SealSignature,
        {
            "signed": _load(ToBeSigned, signed),
            "cert": certificate,
            "algorithm": SM2_WITH_SM3,
            "signature": signature,
        },
    )
    if time_stamp:
        made["time_stamp"] = time_stamp
    return bytes(made.dump())


def read_seal(der: bytes) -> Seal:
    """Return a seal, every field of it read. Raises UnreadableSeal."""
    read: Seal = _read(Seal, der)
    return read


def read_signature(der: bytes) -> SealSignature:
    """Return a seal signature, every field of it read. Raises UnreadableSeal."""
    read: SealSignature = _read(SealSignature, der)
    return read


def list_certificates(seal: Seal) -> tuple[list[bytes], list[bytes]]:
    """Return the certificates that may seal with ``seal``, or the SM3 digests of them. Raises UnreadableSeal."""
    named = seal["info"]["property"]
    try:
        if named["cert_list_type"].native == 1:
            return [each.native for each in named["cert_list"].parse(CertificateList)], []
        return [], [each["value"].native for each in named["cert_list"].parse(CertificateDigests)]
    except READING_FAULTS as error:
        raise UnreadableSeal from error


def _read(form: Any, der: bytes) -> Any:
    try:
        read = form.load(der, strict=True)
        read.native  # noqa: B018  # reads every field, so that nothing fails later
    except READING_FAULTS as error:
        raise UnreadableSeal from error
    return read


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _build(form: Any, values: Any) -> Any:
    return form(values)


def _load(form: Any, der: bytes) -> Any:
    return form.load(der)
