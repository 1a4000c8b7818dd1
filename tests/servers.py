"""Real servers beside the platform's own, private to one test process: PostgreSQL, MariaDB, and SSH that gives files.

Each is a context manager that owns a folder and a port, so parallel workers don't meet; each goes when the tests go,
however they end. As root they run as root, which both programs have to be told is meant.
"""

import base64
import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from paramiko.client import SSHClient
from paramiko.pkey import PKey

from tooling import postgres, processes

PATIENCE = 60.0
_PASSWORD = "correct-horse-9"
_DATABASE = "office"


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    """Return the path of a server's program, which Debian keeps out of an ordinary user's path."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise RuntimeError(f"{name} is missing: see [test] in tooling/apt.txt")
    return found


def _await(child: processes.Child, log: Path, is_ready: Callable[[], bool]) -> bool:
    """Wait until the server answers; return False when it died, as it does when its port was taken meanwhile."""
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while time.monotonic() < deadline:
        if is_ready():
            return True
        if not child.is_running:
            return False
        pause.wait(0.02)
    raise RuntimeError(f"{child.name} did not answer: {log.read_text(errors='replace')[-2000:]}")


@dataclass
class MariaDBServer:
    """A MariaDB with one empty database and one user that owns it. ``url`` parts are what a source's settings hold."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    user: str = "office"
    password: str = _PASSWORD
    database: str = _DATABASE
    _child: processes.Child | None = field(default=None, repr=False)

    @property
    def settings(self) -> dict[str, Any]:
        return {"host": self.host, "port": self.port, "database": self.database, "user": self.user}

    @property
    def secrets(self) -> dict[str, Any]:
        return {"password": self.password}

    def make(self) -> None:
        """Make its files; about two seconds."""
        command = [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={self.folder / 'data'}",
            f"--user={getpass.getuser()}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=8M",
        ]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise RuntimeError(f"mariadb-install-db: {made.stdout[-1000:]}{made.stderr[-1000:]}")

    def start(self) -> "MariaDBServer":
        """Start it and return when it answers; again on the same port after :meth:`kill`."""
        keeps_port = self.port != 0
        log = self.folder / "log"
        for _attempt in range(5):
            self.port = self.port if keeps_port else free_port()
            command = [
                program("mariadbd"),
                "--no-defaults",
                f"--user={getpass.getuser()}",
                f"--datadir={self.folder / 'data'}",
                f"--socket={self._socket}",
                f"--pid-file={self.folder / 'pid'}",
                "--bind-address=127.0.0.1",
                f"--port={self.port}",
                "--skip-name-resolve",
                "--skip-log-bin",
                "--performance-schema=OFF",
                "--innodb-buffer-pool-size=48M",
                "--innodb-log-file-size=8M",
                # To the operating system at each commit: a server that is killed keeps what it committed.
                "--innodb-flush-log-at-trx-commit=2",
                "--innodb-doublewrite=OFF",
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_unicode_ci",
            ]
            with log.open("ab") as output:
                self._child = processes.start(command, name="mariadb", output=output, cwd=self.folder)
            if _await(self._child, log, self._answers):
                self._settle()
                return self
        raise RuntimeError(f"mariadb did not start: {log.read_text(errors='replace')[-2000:]}")

    @property
    def _socket(self) -> str:
        return str(self.folder / "s")

    def _answers(self) -> bool:
        try:
            self.connect(as_root=True).close()
        except pymysql.Error:
            return False
        return True

    def _settle(self) -> None:
        with self.connect(as_root=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS {_DATABASE}")
            cursor.execute(f"CREATE USER IF NOT EXISTS '{self.user}'@'%' IDENTIFIED BY '{self.password}'")
            cursor.execute(f"GRANT ALL ON {_DATABASE}.* TO '{self.user}'@'%'")

    def connect(self, *, as_root: bool = False) -> Any:
        """Return a connection of one's own; as root through the socket, outside of any database."""
        connect: Any = pymysql.connect
        if as_root:
            return connect(unix_socket=self._socket, user="root", autocommit=True, charset="utf8mb4")
        return connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=self.database,
            autocommit=True,
            charset="utf8mb4",
        )

    def empty(self) -> None:
        """Drop what earlier tests left, and the sessions that hold it."""
        self.cut()
        with self.connect(as_root=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")
            cursor.execute(f"CREATE DATABASE {_DATABASE}")

    def run(self, *statements: str) -> list[Any]:
        """Run statements in the database and return the rows of the last."""
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def cut(self, user: str = "office") -> int:
        """End every session of ``user`` in the middle of whatever it does; return how many there were."""
        with self.connect(as_root=True) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT id FROM information_schema.processlist WHERE user = %s", [user])
            sessions = [row[0] for row in cursor.fetchall()]
            for session in sessions:
                cursor.execute(f"KILL {int(session)}")
            return len(sessions)

    def kill(self) -> None:
        """Kill it, as a lost machine would."""
        assert self._child is not None
        self._child.process.kill()
        self._child.process.wait()

    def stop(self) -> None:
        if self._child is not None:
            # It holds nothing that anybody wants, so it needn't write its buffers back.
            self._child.quit_with = 9
            self._child.stop()


@contextmanager
def mariadb_server() -> Iterator[MariaDBServer]:
    """A running MariaDB, gone with its folder afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="zt-maria-"))
    server = MariaDBServer(folder)
    try:
        server.make()
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class PostgresServer:
    """A PostgreSQL of a test's own, which may be restarted. It listens on a socket; whoever reaches it is trusted."""

    folder: Path
    user: str = "office"
    database: str = _DATABASE
    port: int = 5432
    _child: processes.Child | None = field(default=None, repr=False)

    @property
    def settings(self) -> dict[str, Any]:
        return {"host": str(self.folder), "port": self.port, "database": self.database, "user": self.user}

    @property
    def secrets(self) -> dict[str, Any]:
        return {}

    def make(self) -> None:
        """Make its files and its database; about two seconds."""
        if os.geteuid() == 0:
            # A root process may not be a database server: it runs as the user that Debian's package brings.
            shutil.chown(self.folder, "postgres", "postgres")
        words = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        command = [*self._as_server, self._program("initdb"), f"--pgdata={self._data}", "--username=postgres", *words]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if made.returncode != 0:
            raise RuntimeError(f"initdb: {made.stdout[-1000:]}{made.stderr[-1000:]}")
        self.start()
        with self.connect("postgres", "postgres") as connection:
            connection.execute(f"CREATE ROLE {self.user} LOGIN".encode())
            connection.execute(f"CREATE DATABASE {self.database} OWNER {self.user}".encode())

    def start(self) -> "PostgresServer":
        """Start it and return when it answers."""
        log = self.folder / "log"
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "port": str(self.port),
            "fsync": "off",
            "shared_buffers": "16MB",
            "timezone": "UTC",
        }
        given = (part for key, value in options.items() for part in ("-c", f"{key}={value}"))
        command = [*self._as_server, self._program("postgres"), "-D", str(self._data), *given]
        for _attempt in range(5):
            with log.open("ab") as output:
                # SIGQUIT is what ``pg_ctl stop -m immediate`` sends: sessions end at once, nothing is written back.
                self._child = processes.start(
                    command, name="postgres", output=output, cwd="/", quit_with=signal.SIGQUIT
                )
            if _await(self._child, log, self._answers):
                return self
        raise RuntimeError(f"postgres did not start: {log.read_text(errors='replace')[-2000:]}")

    def restart(self) -> None:
        """Restart it in the middle of whatever it does, as ``pg_ctl restart -m immediate`` does."""
        self.kill()
        self.start()

    def kill(self) -> None:
        assert self._child is not None
        self._child.signal(signal.SIGQUIT)
        self._child.process.wait()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def connect(self, database: str = "", user: str = "") -> "psycopg.Connection[Any]":
        """Return a connection of one's own."""
        words = {**self.settings, "dbname": database or self.database, "user": user or self.user}
        del words["database"]
        return psycopg.connect(**words, autocommit=True)

    def _answers(self) -> bool:
        try:
            self.connect("postgres", "postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _program(self, name: str) -> str:
        return str(postgres.binaries(self._data) / name)

    @property
    def _as_server(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        # The death signal is set here again because a change of user clears it.
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT"]


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL with an empty database, gone with its folder afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="zt-pg-"))
    server = PostgresServer(folder)
    try:
        server.make()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


_SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
PermitRootLogin yes
PubkeyAuthentication yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
UseDNS no
LogLevel ERROR
MaxStartups 100
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


@dataclass
class SSHServer:
    """An SSH server that gives files of ``files`` to the current user, who comes with ``private_key``."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    user: str = field(default_factory=getpass.getuser)
    private_key: str = field(default="", repr=False)
    host_key: str = ""
    _child: processes.Child | None = field(default=None, repr=False)

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "folder": str(self.files),
            "host_key": self.host_key,
        }

    @property
    def secrets(self) -> dict[str, Any]:
        return {"private_key": self.private_key}

    def make(self) -> None:
        self.files.mkdir(parents=True)
        for name in ("host_key", "user_key"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(self.folder / name)]
            subprocess.run(command, check=True, capture_output=True)
        shutil.copy(self.folder / "user_key.pub", self.folder / "authorized_keys")
        self.private_key = (self.folder / "user_key").read_text()
        self.host_key = (self.folder / "host_key.pub").read_text().strip()
        if os.geteuid() == 0:
            # Debian makes it when the system's own server starts, which a container never does.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)

    def start(self) -> "SSHServer":
        """Start it and return when it answers; again on the same port after :meth:`kill`."""
        keeps_port = self.port != 0
        log = self.folder / "log"
        for _attempt in range(5):
            self.port = self.port if keeps_port else free_port()
            (self.folder / "config").write_text(_SSHD.format(port=self.port, folder=self.folder))
            with log.open("ab") as output:
                command = [program("sshd"), "-D", "-e", "-f", str(self.folder / "config")]
                self._child = processes.start(command, name="sshd", output=output, cwd=self.folder)
            if _await(self._child, log, self._answers):
                return self
        raise RuntimeError(f"sshd did not start: {log.read_text(errors='replace')[-2000:]}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=2) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    def connect(self) -> Any:
        """Return a client of one's own: paramiko's, which has no types."""
        make: Any = SSHClient
        client = make()
        kind, key = self.host_key.split()[:2]
        known = PKey.from_type_string(kind, base64.b64decode(key))
        client.get_host_keys().add(f"[{self.host}]:{self.port}", kind, known)
        client.connect(
            self.host,
            self.port,
            self.user,
            key_filename=str(self.folder / "user_key"),
            allow_agent=False,
            look_for_keys=False,
        )
        return client.open_sftp()

    def cut(self) -> int:
        """End every session, leaving the server; return how many processes that were."""
        assert self._child is not None
        ended = 0
        for pid in processes.children_of(self._child.process.pid):
            for each in (*processes.children_of(pid), pid):
                try:
                    os.kill(each, 9)
                    ended += 1
                except ProcessLookupError:
                    continue
        return ended

    def kill(self) -> None:
        """Kill it and its sessions, as a lost machine would."""
        assert self._child is not None
        self.cut()
        self._child.process.kill()
        self._child.process.wait()

    def stop(self) -> None:
        if self._child is not None:
            self.cut()
            self._child.stop()


@contextmanager
def ssh_server() -> Iterator[SSHServer]:
    """A running SSH server, gone with its folder afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="zt-sshd-"))
    server = SSHServer(folder)
    try:
        server.make()
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb_process() -> Iterator[MariaDBServer]:
    with mariadb_server() as server:
        yield server


@pytest.fixture
def mariadb(mariadb_process: MariaDBServer) -> MariaDBServer:
    """The worker's MariaDB, emptied. A test that kills it starts it again."""
    mariadb_process.empty()
    return mariadb_process


@pytest.fixture(scope="session")
def sshd_process() -> Iterator[SSHServer]:
    with ssh_server() as server:
        yield server


@pytest.fixture
def sshd(sshd_process: SSHServer) -> SSHServer:
    """The worker's SSH server with an empty folder. A test that kills it starts it again."""
    shutil.rmtree(sshd_process.files)
    sshd_process.files.mkdir()
    return sshd_process
