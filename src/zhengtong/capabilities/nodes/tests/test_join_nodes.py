"""Another platform joins: by its card, assessed, approved by a second person who compared the code; and ends."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from zhengtong.capabilities.nodes.bundle import read_bundle
from zhengtong.capabilities.nodes.domain import say_fingerprints
from zhengtong.capabilities.nodes.models import CertificateUse, Node, OwnCertificate
from zhengtong.capabilities.nodes.presented import Turned, find_by_certificate
from zhengtong.capabilities.nodes.services.joining import (
    apply_node,
    approve_node,
    approve_renewal,
    assess_node,
    renew_node,
    revoke_node,
    suspend_node,
)
from zhengtong.capabilities.nodes.services.own import (
    end_own_certificate,
    export_own_bundle,
    keys_folder,
    renew_own_certificate,
)
from zhengtong.capabilities.nodes.tests.office import make_actor, set_up
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.policy import Actor, Denied

People = tuple[Actor, Actor]


def make_card(operator: Actor, *, code: str = "city", zone: str = "outer") -> bytes:
    """Return the card of another platform: this one exports it under another name, then is itself again."""
    set_up(operator, code=code, zone=zone)
    card = export_own_bundle(actor=operator)
    set_up(operator)
    return card


def join(people: People, card: bytes) -> Node:
    operator, approver = people
    node = apply_node(actor=operator, bundle=card, relation="above", reason="向市里报送数据")
    assess_node(actor=operator, node=node, assessment="网络已通，等保二级")
    return approve_node(actor=approver, node=node, compared=read_bundle(card).code_to_compare)


def test_a_node_joins_in_three_steps_by_two_people(people: People) -> None:
    operator, approver = people
    card = make_card(operator)
    node = apply_node(actor=operator, bundle=card, relation="above", reason="向市里报送数据")
    assert node.state == "applied"
    assert not any(each.is_trusted for each in node.certificates.all())
    client = next(each for each in read_bundle(card).certificates if each.use == CertificateUse.CLIENT)
    with pytest.raises(Turned) as turned:
        find_by_certificate(client.der)
    assert (turned.value.status, turned.value.code) == (403, "not-approved")
    assess_node(actor=operator, node=node, assessment="网络已通，等保二级")
    assert WorkItem.objects.get(kind="nodes.joining", state="open").permission == "nodes.approve"

    compared = say_fingerprints(each.fingerprint for each in read_bundle(card).certificates)
    with pytest.raises(Refused) as refused:
        approve_node(actor=approver, node=node, compared="0000 1111")
    assert refused.value.code == "different"
    approved = approve_node(actor=approver, node=node, compared=compared.lower().replace(" ", ""))

    assert approved.state == "approved"
    assert find_by_certificate(client.der) == node
    acts = AuditRecord.objects.filter(object_kind="nodes.node").order_by("id").values_list("action", flat=True)
    assert list(acts) == ["nodes.apply", "nodes.assess", "nodes.approve"]
    assert not WorkItem.objects.filter(kind="nodes.joining", state="open").exists()


def test_who_applied_or_assessed_doesnt_approve(people: People) -> None:
    operator, _approver = people
    office = Organisation.objects.get(pk=operator.organisation or 0)
    both = make_actor("both", "万全能", office, "node_operator", "node_approver")
    card = make_card(operator)
    node = apply_node(actor=both, bundle=card, relation="above", reason="报送")
    assess_node(actor=operator, node=node, assessment="可以")
    with pytest.raises(Refused) as refused:
        approve_node(actor=both, node=node, compared=read_bundle(card).code_to_compare)
    assert refused.value.code == "same-person"
    with pytest.raises(Denied):
        approve_node(actor=operator, node=node, compared=read_bundle(card).code_to_compare)


def test_a_card_that_was_altered_cut_or_isnt_one_is_refused(people: People) -> None:
    operator, _approver = people
    card = make_card(operator)
    told = json.loads(card)
    told["card"]["address"] = "https://10.0.0.66:9443"
    cases = {
        "altered": json.dumps(told).encode(),
        "unreadable": card[: len(card) // 2],
        "too-large": b" " * (300 * 1024),
    }
    for code, content in cases.items():
        with pytest.raises(Refused) as refused:
            apply_node(actor=operator, bundle=content, relation="above", reason="报送")
        assert refused.value.code == code
    own = export_own_bundle(actor=operator)
    with pytest.raises(Refused) as refused:
        apply_node(actor=operator, bundle=own, relation="above", reason="报送")
    assert refused.value.code == "own"
    assert not Node.objects.exists()


def test_the_classified_network_cant_be_registered(people: People) -> None:
    operator, _approver = people
    told = json.loads(make_card(operator))
    told["card"]["zone"] = "classified"
    with pytest.raises(Refused) as refused:
        apply_node(actor=operator, bundle=json.dumps(told).encode(), relation="above", reason="报送")
    assert refused.value.code == "classified"
    with pytest.raises(Refused) as refused:
        set_up(operator, zone="classified")
    assert refused.value.code == "classified"


def test_certificates_change_with_an_overlap_in_which_both_count(people: People) -> None:
    operator, approver = people
    first = make_card(operator)
    node = join(people, first)
    old = {each.fingerprint for each in node.certificates.filter(use=CertificateUse.CLIENT)}
    set_up(operator, code="city")
    renewed = renew_own_certificate(actor=operator, use="client", days=0)
    before = OwnCertificate.objects.filter(use="client").exclude(pk=renewed.pk).get()
    end_own_certificate(actor=operator, certificate=before)
    second = export_own_bundle(actor=operator)
    set_up(operator)

    renew_node(actor=operator, node=node, bundle=second)
    with pytest.raises(Turned):
        find_by_certificate(bytes(renewed.der))
    approve_renewal(actor=approver, node=node, compared=read_bundle(second).code_to_compare, overlap_days=30)

    assert find_by_certificate(bytes(renewed.der)) == find_by_certificate(bytes(before.der)) == node
    line = node.certificates.get(fingerprint__in=old)
    assert line.trusted_until is not None
    left = line.trusted_until - timezone.now()
    assert timedelta(days=29) < left <= timedelta(days=30)
    node.certificates.filter(pk=line.pk).update(trusted_until=timezone.now())
    with pytest.raises(Turned) as turned:
        find_by_certificate(bytes(before.der))
    assert turned.value.code == "certificate-ended"


def test_the_last_certificate_of_a_use_cant_be_ended(people: People) -> None:
    operator, _approver = people
    set_up(operator)
    only = OwnCertificate.objects.get(use="client")
    with pytest.raises(Refused) as refused:
        end_own_certificate(actor=operator, certificate=only)
    assert refused.value.code == "last"


def test_keys_of_links_are_readable_by_the_platform_alone(people: People) -> None:
    set_up(people[0])
    for each in OwnCertificate.objects.all():
        assert (keys_folder() / each.key_file).stat().st_mode & 0o777 == 0o600
    assert keys_folder().stat().st_mode & 0o777 == 0o700


def test_a_revoked_node_is_heard_no_more_and_may_apply_again(people: People) -> None:
    operator, approver = people
    card = make_card(operator)
    node = join(people, card)
    Node.objects.update(state="connected")
    suspend_node(actor=operator, node=node, reason="对方检修")
    revoked = revoke_node(actor=approver, node=node, reason="机构合并")
    assert revoked.state == "revoked"
    client = next(each for each in read_bundle(card).certificates if each.use == CertificateUse.CLIENT)
    with pytest.raises(Turned) as turned:
        find_by_certificate(client.der)
    assert turned.value.status == 403
    again = join(people, card)
    assert (again.pk, again.state) == (node.pk, "approved")
    assert find_by_certificate(client.der) == node
