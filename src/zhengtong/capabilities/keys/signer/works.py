"""What only two custodians together let happen: a new key-encryption key, a key's end, its release, a new seat."""

import base64
import json
import sqlite3
from typing import Any

from zhengtong.capabilities.keys.signer import escrow, ledger
from zhengtong.capabilities.keys.signer.answers import Refused, encode
from zhengtong.capabilities.keys.signer.clock import Clock
from zhengtong.capabilities.keys.signer.custody import Custody
from zhengtong.capabilities.keys.signer.device import Device
from zhengtong.capabilities.keys.signer.keys import ESCROWED, Keys
from zhengtong.capabilities.keys.signer.store import Store
from zhengtong.capabilities.keys.signer.wrapping import Wrapping

WORKS = ("rotate_kek", "destroy", "release", "replace_custodian")
AT_ONCE = ("rotate_kek", "destroy")


class Works:
    def __init__(
        self, store: Store, clock: Clock, keys: Keys, wrapping: Wrapping, custody: Custody, device: Device
    ) -> None:
        self._store, self._clock, self._keys = store, clock, keys
        self._wrapping, self._custody, self._device = wrapping, custody, device

    def ask(
        self, work: str, subject: str, detail: dict[str, Any], *, reason: str, requester: str, requester_name: str
    ) -> tuple[int, str]:
        """Open a request after looking whether it could be done at all."""
        if work not in WORKS:
            raise Refused("unknown_work", "没有这种需要保管员批准的事项。")
        if work in ("destroy", "release"):
            row = self._keys.find(subject)
            if row["state"] == "destroyed":
                raise Refused("key_destroyed", f"密钥“{subject}”已经销毁。")
            if work == "release" and row["purpose"] != ESCROWED:
                raise Refused("not_escrowed", "签名密钥不托管，也不能导出；只有加密密钥可以。")
        if work == "replace_custodian" and (
            subject not in {f"custodian-{row['slot']}" for row in self._custody.custodians()}
            or not (detail.get("account") and detail.get("name"))
        ):
            raise Refused("bad_value", "请说明由谁接替哪一位保管员。")
        return self._custody.ask(
            work, subject, detail, reason=reason, requester=requester, requester_name=requester_name
        )

    def approve(self, number: int, account: str, secret: str) -> tuple[str, str]:
        """Count a yes; the one that completes the request does its work, where nobody has to collect it.

        Returns how the request stands, and what it asks for.
        """
        row, is_complete = self._custody.approve(number, account, secret)
        if not is_complete:
            return "open", row["work"]
        if row["work"] not in AT_ONCE:
            return "approved", row["work"]
        return "done", self.perform(number)

    def perform(self, number: int) -> str:
        """Do what was approved. Called again when the device was away the first time."""
        row = self._store.row("SELECT * FROM requests WHERE number = ?", number)
        if row is None or row["work"] not in AT_ONCE:
            raise Refused("unknown_request", "没有这个申请。")
        row = self._custody.approved(row["work"], number)
        if row["work"] == "rotate_kek":
            self._rotate(row)
        else:
            self._destroy(row)
        return str(row["work"])

    def collect(self, number: int, code: str, passphrase: str) -> dict[str, Any]:
        """Return the released key, to its requester, once."""
        row = self._custody.approved("release", number)
        self._custody.require_code(row, code)
        detail, key = json.loads(row["detail"]), self._keys.find(row["subject"])
        private = self._keys.open_escrowed(row["subject"])
        if detail.get("recipient"):
            content, kind = escrow.envelop(private, base64.b64decode(detail["recipient"])), "envelope"
        else:
            certificate = base64.b64decode(detail.get("certificate", ""))
            content, kind = escrow.protect(private, key["algorithm"], passphrase, certificate, row["subject"])
        with self._store.writing() as store:
            self._custody.finish(store, number)
            now = self._clock.now()
            ledger.write(store, now, "release", row["subject"], actor=row["requester_name"], request=number, form=kind)
        return {"content": encode(content), "form": kind}

    def deliver(self, name: str, recipient: bytes) -> bytes:
        """Envelop a new encryption key for the signing key of its owner: once, when its certificate is issued."""
        row = self._keys.find(name)
        if row["algorithm"] != "sm2":
            raise Refused("bad_value", "只有 SM2 加密密钥用数字信封交付。")
        content = escrow.envelop(self._keys.open_escrowed(name), recipient)
        with self._store.writing() as store:
            now = self._clock.now()
            if not store.run("UPDATE keys SET delivered_at = ? WHERE name = ? AND delivered_at IS NULL", now, name):
                raise Refused("already_delivered", "这把加密密钥已经交付过；再次取得要申请恢复，由两位保管员批准。")
            ledger.write(store, now, "deliver", name)
        return content

    def _rotate(self, row: sqlite3.Row) -> None:
        identity = self._wrapping.prepare()
        with self._store.writing() as store:
            self._custody.finish(store, row["number"])
            number = self._wrapping.add(identity)
            moved = self._keys.rewrap_all(store)
            ledger.write(
                store, self._clock.now(), "rotate_kek", f"kek-{number}", request=row["number"], rewrapped=moved
            )

    def _destroy(self, row: sqlite3.Row) -> None:
        identity = self._keys.destroyable(row["subject"])
        # The device first: when it is away the request stays approved, and nothing says destroyed that isn't.
        if identity:
            self._device.destroy(identity)
        with self._store.writing() as store:
            self._custody.finish(store, row["number"])
            self._keys.destroy(store, row["subject"])
            ledger.write(
                store, self._clock.now(), "destroy", row["subject"], request=row["number"], reason=row["reason"]
            )
