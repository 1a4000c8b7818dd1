"""A service's key is followed by another, which whoever asks for the service's certificate gets from then on."""

import pytest

from tests.cast import Cast
from zhengtong.capabilities.keys.public import KeysRefused, get_key, rotate_key
from zhengtong.capabilities.pki.public import ensure_service_certificate
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


@pytest.mark.django_db
def test_a_seals_key_goes_with_its_seal(cast: Cast) -> None:
    name = signer.create_key("seal-of-rotation-test", Algorithm.SM2, Purpose.SEAL).name
    with pytest.raises(KeysRefused, match="随它的证书或者印章"):
        rotate_key(actor=cast.keeper1, name=name, reason="x")
    unused = signer.create_key("timestamp-of-rotation-test", Algorithm.SM2, Purpose.TIMESTAMP).name
    with pytest.raises(KeysRefused, match="没有证书在用它"):
        rotate_key(actor=cast.keeper1, name=unused, reason="x")
