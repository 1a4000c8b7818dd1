"""What the signer knows, in a file of its own: no other process reads or writes it."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhengtong.capabilities.keys.signer.configuration import UnusableConfiguration

VERSION = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS key_encryption_keys (
  number INTEGER PRIMARY KEY, identity TEXT NOT NULL, made_at REAL NOT NULL, retired_at REAL,
  uses INTEGER NOT NULL DEFAULT 0, written_uses INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS keys (
  name TEXT PRIMARY KEY, algorithm TEXT NOT NULL, purpose TEXT NOT NULL, spki BLOB NOT NULL,
  place TEXT NOT NULL, material BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'active',
  made_at REAL NOT NULL, uses INTEGER NOT NULL DEFAULT 0, written_uses INTEGER NOT NULL DEFAULT 0, used_at REAL,
  predecessor TEXT NOT NULL DEFAULT '', delivered_at REAL, ended_at REAL
);
CREATE TABLE IF NOT EXISTS permits (
  digest TEXT PRIMARY KEY, key TEXT NOT NULL, document TEXT NOT NULL, uses_left INTEGER NOT NULL, ends_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS ledger (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL,
  detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS custodians (
  slot INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE, name TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL,
  enrolled_at REAL NOT NULL, failures INTEGER NOT NULL DEFAULT 0, locked_until REAL NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS requests (
  number INTEGER PRIMARY KEY AUTOINCREMENT, work TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL,
  reason TEXT NOT NULL, requester TEXT NOT NULL, requester_name TEXT NOT NULL, code TEXT NOT NULL,
  made_at REAL NOT NULL, ends_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'open', closed_at REAL
);
CREATE TABLE IF NOT EXISTS approvals (
  request INTEGER NOT NULL REFERENCES requests, slot INTEGER NOT NULL, name TEXT NOT NULL, at REAL NOT NULL,
  PRIMARY KEY (request, slot)
);
CREATE TRIGGER IF NOT EXISTS ledger_stays BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_is_kept BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""


class Store:
    """One connection, one writer at a time: what one act changes is there whole or not at all."""

    def __init__(self, path: Path) -> None:
        is_new = not path.exists()
        path.touch(mode=0o600)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        # Another version's rows would be misread; nothing is changed before that is known.
        version = VERSION if is_new else self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version != VERSION:
            raise UnusableConfiguration(
                f"{path} 是签名服务另一个版本（{version}）的库，本版本（{VERSION}）不能用；"
                "测试用的请加 --create-db 重建"
            )
        self._connection.executescript(SCHEMA)
        self._connection.execute(f"PRAGMA user_version={VERSION}")

    @contextlib.contextmanager
    def writing(self, *, durable: bool = True) -> Iterator["Store"]:
        """One transaction. ``durable`` waits for the disk: what may never be forgotten, a spent token above all.

        Without it a lost machine, not a killed process, may lose the last of them: counts of uses.
        """
        with self._lock:
            self._connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement inside :meth:`writing`; return how many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def count(self, statement: str, *values: Any) -> None:
        """Run a statement that counts a use: kept when the process is killed, cheap because the disk isn't awaited."""
        with self._lock:
            if not self._connection.in_transaction:
                self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(statement, values)

    def insert(self, statement: str, *values: Any) -> int:
        """Insert a row inside :meth:`writing`; return its number."""
        with self._lock:
            return int(self._connection.execute(statement, values).lastrowid or 0)

    def row(self, statement: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
            return found

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def fact(self, name: str, default: str = "") -> str:
        row = self.row("SELECT value FROM facts WHERE name = ?", name)
        return row["value"] if row else default

    def keep_fact(self, name: str, value: str) -> None:
        self.run("INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)

    def close(self) -> None:
        with self._lock:
            self._connection.close()
