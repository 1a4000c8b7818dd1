"""A chain is judged: the right one passes, and every wrong one is refused by a sentence of its own."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from asn1crypto import keys, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.pki.domain import certificates as building
from zhengtong.capabilities.pki.domain.names import BOUNDS, Subject, UnusableName, check_hosts, check_parts
from zhengtong.capabilities.pki.domain.profiles import get_profile
from zhengtong.core.crypto import sm2
from zhengtong.core.crypto.public import Algorithm
from zhengtong_verify.chain import Unreadable, check_chain, parse_certificate, parse_list

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
KINDS = (Algorithm.P256, Algorithm.SM2)


@cache
def _key(name: str, algorithm: Algorithm) -> tuple[bytes, building.Sign]:
    """Return the public side of a key and what signs with it, as the signer would."""
    if algorithm is Algorithm.SM2:
        private = sm2.PrivateKey(sm2.generate())
        return private.public(), private.sign
    key = ec.generate_private_key(ec.SECP256R1())
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return spki, lambda message: key.sign(message, ec.ECDSA(hashes.SHA256()))


def _issuing(name: str, key: str, algorithm: Algorithm) -> building.Issuing:
    spki, sign = _key(key, algorithm)
    identifier = building.key_identifier(keys.PublicKeyInfo.load(spki))
    return building.Issuing(Subject({"common_name": name}).to_name(), identifier, algorithm, sign)


def _make(
    name: str,
    by: str,
    algorithm: Algorithm = Algorithm.P256,
    *,
    profile: str = "",
    key: str = "",
    by_key: str = "",
    path_length: int | None = None,
    start: datetime = NOW - YEAR,
    end: datetime = NOW + YEAR,
    serial: int = 0,
) -> bytes:
    return building.make_certificate(
        issuing=_issuing(by, by_key or by, algorithm),
        subject=Subject({"common_name": name}),
        spki=_key(key or name, algorithm)[0],
        serial=serial or building.new_serial(),
        not_before=start,
        not_after=end,
        profile=get_profile(profile) if profile else None,
        path_length=path_length,
    )


def _list(
    by: str, *entries: building.RevokedEntry, algorithm: Algorithm = Algorithm.P256, at: datetime = NOW, number: int = 1
) -> bytes:
    issuing = _issuing(by, by, algorithm)
    until = at + timedelta(days=7)
    return building.make_list(issuing=issuing, number=number, this_update=at, next_update=until, entries=entries)


@pytest.mark.parametrize("algorithm", KINDS)
def test_the_right_chain_passes_in_any_order(algorithm: Algorithm) -> None:
    root, middle = _make("根", "根", algorithm, path_length=1), _make("中", "根", algorithm, path_length=0)
    leaf = _make("林国栋", "中", algorithm, profile="person")
    lists = [_list("根", algorithm=algorithm), _list("中", algorithm=algorithm)]
    verdict = check_chain(
        leaf,
        anchors=[root],
        intermediates=[leaf, root, middle],
        at=NOW,
        lists=lists,
        usage="non_repudiation",
        extended_usage="client_auth",
        needs_status=True,
    )
    assert verdict.is_valid
    assert verdict.is_status_known
    assert verdict.chain == (leaf, middle, root)
    # An issuing authority may be what is trusted.
    assert check_chain(leaf, anchors=[middle], at=NOW).is_valid


@pytest.mark.parametrize("algorithm", KINDS)
@pytest.mark.parametrize("place", ["tbs", "signature"])
def test_a_changed_byte_breaks_the_signature(algorithm: Algorithm, place: str) -> None:
    root = _make("根", "根", algorithm)
    twin = bytearray(_make("林国栋", "根", algorithm, profile="person"))
    twin[-1 if place == "signature" else twin.index("林国栋".encode())] ^= 1
    assert check_chain(bytes(twin), anchors=[root], at=NOW).codes == ("broken-signature",)


def test_clock_edges() -> None:
    root = _make("根", "根")
    leaf = _make("林国栋", "根", profile="person", start=NOW, end=NOW + timedelta(days=1))
    last = NOW + timedelta(days=1)
    assert check_chain(leaf, anchors=[root], at=NOW).is_valid
    assert check_chain(leaf, anchors=[root], at=last).is_valid
    assert check_chain(leaf, anchors=[root], at=NOW - timedelta(seconds=1)).codes == ("not-yet-valid",)
    late = check_chain(leaf, anchors=[root], at=last + timedelta(seconds=1))
    assert late.codes == ("expired",)
    assert "过期" in late.problems[0].sentence
    beyond = _make("远", "根", profile="person", end=datetime(2060, 1, 1, tzinfo=UTC))
    assert parse_certificate(beyond).not_valid_after.year == 2060


def test_an_impostor_with_the_same_name_is_refused() -> None:
    root, false_root = _make("根", "根"), _make("根", "根", key="假", by_key="假")
    leaf = _make("林国栋", "根", by_key="假", profile="person")
    assert check_chain(leaf, anchors=[root], intermediates=[false_root], at=NOW).codes == ("self-signed",)
    assert check_chain(false_root, anchors=[root], at=NOW).codes == ("self-signed",)
    alone = check_chain(leaf, anchors=[_make("别的", "别的")], at=NOW)
    assert alone.codes == ("untrusted",)


def test_who_is_no_authority_certifies_nobody() -> None:
    root, person = _make("根", "根"), _make("林国栋", "根", profile="person")
    leaf = _make("冒名", "林国栋", profile="person")
    assert "not-an-authority" in check_chain(leaf, anchors=[root], intermediates=[person], at=NOW).codes
    flat = _make("平", "平", path_length=0)
    below = _make("下", "平")
    deep = _make("深", "下", profile="person")
    assert "path-too-long" in check_chain(deep, anchors=[flat], intermediates=[below], at=NOW).codes


def test_wrong_usage() -> None:
    root, leaf = _make("根", "根"), _make("站", "根", profile="device")
    assert check_chain(leaf, anchors=[root], at=NOW, usage="key_encipherment").codes == ("wrong-usage",)
    verdict = check_chain(leaf, anchors=[root], at=NOW, extended_usage="time_stamping")
    assert verdict.problems[0].sentence == "“站”不能用于时间戳。"
    plain = _make("章", "根", profile="seal")
    assert check_chain(plain, anchors=[root], at=NOW, extended_usage="time_stamping").codes == ("wrong-usage",)


def test_revoked_before_and_after_the_moment() -> None:
    root, leaf = _make("根", "根"), _make("林国栋", "根", profile="person", serial=4711)
    entry = building.RevokedEntry(4711, NOW - timedelta(days=10), "key_compromise")
    known = _list("根", entry)
    verdict = check_chain(leaf, anchors=[root], at=NOW, lists=[known])
    assert verdict.codes == ("revoked",)
    assert "密钥泄露" in verdict.problems[0].sentence
    # What was signed before, with a time stamp to prove it, stays as it was.
    assert check_chain(leaf, anchors=[root], at=NOW - timedelta(days=11), lists=[known]).is_valid
    assert check_chain(leaf, anchors=[root], at=NOW - timedelta(days=10), lists=[known]).codes == ("revoked",)


def test_only_a_list_that_counts_is_believed() -> None:
    root, leaf = _make("根", "根"), _make("林国栋", "根", profile="person", serial=4711)
    entry = building.RevokedEntry(4711, NOW - timedelta(days=30), "superseded")
    forged = building.make_list(
        issuing=_issuing("根", "假", Algorithm.P256),
        number=9,
        this_update=NOW,
        next_update=NOW + YEAR,
        entries=[entry],
    )
    old = _list("根", at=NOW - timedelta(days=8))
    for lists in ([forged], [old], [b"noise"], []):
        verdict = check_chain(leaf, anchors=[root], at=NOW, lists=lists)
        assert verdict.is_valid
        assert not verdict.is_status_known
        assert check_chain(leaf, anchors=[root], at=NOW, lists=lists, needs_status=True).codes == ("status-unknown",)
    # Of two of one second the higher number is the newer one.
    both = [_list("根", entry, number=8), _list("根", number=7)]
    assert check_chain(leaf, anchors=[root], at=NOW, lists=both).codes == ("revoked",)


def test_a_weak_key_and_an_unreadable_file() -> None:
    key = rsa.generate_private_key(65537, 1024)
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    leaf = building.make_certificate(
        issuing=_issuing("根", "根", Algorithm.P256),
        subject=Subject({"common_name": "弱"}),
        spki=spki,
        serial=7,
        not_before=NOW - YEAR,
        not_after=NOW + YEAR,
        profile=get_profile("person"),
    )
    assert check_chain(leaf, anchors=[_make("根", "根")], at=NOW).codes == ("weak-key",)
    assert check_chain(b"%PDF-1.7", anchors=[], at=NOW).codes == ("unreadable",)


@given(st.binary(max_size=400))
def test_noise_is_unreadable(noise: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_certificate(noise)
    with pytest.raises(Unreadable):
        parse_list(noise)


@given(st.data())
def test_a_cut_or_changed_certificate_never_passes(data: st.DataObject) -> None:
    root, leaf = _whole()
    place = data.draw(st.integers(0, len(leaf) - 1))
    twin = bytearray(leaf)
    twin[place] ^= 1 << data.draw(st.integers(0, 7))
    assert not check_chain(bytes(twin), anchors=[root], at=NOW).is_valid
    assert not check_chain(leaf[:place], anchors=[root], at=NOW).is_valid


@cache
def _whole() -> tuple[bytes, bytes]:
    return _make("根", "根"), _make("林国栋", "根", profile="person")


TEXT = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=64)


@given(st.dictionaries(st.sampled_from([k for k in BOUNDS if k not in ("country_name", "serial_number")]), TEXT))
def test_names_come_back_as_they_went_in(parts: dict[str, str]) -> None:
    """Whatever is accepted is the same after a way through DER; the rest is refused, never cut."""
    given_parts = {"common_name": "甲"} | parts
    try:
        checked = check_parts(given_parts)
    except UnusableName:
        return
    name = x509.Name.load(Subject(given_parts).to_name().dump())
    assert name.native == checked


@given(st.text(max_size=80))
def test_hosts_are_whole_names_or_refused(text: str) -> None:
    try:
        found = check_hosts((text,))
    except UnusableName:
        return
    assert len(found) == 1
    assert found[0].isascii()
    assert "*" not in found[0]
    assert " " not in found[0]


@pytest.mark.parametrize(
    "host", ["*.a.cn", "localhost", "a..cn", "-a.cn", "1.2.3.400", "a.cn/x", "a b.cn", "", "a" * 64 + ".cn"]
)
def test_hosts_that_nobody_certifies(host: str) -> None:
    with pytest.raises(UnusableName):
        check_hosts((host,))


def test_chinese_hosts_are_written_as_the_network_does() -> None:
    assert check_hosts(("政务.cn", "2001:db8::1", "A.CN", "a.cn")) == ["xn--zfr164b.cn", "2001:db8::1", "a.cn"]
