"""Anybody stamps a digest: the openssl command and asn1crypto judge what comes back, whatever was asked."""

import asyncio
import contextlib
import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, cms, core, tsp
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.sign.timestamps import TimestampRequestError
from pytest_django.fixtures import Settings

from tests.signer import SignerProcess
from zhengtong.capabilities.pki.public import ensure_service_certificate, get_trust_anchors
from zhengtong.capabilities.timestamps import authority
from zhengtong.capabilities.timestamps.clock import ClockPolicy, KernelClock, TrustedClock
from zhengtong.capabilities.timestamps.domain.requests import (
    DIGESTS,
    LONGEST_REQUEST,
    RequestRefused,
    make_request,
    read_request,
)
from zhengtong.capabilities.timestamps.domain.tokens import LOCAL_CLOCK, Moment, TokenMaker, write_time
from zhengtong.capabilities.timestamps.models import OUTSIDE, TimestampToken
from zhengtong.capabilities.timestamps.public import TSA, check_stored, make_token, stamp
from zhengtong.capabilities.timestamps.tests.certificates import make_impostor, write_pem
from zhengtong_verify.timestamp import check_token

ADDRESS, QUERY, REPLY = "/trust/tsa", "application/timestamp-query", "application/timestamp-reply"
MESSAGE = "安澜市人民政府文件".encode()
DIGEST = hashlib.sha256(MESSAGE).digest()


class Reply(core.Sequence):
    """As RFC 3161 has it: a refusal has no token, which asn1crypto's own class does not know."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


parse: Any = Reply.load


def ask(content: bytes, address: str = ADDRESS) -> Any:
    answer = Client().post(address, content, content_type=QUERY)
    assert answer.status_code == 200
    assert answer["Content-Type"] == REPLY
    return parse(answer.content, strict=True)


def refusal(answer: Any) -> set[str]:
    assert answer["status"]["status"].native == "rejection"
    assert answer["status"]["status_string"].native[0]
    assert answer["time_stamp_token"].native is None
    found: set[str] = answer["status"]["fail_info"].native
    return found


def query(**fields: object) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    content: bytes = tsp.TimeStampReq({"version": 1, "message_imprint": imprint} | fields).dump()
    return content


def openssl(folder: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_pem(tmp_path / "root.pem", *_p256_roots())
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "tampered").write_bytes(MESSAGE + b"!")
    return tmp_path


def _p256_roots() -> list[bytes]:
    return [ensure_service_certificate("timestamp", "p256").chain_der()[-1]]


# --- what foreign tools say -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("digest", ["sha256", "sha512", "sm3"])
def test_the_openssl_command_asks_and_accepts_and_refuses_the_tampered_twin(files: Path, digest: str) -> None:
    made = openssl(files, "ts", "-query", "-data", "message", f"-{digest}", "-cert", "-out", "query")
    assert made.returncode == 0, made.stderr
    answer = Client().post(ADDRESS, (files / "query").read_bytes(), content_type=QUERY)
    (files / "reply").write_bytes(answer.content)

    check = ("ts", "-verify", "-in", "reply", "-CAfile", "root.pem")
    for about in (("-queryfile", "query"), ("-data", "message")):
        assert openssl(files, *check, *about).returncode == 0, openssl(files, *check, *about).stderr
    assert openssl(files, *check, "-data", "tampered").returncode != 0

    token = tsp.TimeStampResp.load(answer.content)["time_stamp_token"]
    for place in (answer.content.find(b"Z", 200), len(answer.content) - 5):  # in what is signed, in the signature
        twin = bytearray(answer.content)
        twin[place - 3] ^= 1
        (files / "reply").write_bytes(twin)
        assert openssl(files, *check, "-data", "message").returncode != 0
    kept = TimestampToken.objects.get()
    assert kept.kind == OUTSIDE
    assert kept.algorithm == digest
    assert bytes(kept.token) == token.dump()
    assert check_stored(kept).is_valid


@pytest.mark.django_db
def test_without_certificates_openssl_takes_them_from_its_own_files(files: Path) -> None:
    openssl(files, "ts", "-query", "-data", "message", "-sha256", "-no_nonce", "-out", "query")
    (files / "reply").write_bytes(Client().post(ADDRESS, (files / "query").read_bytes(), content_type=QUERY).content)
    row = ensure_service_certificate("timestamp", "p256")
    write_pem(files / "chain.pem", bytes(row.der), *row.chain_der()[:-1])
    check = ("ts", "-verify", "-in", "reply", "-CAfile", "root.pem", "-queryfile", "query")
    assert openssl(files, *check, "-untrusted", "chain.pem").returncode == 0
    assert openssl(files, *check).returncode != 0


@pytest.mark.django_db
def test_asn1crypto_reads_every_field() -> None:
    answer = ask(query(nonce=12345678901234567890, cert_req=True))
    assert tsp.TimeStampResp.load(answer.dump(), strict=True)["status"]["status"].native == "granted"
    assert answer["status"]["status"].native == "granted"
    signed = answer["time_stamp_token"]["content"]
    info = signed["encap_content_info"]["content"].parsed
    assert info["version"].native == "v1"
    assert info["policy"].dotted == LOCAL_CLOCK
    assert info["message_imprint"]["hashed_message"].native == DIGEST
    assert info["nonce"].native == 12345678901234567890
    assert info["accuracy"].native is None  # a local clock is compared with nothing, and says nothing of itself
    assert abs((info["gen_time"].native - datetime.now(UTC)).total_seconds()) < 5
    assert info["gen_time"].native.microsecond % 1000 == 0
    signer = signed["signer_infos"][0]
    named = next(each for each in signer["signed_attrs"] if each["type"].native == "signing_certificate_v2")
    certificate = named["values"][0]["certs"][0]
    assert certificate["hash_algorithm"]["algorithm"].native == "sha512"  # written out, not left to the default
    assert b"\x60\x86\x48\x01\x65\x03\x04\x02\x03" in certificate.dump()
    assert answer.dump() == parse(answer.dump()).dump(force=True)  # canonical


@pytest.mark.django_db
def test_pyhanko_stamps_without_http() -> None:
    content = asyncio.run(TSA().async_timestamp(DIGEST, "sha256"))
    assert check_token(content.dump(), DIGEST, anchors=_p256_roots()).is_valid
    with pytest.raises(TimestampRequestError, match="摘要算法"):
        asyncio.run(TSA().async_timestamp(bytes(20), "sha1"))


@pytest.mark.django_db
def test_a_token_signed_with_sm2_is_accepted_and_its_twin_is_not() -> None:
    answer = ask(query(cert_req=True), "/trust/tsa/sm2")
    token = answer["time_stamp_token"].dump()
    assert check_token(token, DIGEST, anchors=get_trust_anchors()).is_valid
    assert not check_token(token[:-1] + bytes([token[-1] ^ 1]), DIGEST, anchors=get_trust_anchors()).is_valid


# --- what is kept -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_the_platform_stamps_is_kept_with_what_it_proves() -> None:
    row = stamp(kind="test", key="42", digest=DIGEST)
    verdict = check_stored(row)
    assert verdict.is_valid
    assert verdict.at == row.gen_at
    assert f"{verdict.serial:x}" == row.serial
    row.digest = hashlib.sha256(b"another").hexdigest()
    assert [problem.code for problem in check_stored(row).problems] == ["other-digest"]
    with pytest.raises(ValueError, match="32 bytes"):
        stamp(kind="test", key="42", digest=b"short")


@pytest.mark.django_db
def test_the_same_request_twice_has_two_serials_and_times_in_order() -> None:
    content = query(nonce=7)
    infos = [ask(content)["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed for _ in range(20)]
    assert len({info["serial_number"].native for info in infos}) == 20
    times = [info["gen_time"].native for info in infos]
    assert times == sorted(times)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (query(version=2), "bad_request"),
        (query(message_imprint={"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}), "bad_alg"),
        (query(message_imprint={"hash_algorithm": {"algorithm": "md5"}, "hashed_message": bytes(16)}), "bad_alg"),
        (
            query(message_imprint={"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(20)}),
            "bad_data_format",
        ),
        (query(req_policy="1.2.3.4"), "unaccepted_policy"),
        (query(extensions=[{"extn_id": "2.5.29.15", "critical": False, "extn_value": b""}]), "unaccepted_extensions"),
        (query(nonce=1 << 600), "bad_request"),
        (query() + b"\0", "bad_data_format"),
        (query()[:-1], "bad_data_format"),
        (b"\x05\x00", "bad_data_format"),
        (b"\x30\x80\x00\x00", "bad_data_format"),
        (b"\x30\x84\xff\xff\xff\xff", "bad_data_format"),
        (bytes(LONGEST_REQUEST + 1), "bad_request"),
    ],
)
def test_each_reason_to_refuse_is_its_own(content: bytes, reason: str) -> None:
    assert refusal(ask(content)) == {reason}
    assert not TimestampToken.objects.exists()


@pytest.mark.django_db
def test_two_nonces_are_one_too_many() -> None:
    one = query(nonce=5)
    inside = tsp.TimeStampReq.load(one).contents + core.Integer(6).dump()
    assert refusal(ask(b"\x30" + bytes([len(inside)]) + inside)) == {"bad_data_format"}


@pytest.mark.django_db
def test_the_own_policy_may_be_asked_for() -> None:
    assert ask(query(req_policy=LOCAL_CLOCK))["status"]["status"].native == "granted"


@pytest.mark.django_db
def test_who_asks_too_often_waits_and_nothing_more_is_kept(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"time_stamp": "2/10m/ip"}
    answers = [Client().post(ADDRESS, query(), content_type=QUERY) for _time in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert "太频繁" in answers[2].content.decode()
    assert TimestampToken.objects.filter(kind=OUTSIDE).count() == 2


def test_another_kind_of_body_is_refused_before_it_is_read(client: Client) -> None:
    assert client.post(ADDRESS, b"x", content_type="application/octet-stream").status_code == 415
    assert client.get(ADDRESS).status_code == 405


@given(st.binary(max_size=300))
def test_noise_is_refused_and_never_an_error(content: bytes) -> None:
    with contextlib.suppress(RequestRefused):
        read_request(content)


@given(st.data())
def test_a_changed_octet_is_refused_or_still_the_same_in_the_eyes_of_asn1crypto(data: st.DataObject) -> None:
    content = bytearray(query(nonce=99, cert_req=True, req_policy="1.2.3"))
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = read_request(bytes(content))
    except RequestRefused:
        return
    theirs = tsp.TimeStampReq.load(bytes(content), strict=True)
    assert theirs["message_imprint"].dump() == read.imprint
    assert theirs["message_imprint"]["hashed_message"].native == read.digest
    assert (theirs["nonce"].dump() if theirs["nonce"].native is not None else b"") == read.nonce


@given(
    st.sampled_from(sorted(DIGESTS)),
    st.data(),
    st.none() | st.integers(-(1 << 128), 1 << 128),
    st.booleans(),
    st.booleans(),
)
def test_every_request_that_asn1crypto_can_write_is_read(
    name: str, data: st.DataObject, nonce: int | None, wants: bool, has_null: bool
) -> None:
    dotted, size = DIGESTS[name]
    digest = data.draw(st.binary(min_size=size, max_size=size))
    algorithm = algos.DigestAlgorithm({"algorithm": dotted, **({"parameters": core.Null()} if has_null else {})})
    fields: dict[str, object] = {"message_imprint": {"hash_algorithm": algorithm, "hashed_message": digest}}
    if nonce is not None:
        fields["nonce"] = nonce
    read = read_request(query(cert_req=wants, **fields))
    assert (read.algorithm, read.digest, read.wants_certificates) == (name, digest, wants)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_a_time_is_written_as_it_was_to_the_millisecond(at: datetime) -> None:
    written = core.GeneralizedTime.load(core.GeneralizedTime(contents=write_time(at)).dump())
    assert written.native == at.replace(microsecond=at.microsecond // 1000 * 1000)


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_clock_set_back_stops_the_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_800_000_000_000_000_000]
    clock = TrustedClock(tmp_path / "clock", ClockPolicy.LOCAL, read_time_ns=lambda: now[0])
    monkeypatch.setattr(authority, "_open_clock", lambda folder, policy: clock)
    assert ask(query())["status"]["status"].native == "granted"
    now[0] -= 3600 * 10**9
    assert refusal(ask(query())) == {"time_not_available"}
    now[0] += 3600 * 10**9
    assert ask(query())["status"]["status"].native == "granted"


@pytest.mark.django_db
def test_a_clock_that_is_not_synchronised_stops_an_authority_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = [KernelClock(True, 20_000)]
    clock = TrustedClock(tmp_path / "clock", ClockPolicy.SYNCHRONISED, read_kernel=lambda: state[0])
    monkeypatch.setattr(authority, "_open_clock", lambda folder, policy: clock)
    info = ask(query())["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert info["policy"].dotted != LOCAL_CLOCK
    assert info["accuracy"]["millis"].native == 500
    for bad in (KernelClock(False, 0), KernelClock(True, 600_000)):
        state[0] = bad
        assert refusal(ask(query())) == {"time_not_available"}


@pytest.mark.django_db
def test_a_key_that_is_gone_is_a_system_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    authority.forget_makers()
    row = ensure_service_certificate("timestamp", "p256")
    type(row).objects.filter(pk=row.pk).update(key_name="timestamp-that-is-gone")
    assert refusal(ask(query())) == {"system_failure"}
    authority.forget_makers()


@pytest.mark.django_db
def test_a_signer_that_is_away_is_a_system_failure(settings: object, tmp_path: Path, signer: SignerProcess) -> None:
    authority.forget_makers()
    ask(query())
    signer.stop()
    try:
        assert refusal(ask(query())) == {"system_failure"}
    finally:
        signer.start()
    assert ask(query())["status"]["status"].native == "granted"


# --- what the stand-alone check refuses -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_impostor_with_the_same_names_is_refused() -> None:
    row = ensure_service_certificate("timestamp", "p256")
    certificate, chain, sign = make_impostor(bytes(row.der), row.chain_der())
    maker = TokenMaker(certificate, chain, "p256", sign)
    token = maker.make(make_request(DIGEST, "sha256"), Moment(datetime.now(UTC), LOCAL_CLOCK), 1)
    assert check_token(token, DIGEST, anchors=[chain[-1]]).is_valid
    assert not check_token(token, DIGEST, anchors=get_trust_anchors()).is_valid


@pytest.mark.django_db
def test_the_check_never_fails_and_never_believes_what_was_changed() -> None:
    token, anchors = make_token(DIGEST), get_trust_anchors()
    assert check_token(token, DIGEST, anchors=anchors).is_valid

    @given(st.integers(0, len(token) - 1), st.integers(1, 255))
    def flip(place: int, by: int) -> None:
        changed = bytearray(token)
        changed[place] ^= by
        verdict = check_token(bytes(changed), DIGEST, anchors=anchors)
        # A few octets (a superfluous certificate's, say) are not covered; what is believed stays the same.
        assert not verdict.is_valid or (verdict.at, verdict.serial) == original

    @given(st.binary(max_size=200))
    def noise(content: bytes) -> None:
        assert not check_token(content, DIGEST, anchors=anchors).is_valid

    verdict = check_token(token, DIGEST, anchors=anchors)
    original = (verdict.at, verdict.serial)
    flip()
    noise()
