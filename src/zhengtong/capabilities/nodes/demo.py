"""The demo city's node and one neighbour that joined it: by the services, and with nothing claimed that isn't there.

The county's platform is made up: its card is signed with keys that nobody keeps, and nothing answers at its address.
So the link is shown as it is, not connected, and what was sent waits in line.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from zhengtong.capabilities.nodes.bundle import Bundle, Shown, now_text, read_bundle
from zhengtong.capabilities.nodes.domain import OUTER
from zhengtong.capabilities.nodes.models import CertificateUse, Level, Node, Relation
from zhengtong.capabilities.nodes.notices import send_notice
from zhengtong.capabilities.nodes.services.joining import apply_node, approve_node, assess_node
from zhengtong.capabilities.nodes.services.links import connect_node
from zhengtong.capabilities.nodes.services.own import set_up_own_node
from zhengtong.capabilities.pki.public import get_profile
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Algorithm
from zhengtong.core.identity.public import (
    Account,
    Organisation,
    Reach,
    Refused,
    appoint,
    create_staff_account,
    get_account_actor,
    grant_role,
    open_post,
)
from zhengtong.kernel.demo import DemoAccount, DemoContext, held_jobs
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import SYSTEM, Actor

title = "节点互联"
PASSWORD = "anlan-demo-2026"
BUREAU = "安澜市政务服务数据管理局"
# User name, name, post, role. What runs on the platform gives them more roles.
_PEOPLE = (
    ("data_operator", "向北川", "数据平台运维", "node_operator"),
    ("node_approver", "商予安", "节点审批人", "node_approver"),
)
ACCOUNTS = tuple(DemoAccount(user, PASSWORD, name, post, BUREAU) for user, name, post, _role in _PEOPLE)
# Addresses of RFC 5737 and RFC 2606, kept for examples: nobody is there.
OWN_ADDRESS: Final = "https://exchange.anlan.example:9443"
COUNTY_ADDRESS: Final = "https://192.0.2.18:9443"


def load(context: DemoContext) -> None:
    """Appoint who looks after links, say who this platform is, let the county join, and write to it."""
    office = Organisation.objects.get(name=BUREAU)
    for person in _PEOPLE:
        _appoint(context, office, *person)
    operator, approver = _actor("data_operator"), _actor("node_approver")
    set_up_own_node(
        actor=operator,
        organisation=office,
        code="anlan",
        name="安澜市政务数据节点",
        level=Level.CITY,
        zone=OUTER,
        address=OWN_ADDRESS,
    )
    with held_jobs():
        node = _join(operator, approver, _make_card())
        _try_link(operator, node)
        _write(operator, node)
    record(SYSTEM, "demo.load", ("nodes", context.seed), after={"nodes": Node.objects.count()})


def _appoint(context: DemoContext, office: Organisation, user: str, name: str, title: str, role: str) -> None:
    # A city that was loaded before there were links has these people already.
    held = Account.objects.filter(username=user).first()
    if held is not None:
        post = held.staff.appointments.select_related("post").get(post__title=title).post
    else:
        post = open_post(actor=SYSTEM, organisation=office, title=title)
    grant_role(actor=SYSTEM, post=post, role=role, reach=Reach.REGION)
    if held is None:
        staff = create_staff_account(actor=SYSTEM, username=user, password=PASSWORD, name=name)
        appoint(actor=SYSTEM, staff=staff, post=post, start_date=context.today - timedelta(days=400))


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _join(operator: Actor, approver: Actor, card: bytes) -> Node:
    reason = "按市级平台接入要求，向市里报送婚姻登记、低保等业务数据，接收市级回流数据。"
    node = apply_node(actor=operator, bundle=card, relation=Relation.BELOW, reason=reason)
    assessment = "政务外网链路已开通，系统通过等级保护二级测评，数据需求和职责相符。"
    node = assess_node(actor=operator, node=node, assessment=assessment)
    return approve_node(actor=approver, node=node, compared=read_bundle(card).code_to_compare)


def _try_link(operator: Actor, node: Node) -> None:
    """Try to shake hands, as the operator would; that nobody answers is what is kept."""
    try:
        connect_node(actor=operator, node=node)
    except Refused:
        node.refresh_from_db()


def _write(operator: Actor, node: Node) -> None:
    """Put two notices in line, and have one refused at the boundary of what may be sent at all."""
    send_notice(
        actor=operator,
        node=node,
        title="接入联调安排",
        text="请贵县启动交换服务后回复，双方约定时间核对链路、时钟和证书校验码。",
    )
    send_notice(
        actor=operator,
        node=node,
        title="共享数据目录更新",
        text="市民政局发布了最低生活保障家庭信息，请按职责提出共享申请。",
        mark=Mark.PUBLIC,
    )
    try:
        send_notice(
            actor=operator,
            node=node,
            title="保障方案（误标为秘密的演示件）",
            text="演示：标注为秘密的内容在发出前被拦下，原因记入审计日志。",
            mark=Mark.SECRET,
        )
    except Refused as refused:
        if refused.code != "boundary":
            raise


# The county's card --------------------------------------------------------------------------------------


def _make_card() -> bytes:
    """Return the card of another platform as that platform would have exported it; its keys end here."""
    authority = ec.generate_private_key(ec.SECP256R1())
    root = _certify("禾溪县政务数据节点根证书", authority, authority, None)
    content_key = ec.generate_private_key(ec.SECP256R1())
    content = _certify(
        "禾溪县政务数据节点内容签名", content_key, authority, root, policy=get_profile("content").policy_oid
    )
    shown = [Shown(CertificateUse.ROOT, root.public_bytes(Encoding.DER))]
    for use, name, usage in (
        (CertificateUse.CLIENT, "hexi-client", ExtendedKeyUsageOID.CLIENT_AUTH),
        (CertificateUse.SERVER, "hexi-server", ExtendedKeyUsageOID.SERVER_AUTH),
    ):
        made = _certify(name, ec.generate_private_key(ec.SECP256R1()), authority, root, usage=usage)
        shown.append(Shown(use, made.public_bytes(Encoding.DER)))
    card = Bundle(
        code="hexi",
        name="禾溪县政务数据节点",
        operator="禾溪县政务服务数据管理局",
        region="禾溪县",
        level=Level.COUNTY,
        zone=OUTER,
        address=COUNTY_ADDRESS,
        largest_mb=64,
        issued_at=now_text(),
        certificates=tuple(shown),
    )
    signature = content_key.sign(card.text, ec.ECDSA(hashes.SHA256()))
    given = {
        "card": json.loads(card.text),
        "algorithm": str(Algorithm.P256),
        "signature": base64.b64encode(signature).decode(),
        "certificates": [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in (content, root)],
    }
    return json.dumps(given, ensure_ascii=False, indent=1).encode()


def _certify(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    authority: ec.EllipticCurvePrivateKey,
    root: x509.Certificate | None,
    *,
    usage: x509.ObjectIdentifier | None = None,
    policy: str = "",
) -> x509.Certificate:
    """Return a certificate for ``key``; without a ``root`` it is the root itself."""
    now = datetime.now(UTC)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "禾溪县政务服务数据管理局"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    is_root = root is None
    bits = x509.KeyUsage(not is_root, False, False, False, False, is_root, is_root, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if root is None else root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=3650 if is_root else 365))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(bits, critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if policy:
        information = x509.PolicyInformation(x509.ObjectIdentifier(policy), None)
        builder = builder.add_extension(x509.CertificatePolicies([information]), critical=False)
    return builder.sign(authority, hashes.SHA256())
