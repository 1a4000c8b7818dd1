"""What the signer does when it is asked: one function for each act of the wire."""

import importlib
import os
import time
from collections.abc import Callable
from typing import Any

from zhengtong.capabilities.keys.signer import ledger
from zhengtong.capabilities.keys.signer.answers import Refused, binary, encode, number, optional, text
from zhengtong.capabilities.keys.signer.clock import Clock
from zhengtong.capabilities.keys.signer.configuration import Configuration
from zhengtong.capabilities.keys.signer.custody import Custody
from zhengtong.capabilities.keys.signer.device import Device
from zhengtong.capabilities.keys.signer.keys import Keys, describe
from zhengtong.capabilities.keys.signer.permits import Permits
from zhengtong.capabilities.keys.signer.pkcs11 import open_token
from zhengtong.capabilities.keys.signer.store import Store
from zhengtong.capabilities.keys.signer.works import Works
from zhengtong.capabilities.keys.signer.wrapping import Wrapping

Request = dict[str, Any]
DATA_KEYS = {"aes256": 32, "sm4": 16}
_USES_EVERY = 600.0


class Signer:
    """Everything behind the socket."""

    def __init__(self, configuration: Configuration) -> None:
        self.device = open_device(configuration)
        self.store = Store(configuration.folder / "signer.sqlite3")
        self.clock = Clock(float(self.store.fact("latest", "0")))
        self.wrapping = Wrapping(self.store, self.clock, self.device)
        self.keys = Keys(self.store, self.clock, self.wrapping, self.device)
        self.permits = Permits(self.store, self.clock)
        self.custody = Custody(self.store, self.clock, configuration.folder, seconds=configuration.request_hours * 3600)
        self.works = Works(self.store, self.clock, self.keys, self.wrapping, self.custody, self.device)
        self._uses_written = time.monotonic()
        self._acts: dict[str, Callable[[Request], Request]] = {
            "create": self._create,
            "public": lambda request: describe(self.keys.find(text(request, "name"))),
            "sign": self._sign,
            "permit": self._permit,
            "succeed": lambda request: describe(self.keys.succeed(text(request, "name"), text(request, "successor"))),
            "retire": self._retire,
            "data_key": self._data_key,
            "unwrap": lambda request: {"key": encode(self._open_data_key(request))},
            "rewrap": lambda request: {"wrapped": encode(self.wrapping.wrap(self._open_data_key(request), b"data"))},
            "envelope": self._envelope,
            "status": lambda _request: self._status(),
            "inventory": self._inventory,
            "ledger": self._ledger,
            "custody": lambda _request: self.custody.describe(),
            "enroll": self._enroll,
            "ask": self._ask,
            "requests": lambda request: {
                "requests": self.custody.requests(number(request, "limit", default=50, lowest=1, highest=500))
            },
            "approve": self._approve,
            "decline": self._decline,
            "withdraw": self._withdraw,
            "perform": self._perform,
            "collect": self._collect,
        }

    def answer(self, request: Any) -> Request:
        """Return the answer to one request; a refusal is an answer."""
        try:
            if not isinstance(request, dict) or not isinstance(request.get("act"), str):
                raise Refused("bad_request", "发来的不是一个带有 act 的 JSON 对象，签名服务没有执行。")
            act = self._acts.get(request["act"])
            if act is None:
                raise Refused("unknown_act", f"签名服务不会“{request['act'][:40]}”。")
            return {"ok": True, **act(request)}
        except Refused as refused:
            return {"ok": False, "code": refused.code, "say": refused.say}

    def keep_time(self, *, is_last: bool = False) -> None:
        """Write the latest moment down, so that the clock doesn't go back over a restart, and now and then the uses."""
        self.keys.end_retired()
        with self.store.writing(durable=False) as store:
            store.keep_fact("latest", repr(self.clock.now()))
            if is_last or time.monotonic() - self._uses_written > _USES_EVERY:
                self._uses_written = time.monotonic()
                self._write_uses()

    def _write_uses(self) -> None:
        # A row for each signature of a time-stamp key would bury all others; what matters is that none is uncounted.
        now = self.clock.now()
        for row in self.store.rows("SELECT name, uses, written_uses FROM keys WHERE uses > written_uses"):
            ledger.write(self.store, now, "uses", row["name"], since=row["written_uses"], until=row["uses"])
        self.store.run("UPDATE keys SET written_uses = uses WHERE uses > written_uses")
        for row in self.store.rows("SELECT * FROM key_encryption_keys WHERE uses > written_uses"):
            name = f"kek-{row['number']}"
            ledger.write(self.store, now, "uses", name, since=row["written_uses"], until=row["uses"])
        self.store.run("UPDATE key_encryption_keys SET written_uses = uses WHERE uses > written_uses")

    def _create(self, request: Request) -> Request:
        return describe(self.keys.create(text(request, "name"), text(request, "algorithm"), text(request, "purpose")))

    def _retire(self, request: Request) -> Request:
        seconds = number(request, "seconds", default=0, lowest=0, highest=86_400)
        return describe(self.keys.retire(text(request, "name"), text(request, "reason", longest=500), seconds=seconds))

    def _sign(self, request: Request) -> Request:
        name, message, purpose = text(request, "name"), binary(request, "message"), text(request, "purpose")
        token, document = optional(request, "token"), optional(request, "document")
        if purpose != "seal":
            signature = self.keys.sign(name, message, purpose)
            self.keys.count_use(name)
            return {"signature": encode(signature)}
        self.permits.check(token, key=name, document=document)
        signature = self.keys.sign(name, message, purpose)
        # It doesn't leave before the token is spent, on the disk: who is killed between the two has spent it.
        with self.store.writing() as store:
            self.permits.spend(store, token, key=name, document=document)
            self.keys.count_use(name)
            ledger.write(store, self.clock.now(), "seal", name, document=document)
        return {"signature": encode(signature)}

    def _permit(self, request: Request) -> Request:
        key = self.keys.find(text(request, "key"))
        if key["purpose"] != "seal":
            raise Refused("wrong_purpose", "只有印章密钥用一次性令牌。")
        return {
            "token": self.permits.give(
                key["name"],
                text(request, "document"),
                uses=number(request, "uses", default=1, lowest=1, highest=10_000),
                seconds=number(request, "seconds", default=300, lowest=1, highest=86_400),
            )
        }

    def _data_key(self, request: Request) -> Request:
        algorithm = text(request, "algorithm")
        if algorithm not in DATA_KEYS:
            raise Refused("unknown_algorithm", f"签名服务没有“{algorithm[:40]}”这种数据密钥。")
        plain = os.urandom(DATA_KEYS[algorithm])
        return {"wrapped": encode(self.wrapping.wrap(plain, b"data")), "key": encode(plain)}

    def _open_data_key(self, request: Request) -> bytes:
        return self.wrapping.unwrap(binary(request, "wrapped"), b"data")

    def _envelope(self, request: Request) -> Request:
        return {"enveloped": encode(self.works.deliver(text(request, "name"), binary(request, "recipient")))}

    def _status(self) -> Request:
        keks = [
            {name: row[name] for name in ("number", "made_at", "retired_at", "uses")} for row in self.wrapping.rows()
        ]
        return {
            "device": self.device.describe(),
            "now": self.clock.now(),
            "clock_behind": self.clock.behind(),
            "key_encryption_keys": keks,
        }

    def _inventory(self, request: Request) -> Request:
        after, limit = optional(request, "after"), number(request, "limit", default=500, lowest=1, highest=2000)
        rows = self.store.rows("SELECT * FROM keys WHERE name > ? ORDER BY name LIMIT ?", after, limit)
        return {"keys": [describe(row) for row in rows], "next": rows[-1]["name"] if len(rows) == limit else None}

    def _ledger(self, request: Request) -> Request:
        limit = number(request, "limit", default=100, lowest=1, highest=2000)
        subject = optional(request, "subject")
        before = number(request, "before", default=2**53, lowest=1, highest=2**53)
        after = number(request, "after", default=0, lowest=0, highest=2**53)
        order = "ASC" if "after" in request else "DESC"
        rows = self.store.rows(
            "SELECT * FROM ledger WHERE number < ? AND number > ? AND (? = '' OR subject = ?) "
            f"ORDER BY number {order} LIMIT ?",  # one of two words
            *(before, after, subject, subject, limit),
        )
        return {"rows": [dict(row) for row in rows]}

    def _enroll(self, request: Request) -> Request:
        name, secret = text(request, "name"), text(request, "secret")
        slot = self.custody.enroll(text(request, "account"), name, secret, optional(request, "code"))
        return {"slot": slot, **self.custody.describe()}

    def _ask(self, request: Request) -> Request:
        detail = request.get("detail", {})
        if not isinstance(detail, dict) or not all(isinstance(each, str) for each in detail.values()):
            raise Refused("bad_value", "请求里的“detail”应为文字的表，签名服务没有执行。")
        opened, code = self.works.ask(
            text(request, "work"),
            optional(request, "subject"),
            detail,
            reason=text(request, "reason", longest=500),
            requester=text(request, "requester"),
            requester_name=text(request, "requester_name"),
        )
        return {"number": opened, "code": code}

    def _approve(self, request: Request) -> Request:
        state, work = self.works.approve(*_decision(request))
        return {"state": state, "work": work}

    def _decline(self, request: Request) -> Request:
        self.custody.decline(*_decision(request))
        return {}

    def _withdraw(self, request: Request) -> Request:
        self.custody.withdraw(_number(request), text(request, "requester"))
        return {}

    def _perform(self, request: Request) -> Request:
        return {"work": self.works.perform(_number(request))}

    def _collect(self, request: Request) -> Request:
        return self.works.collect(_number(request), text(request, "code"), optional(request, "passphrase"))


def open_device(configuration: Configuration) -> Device:
    """Return the class that ``SIGNER_DEVICE`` names as ``module:Class``, or a PKCS #11 token."""
    if not configuration.device:
        return open_token(configuration)
    module, _, name = configuration.device.partition(":")
    device: Device = getattr(importlib.import_module(module), name)(configuration)
    return device


def _number(request: Request) -> int:
    return number(request, "number", default=0, lowest=1, highest=2**53)


def _decision(request: Request) -> tuple[int, str, str]:
    return _number(request), text(request, "account"), text(request, "secret")
