"""A service's key is followed by another, which whoever asks for the service's certificate gets from then on."""

import pytest
from django.db import transaction

from tests.cast import Cast
from zhengtong.capabilities.keys.public import KeysRefused, get_key, rotate_key
from zhengtong.capabilities.pki.public import ensure_service_certificate, prepare_trust
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.kernel.policy import Denied


@pytest.mark.django_db
@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.SM2])
def test_rotate_the_time_stamps_key(cast: Cast, algorithm: Algorithm) -> None:
    before = ensure_service_certificate("timestamp", algorithm)
    name = rotate_key(actor=cast.keeper1, name=before.key_name, reason="三年到期")
    after = ensure_service_certificate("timestamp", algorithm)
    assert after.key_name == name != before.key_name
    assert get_key(name).predecessor == before.key_name
    assert signer.sign(name, b"x", purpose=Purpose.TIMESTAMP)
    with pytest.raises(Denied):
        rotate_key(actor=cast.approver, name=name, reason="x")


@pytest.mark.django_db(transaction=True)
def test_the_old_key_goes_with_the_commit_and_stays_when_it_is_undone(cast: Cast) -> None:
    # Of its own: the rows come back after the test, the keys of the signer don't.
    prepare_trust(ends_after=ensure_service_certificate("timestamp", Algorithm.SM2).not_after)
    old = ensure_service_certificate("timestamp", Algorithm.SM2).key_name

    def rotate_and_fail() -> None:
        with transaction.atomic():
            rotate_key(actor=cast.keeper1, name=old, reason="三年到期")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        rotate_and_fail()
    assert (ensure_service_certificate("timestamp", Algorithm.SM2).key_name, get_key(old).ended_at) == (old, None)
    rotate_key(actor=cast.keeper1, name=old, reason="三年到期")
    assert get_key(old).ended_at is not None


@pytest.mark.django_db
def test_a_seals_key_goes_with_its_seal(cast: Cast) -> None:
    name = signer.create_key("seal-of-rotation-test", Algorithm.SM2, Purpose.SEAL).name
    with pytest.raises(KeysRefused, match="随它的证书或者印章"):
        rotate_key(actor=cast.keeper1, name=name, reason="x")
    unused = signer.create_key("timestamp-of-rotation-test", Algorithm.SM2, Purpose.TIMESTAMP).name
    with pytest.raises(KeysRefused, match="没有证书在用它"):
        rotate_key(actor=cast.keeper1, name=unused, reason="x")
