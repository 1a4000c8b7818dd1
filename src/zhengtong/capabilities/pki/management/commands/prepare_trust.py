"""Makes the authorities, the certificates of services and the data keys, as far as they are missing. Safe to repeat."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zhengtong.capabilities.pki.services.founding import prepare_trust
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable, prepare_data_keys, signer

# The signer is started beside this command and needs a moment, longer when it makes its token.
PATIENCE_SECONDS = 20.0


def await_signer() -> None:
    """Return when the signer answers, whatever it says. Raises SignerUnavailable when it doesn't for too long."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            signer.get_public_key("")
        except SignerRefused:
            return
        except SignerUnavailable:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


class Command(BaseCommand):
    help = "建立根证书、颁发机构、各服务的证书和数据密钥；需要签名服务已经启动，重复执行不会重复建立。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            await_signer()
            made = [*prepare_trust(), *(str(key) for key in prepare_data_keys())]
        except (SignerUnavailable, SignerRefused) as error:
            raise CommandError(str(error)) from error
        for title in made:
            self.stdout.write(title)
