"""What certificates and profiles are in words: usages, parts of a name."""

from dataclasses import dataclass

from asn1crypto.x509 import Certificate as Parsed
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki.domain.names import BOUNDS, TITLES
from zhengtong.capabilities.pki.domain.profiles import list_profiles
from zhengtong.capabilities.pki.models import Certificate, CertificateApplication
from zhengtong.kernel.modules import Text

USAGES: dict[str, Text] = {
    "digital_signature": _("数字签名"),
    "non_repudiation": _("不可否认签名"),
    "key_encipherment": _("密钥加密"),
    "data_encipherment": _("数据加密"),
    "key_agreement": _("密钥协商"),
    "client_auth": _("客户端身份"),
    "server_auth": _("服务器身份"),
    "email_protection": _("电子邮件"),
    "time_stamping": _("时间戳"),
    "ocsp_signing": _("证书状态答复"),
}
APPLICANTS: dict[str, Text] = {
    "person": _("本人"),
    "entity": _("企业的法定代表人、经办人"),
    "officer": _("证书录入员"),
    "service": _("平台自动办理"),
}


@dataclass(frozen=True)
class DescribedProfile:
    """A profile for a page."""

    code: str
    title: str
    about: str
    days: int
    usages: list[Text]
    applicants: list[Text]
    policy_oid: str


def describe_profiles() -> list[DescribedProfile]:
    """Return all profiles in words, in their order."""
    return [
        DescribedProfile(
            code=each.code,
            title=each.title,
            about=each.about,
            days=each.days,
            usages=[USAGES[usage] for usage in USAGES if usage in each.key_usage | set(each.extended_key_usage)],
            applicants=[APPLICANTS[who] for who in APPLICANTS if who in each.applicants],
            policy_oid=each.policy_oid,
        )
        for each in list_profiles().values()
    ]


def list_hosts(certificate: Certificate) -> list[str]:
    """Return the names and addresses that a certificate speaks for."""
    parsed = Parsed.load(bytes(certificate.der))
    return [*parsed.valid_domains, *parsed.valid_ips] if parsed.subject_alt_name_value is not None else []


def describe_application(application: CertificateApplication) -> list[tuple[Text, str]]:
    """Return what the certificate will say, part by part."""
    found = [(TITLES[key], application.parts[key]) for key in BOUNDS if key in application.parts]
    if application.hosts:
        found.append((_("域名和地址"), "、".join(application.hosts)))
    return found
