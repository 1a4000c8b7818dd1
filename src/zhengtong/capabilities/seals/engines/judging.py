"""What is asked of every seal, whatever the file's form: its time, its certificate, its standing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import cms, tsp, x509
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.engines.cms_checks import digest_of
from zhengtong.capabilities.seals.engines.report import Check, failed, passed, unknown
from zhengtong.capabilities.seals.engines.trust import Anchors
from zhengtong_verify.chain import check_chain, name_of
from zhengtong_verify.faults import READING_FAULTS
from zhengtong_verify.timestamp import check_token


@dataclass(frozen=True, slots=True)
class Standing:
    """How the platform knows a seal: whether it was in use when it sealed, and what is known of it now."""

    code: str
    name: str
    was_in_use: bool
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A file that the platform knows: what it is called there."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Register:
    """What the platform's rows answer: a seal by its certificate's fingerprint and the time, a file by its digest."""

    find_seal: Callable[[str, datetime], Standing | None]
    find_document: Callable[[str], Origin | None]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a seal was put on: proved by a time stamp, or only said."""

    at: datetime | None
    is_proved: bool


def show_moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i:s")


def check_time(
    token: bytes, signature: bytes, said: datetime | None, anchors: Anchors, lists: Iterable[bytes] = ()
) -> tuple[Check, Moment]:
    """Judge the time stamp over ``signature``."""
    name = _("盖章时间")
    if not token:
        if said is None:
            return unknown("time", name, _("文件里没有写盖章时间，也没有时间戳。")), Moment(None, is_proved=False)
        sentence = _("没有可信的时间戳。文件里写的时间是 %(at)s，是盖章的电脑自己写的，不能作准。")
        return unknown("time", name, sentence % {"at": show_moment(said)}), Moment(said, is_proved=False)
    algorithm = _imprint_of(token)
    try:
        digest = digest_of(algorithm, signature)
    except ValueError:
        return failed("time", name, _("时间戳用了不认识的摘要算法。")), Moment(said, is_proved=False)
    verdict = check_token(
        token,
        digest,
        anchors=anchors.all,
        algorithm=algorithm,
        intermediates=anchors.intermediates,
        lists=[*lists, *anchors.lists],
    )
    if verdict.at is None or not verdict.is_valid:
        problem = verdict.problems[0]
        make = unknown if problem.code in ("untrusted", "self-signed") else failed
        sentence = _("时间戳不能认可：%(why)s") % {"why": problem.sentence}
        return make("time", name, sentence), Moment(said, is_proved=False)
    sentence = _("时间戳证明印章在 %(at)s 之前已经盖好，时间由“%(authority)s”证明。")
    values = {"at": show_moment(verdict.at), "authority": verdict.authority}
    return passed("time", name, sentence % values), Moment(verdict.at, is_proved=True)


def check_certificate(
    certificate: x509.Certificate, given: Iterable[bytes], moment: Moment, anchors: Anchors, lists: Iterable[bytes] = ()
) -> list[Check]:
    """Judge the seal's certificate as of the moment of sealing: who stands for it, and whether it was taken back."""
    at = moment.at or timezone.now()
    name, state_name = _("印章证书"), _("证书是否被吊销")
    lists = [*lists, *anchors.lists]
    verdict = check_chain(
        certificate.dump(),
        anchors=anchors.all,
        intermediates=[*given, *anchors.intermediates],
        at=at,
        lists=lists,
        usage=_usage_of(certificate),
    )
    of_state = [each for each in verdict.problems if each.code in ("revoked", "on-hold", "status-unknown")]
    others = [each for each in verdict.problems if each not in of_state]
    checks: list[Check] = []
    if others:
        sentence = _("证书不能认可：%(why)s") % {"why": " ".join(each.sentence for each in others)}
        checks.append(failed("certificate", name, sentence))
    else:
        root = x509.Certificate.load(verdict.chain[-1])
        words = _("平台的颁发机构") if root.dump() in anchors.roots else _("平台认可的外部颁发机构")
        sentence = _("证书由%(words)s“%(authority)s”颁发，盖章时在有效期内。")
        checks.append(passed("certificate", name, sentence % {"words": words, "authority": name_of(root)}))
    if of_state:
        sentence = " ".join(each.sentence for each in of_state)
        checks.append(failed("revocation", state_name, sentence))
    elif verdict.is_status_known:
        checks.append(passed("revocation", state_name, _("盖章时证书没有被吊销。")))
    else:
        sentence = _("查不到证书在盖章时的状态：没有颁发机构的吊销列表。")
        checks.append(unknown("revocation", state_name, sentence))
    return checks


def check_standing(certificate: x509.Certificate, moment: Moment, register: Register) -> tuple[Check, Standing | None]:
    """Ask the platform how it knows the seal."""
    name = _("印章状态")
    standing = register.find_seal(sha256(certificate.dump()).hexdigest(), moment.at or timezone.now())
    if standing is None:
        return unknown("standing", name, _("这不是本平台登记的印章，它的状态要向盖章单位查询。")), None
    sentence = _("本平台登记的印章“%(name)s”（%(code)s）。盖章时：%(then)s；现在：%(now)s。") % {
        "name": standing.name,
        "code": standing.code,
        "then": standing.then,
        "now": standing.now,
    }
    make = passed if standing.was_in_use else failed
    return make("standing", name, sentence), standing


def holder_of(certificate: x509.Certificate) -> str:
    """Return whom the certificate says it is for: the organisation, and its own name where that says more."""
    names = certificate.subject.native
    organisation, own = names.get("organization_name", ""), names.get("common_name", "")
    if isinstance(organisation, str) and organisation and organisation != own:
        return f"{organisation}（{own}）" if own and not str(own).startswith(organisation) else str(own)
    return name_of(certificate)


def _usage_of(certificate: x509.Certificate) -> str:
    """A seal's certificate signs, or binds; where it says only one of the two, that one is asked for."""
    allowed = certificate.key_usage_value
    if allowed is not None and "digital_signature" not in allowed.native and "non_repudiation" in allowed.native:
        return "non_repudiation"
    return "digital_signature"


def _imprint_of(token: bytes) -> str:
    try:
        content = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"]
        algorithm = tsp.TSTInfo.load(bytes(content))["message_imprint"]["hash_algorithm"]["algorithm"]
        native = str(algorithm.native)
    except READING_FAULTS:
        return "sha256"
    return "sm3" if algorithm.dotted == "1.2.156.10197.1.401" else native
