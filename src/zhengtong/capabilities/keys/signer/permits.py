"""One-time permissions: without one a seal's key signs nothing, and one serves one document."""

import hashlib
import re
import secrets

from zhengtong.capabilities.keys.signer import ledger
from zhengtong.capabilities.keys.signer.answers import Refused
from zhengtong.capabilities.keys.signer.clock import Clock
from zhengtong.capabilities.keys.signer.store import Store

DIGEST = re.compile(r"[0-9a-f]{64}")


class Permits:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def give(self, key: str, document: str, *, uses: int, seconds: int) -> str:
        """Return a new token for ``uses`` signatures of ``key`` on ``document`` within ``seconds``."""
        require_digest(document)
        token = secrets.token_urlsafe(32)
        with self._store.writing() as store:
            now = self._clock.now()
            store.run("INSERT INTO permits VALUES (?, ?, ?, ?, ?)", _digest(token), key, document, uses, now + seconds)
            store.run("DELETE FROM permits WHERE ends_at < ?", now - 7 * 86400)
            ledger.write(store, now, "permit", key, document=document, uses=uses, seconds=seconds)
        return token

    def check(self, token: str, *, key: str, document: str) -> str:
        """Return the digest of ``token``; refuse where it isn't for this, is used up or too old."""
        if not token:
            raise Refused("token_missing", "用印要有一次性令牌，没有签名。")
        row = self._store.row("SELECT * FROM permits WHERE digest = ?", _digest(token))
        if row is None:
            raise Refused("token_unknown", "没有这个用印令牌，没有签名。")
        if (row["key"], row["document"]) != (key, document):
            raise Refused("token_mismatch", "用印令牌是给另一枚印章或另一份文件的，没有签名。")
        if row["uses_left"] < 1:
            raise Refused("token_spent", "用印令牌已经用过，没有签名；需要再次用印请重新申请。")
        if row["ends_at"] < self._clock.now():
            raise Refused("token_expired", "用印令牌已过有效时间，没有签名；请重新取得令牌。")
        return str(row["digest"])

    def spend(self, store: Store, token: str, *, key: str, document: str) -> None:
        """Take one use of ``token`` in the caller's transaction; of two at once only one finds it unspent."""
        digest = self.check(token, key=key, document=document)
        store.run("UPDATE permits SET uses_left = uses_left - 1 WHERE digest = ?", digest)


def require_digest(document: str) -> None:
    if not DIGEST.fullmatch(document):
        raise Refused("bad_document", "文件摘要应为 64 位十六进制小写数字，签名服务没有执行。")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
