"""The ceremony of the demo city: its three custodians are seated, so that two of them can decide."""

from pathlib import Path

from django.conf import settings

from zhengtong.capabilities.keys.selectors import get_custody, list_candidates
from zhengtong.capabilities.keys.services import ask_custodians, copy_ledger, enroll_custodian
from zhengtong.capabilities.keys.words import Work
from zhengtong.core.crypto.public import SignerUnavailable
from zhengtong.core.identity.public import get_account_actor
from zhengtong.kernel.demo import DemoContext

title = "密钥保管员"
# What each types in beside her own name; documented for the demo, made up anew in a real city.
SECRET = "anlan-keeper-2026"


def load(context: DemoContext) -> None:
    """Seat keeper1 to keeper3 where this machine's signer has free seats; another signer is left as it is."""
    code = Path(settings.DATA_DIR) / "signer" / "ceremony-code"
    try:
        if not get_custody().is_ceremony_open or not code.exists():
            return
        keepers = [get_account_actor(each.staff.account) for each in list_candidates()]
        for keeper in keepers[:3]:
            enroll_custodian(actor=keeper, secret=SECRET, code=code.read_text())
        if keepers and not get_custody().is_ceremony_open:
            ask_custodians(actor=keepers[0], work=Work.ROTATE_KEK, reason="年度更换，按密钥管理制度第十二条。")
        copy_ledger()
    except SignerUnavailable:
        return
