"""Two of three custodians: who they are, what is asked of them, and their secrets, which only the signer checks.

A custodian's secret is kept as a scrypt hash. The website passes it through with one decision and can't make one up,
nor can it make itself a custodian: the first three are enrolled with a code that lies in the signer's own folder.
"""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any

from zhengtong.capabilities.keys.signer import ledger
from zhengtong.capabilities.keys.signer.answers import Refused
from zhengtong.capabilities.keys.signer.clock import Clock
from zhengtong.capabilities.keys.signer.store import Store

SEATS = 3
NEEDED = 2
SHORTEST_SECRET = 12
_MOST_FAILURES = 5
_LOCKED_SECONDS = 900


class Custody:
    def __init__(self, store: Store, clock: Clock, folder: Path, *, seconds: float) -> None:
        self._store, self._clock, self._seconds = store, clock, seconds
        self._code = folder / "ceremony-code"
        if len(self.custodians()) < SEATS and not self._code.exists():
            self._code.touch(mode=0o600)
            self._code.write_text(f"{secrets.token_hex(8)}\n")

    def custodians(self) -> list[sqlite3.Row]:
        return self._store.rows("SELECT * FROM custodians ORDER BY slot")

    def describe(self) -> dict[str, Any]:
        now = self._clock.now()
        seats = [
            {name: row[name] for name in ("slot", "account", "name", "enrolled_at")}
            | {"is_locked": row["locked_until"] > now}
            for row in self.custodians()
        ]
        return {"custodians": seats, "seats": SEATS, "needed": NEEDED, "is_ceremony_open": len(seats) < SEATS}

    def enroll(self, account: str, name: str, secret: str, code: str) -> int:
        """Seat a custodian: one of the first three with the ceremony's code, a successor with the request's."""
        if len(secret) < SHORTEST_SECRET:
            raise Refused("weak_secret", f"保管口令至少 {SHORTEST_SECRET} 个字符，没有登记。")
        with self._store.writing() as store:
            seated = self.custodians()
            if any(row["account"] == account for row in seated):
                raise Refused("already_custodian", f"{name}已经是密钥保管员，没有再登记。")
            if len(seated) < SEATS:
                if not hmac.compare_digest(code.strip().encode(), self._code.read_text().strip().encode()):
                    raise Refused(
                        "wrong_code", "登记码不对，没有登记；登记码在签名服务数据目录的 ceremony-code 文件里。"
                    )
                slot = next(each for each in range(1, SEATS + 1) if each not in {row["slot"] for row in seated})
            else:
                slot = self._take_seat(store, account, code)
            salt = os.urandom(16)
            store.run(
                "INSERT INTO custodians (slot, account, name, salt, hash, enrolled_at) VALUES (?, ?, ?, ?, ?, ?)",
                *(slot, account, name, salt, _hash(secret, salt), self._clock.now()),
            )
            ledger.write(store, self._clock.now(), "enroll", f"custodian-{slot}", actor=name)
        if len(self.custodians()) == SEATS:
            self._code.unlink(missing_ok=True)
        return slot

    def ask(
        self, work: str, subject: str, detail: dict[str, Any], *, reason: str, requester: str, requester_name: str
    ) -> tuple[int, str]:
        """Open a request; return its number and the code with which its requester collects what it brings."""
        if len(self.custodians()) < SEATS:
            raise Refused("no_custodians", f"密钥保管员还没有登记满 {SEATS} 人，请先完成登记仪式。")
        if self._store.row("SELECT 1 FROM requests WHERE work = ? AND subject = ? AND state = 'open'", work, subject):
            raise Refused("already_asked", "同样的申请已经在等保管员批准，没有重复提出。")
        code, now = secrets.token_urlsafe(12), self._clock.now()
        with self._store.writing() as store:
            number = store.insert(
                "INSERT INTO requests "
                "(work, subject, detail, reason, requester, requester_name, code, made_at, ends_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *(work, subject, json.dumps(detail, ensure_ascii=False), reason, requester, requester_name),
                *(_digest(code), now, now + self._seconds),
            )
            ledger.write(store, now, "ask", subject, actor=requester_name, request=number, work=work, reason=reason)
        return number, code

    def requests(self, limit: int) -> list[dict[str, Any]]:
        """Return the latest requests, newest first, each with its approvals."""
        self._expire()
        names = ("number", "work", "subject", "reason", "requester", "requester_name", "made_at", "ends_at", "state")
        return [
            {name: row[name] for name in (*names, "closed_at")}
            | {
                "approvals": [dict(each) for each in self._approvals(row["number"])],
                "detail": json.loads(row["detail"]),
            }
            for row in self._store.rows("SELECT * FROM requests ORDER BY number DESC LIMIT ?", limit)
        ]

    def approve(self, number: int, account: str, secret: str) -> tuple[sqlite3.Row, bool]:
        """Count a custodian's yes; return the request and whether this completes it."""
        custodian = self._authenticate(account, secret)
        with self._store.writing() as store:
            row = self._open_request(number)
            if row["requester"] == account:
                raise Refused("own_request", "申请人不能批准自己的申请，请另外两位保管员批准。")
            if any(each["slot"] == custodian["slot"] for each in self._approvals(number)):
                raise Refused("already_approved", "您已经批准过这个申请，还要另一位保管员批准。")
            now = self._clock.now()
            store.run("INSERT INTO approvals VALUES (?, ?, ?, ?)", number, custodian["slot"], custodian["name"], now)
            ledger.write(store, now, "approve", row["subject"], actor=custodian["name"], request=number)
            if len(self._approvals(number)) < NEEDED:
                return row, False
            store.run("UPDATE requests SET state = 'approved' WHERE number = ?", number)
        return row, True

    def decline(self, number: int, account: str, secret: str) -> None:
        custodian = self._authenticate(account, secret)
        with self._store.writing() as store:
            row = self._open_request(number)
            self._close(store, number, "declined")
            ledger.write(store, self._clock.now(), "decline", row["subject"], actor=custodian["name"], request=number)

    def withdraw(self, number: int, requester: str) -> None:
        with self._store.writing() as store:
            row = self._open_request(number)
            if row["requester"] != requester:
                raise Refused("not_yours", "只有申请人可以撤回申请。")
            self._close(store, number, "withdrawn")
            ledger.write(store, self._clock.now(), "withdraw", row["subject"], request=number)

    def approved(self, work: str, number: int) -> sqlite3.Row:
        """Return the approved request ``number`` that isn't done yet."""
        self._expire()
        row = self._store.row("SELECT * FROM requests WHERE number = ? AND work = ?", number, work)
        if row is None:
            raise Refused("unknown_request", "没有这个申请。")
        if row["state"] != "approved":
            raise Refused("not_approved", f"申请还没有 {NEEDED} 位保管员批准，或者已经办完、过期。")
        return row

    def require_code(self, row: sqlite3.Row, code: str) -> None:
        if not hmac.compare_digest(row["code"], _digest(code.strip())):
            raise Refused("wrong_code", "领取码不对；领取码只在提出申请时给申请人看一次。")

    def finish(self, store: Store, number: int) -> None:
        """Close an approved request in the transaction of the work itself: of two at once one finds it open."""
        if not store.run(
            "UPDATE requests SET state = 'done', closed_at = ? WHERE number = ? AND state = 'approved'",
            *(self._clock.now(), number),
        ):
            raise Refused("not_approved", "这个申请刚刚已经办完，没有再办一次。")

    def _take_seat(self, store: Store, account: str, code: str) -> int:
        waiting = store.rows("SELECT * FROM requests WHERE work = 'replace_custodian' AND state = 'approved'")
        for row in waiting:
            if json.loads(row["detail"])["account"] == account:
                self.require_code(row, code)
                self.finish(store, row["number"])
                slot = int(row["subject"].removeprefix("custodian-"))
                store.run("DELETE FROM custodians WHERE slot = ?", slot)
                # What the one who left said yes to, and isn't decided, is asked again.
                store.run(
                    "DELETE FROM approvals WHERE slot = ? "
                    "AND request IN (SELECT number FROM requests WHERE state = 'open')",
                    slot,
                )
                return slot
        raise Refused("ceremony_closed", f"{SEATS} 位保管员已经登记满；更换保管员要先申请并由两位保管员批准。")

    def _authenticate(self, account: str, secret: str) -> sqlite3.Row:
        row = self._store.row("SELECT * FROM custodians WHERE account = ?", account)
        if row is None:
            raise Refused("not_custodian", "您不是密钥保管员。")
        now = self._clock.now()
        if row["locked_until"] > now:
            raise Refused("custodian_locked", "保管口令连续输错，暂停使用 15 分钟，请稍后再试。")
        right = hmac.compare_digest(_hash(secret, bytes(row["salt"])), bytes(row["hash"]))
        with self._store.writing() as store:
            failures = 0 if right else row["failures"] + 1
            is_locked = failures >= _MOST_FAILURES
            store.run(
                "UPDATE custodians SET failures = ?, locked_until = ? WHERE slot = ?",
                *(0 if is_locked else failures, now + _LOCKED_SECONDS if is_locked else 0, row["slot"]),
            )
            if not right:
                ledger.write(store, now, "wrong_secret", f"custodian-{row['slot']}", actor=row["name"])
        if not right:
            raise Refused("wrong_secret", "保管口令不对，没有执行。")
        return row

    def _approvals(self, number: int) -> list[sqlite3.Row]:
        return self._store.rows("SELECT slot, name, at FROM approvals WHERE request = ? ORDER BY at", number)

    def _open_request(self, number: int) -> sqlite3.Row:
        row = self._store.row("SELECT * FROM requests WHERE number = ?", number)
        if row is None:
            raise Refused("unknown_request", "没有这个申请。")
        if row["state"] == "open" and row["ends_at"] < self._clock.now():
            raise Refused("request_expired", "申请已经过期，没有执行；需要的话请重新提出。")
        if row["state"] != "open":
            raise Refused("request_closed", "这个申请已经有结果了，请刷新页面查看。")
        return row

    def _close(self, store: Store, number: int, state: str) -> None:
        store.run("UPDATE requests SET state = ?, closed_at = ? WHERE number = ?", state, self._clock.now(), number)

    def _expire(self) -> None:
        now = self._clock.now()
        stale = "SELECT * FROM requests WHERE state IN ('open', 'approved') AND ends_at < ?"
        if not self._store.row(stale, now):
            return
        with self._store.writing() as store:
            for row in store.rows(stale, now):
                self._close(store, row["number"], "expired")
                ledger.write(store, now, "expire", row["subject"], request=row["number"])


def _hash(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
