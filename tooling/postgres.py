"""The private PostgreSQL of an instance: a cluster in its folder, reached through a socket that others can't enter.

It listens on no network address. Whoever runs the platform connects as the role ``zhengtong``, which owns the
database and may create others, and is no superuser: the operating system says who connects (peer). PostGIS takes a
superuser to install, so it is put into the database, and into the template of others, when the cluster is made. The
role may make replication slots: change capture reads logs, in the tests and the demo those of this cluster.
"""

import contextlib
import getpass
import glob
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tooling import processes
from tooling.steps import Failed, Steps, tail

ROLE = "zhengtong"
# The operating system says who the platform is; roles that the platform makes for others come with their passwords.
_WHO_MAY = f"local all {ROLE},postgres peer map=zhengtong\nlocal all all scram-sha-256\n"
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "wal_level": "logical",  # from the start: changing it later needs a restart of every node
    "max_replication_slots": "40",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
# What makes tests faster, for data that nobody misses after a power cut.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def binaries(data: Path, installed: Path = Path("/usr")) -> Path:
    """Return the folder of PostgreSQL's programs: the release that made ``data``, or else the newest with PostGIS."""
    programs = (Path(p) for p in glob.glob(f"{installed}/lib/postgresql/*/bin/initdb"))
    found = {program.parent.parent.name: program.parent for program in programs}
    extensions = glob.glob(f"{installed}/share/postgresql/*/extension/postgis.control")
    with_postgis = {Path(p).parent.parent.name for p in extensions}
    made_by = data / "PG_VERSION"
    if made_by.is_file():
        release = made_by.read_text().strip()
        if release not in found:
            raise Failed(
                f"{data} 是 PostgreSQL {release} 的数据，但本机没有这个版本 · made by a release that is not installed"
            )
        if release not in with_postgis:
            raise Failed(_without_postgis(release))
        return found[release]
    if usable := found.keys() & with_postgis:
        return found[max(usable, key=int)]
    if found:
        raise Failed(_without_postgis(max(found, key=int)))
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    raise Failed("找不到 PostgreSQL（initdb），请先安装 postgresql · PostgreSQL is missing, install postgresql")


def _without_postgis(release: str) -> str:
    name = f"postgresql-{release}-postgis-3"
    return f"PostgreSQL {release} 缺少 PostGIS，请安装 {name} · PostGIS is missing, install {name}"


def socket_folder(data: Path, owner: int, under: Path = Path("/tmp")) -> Path:
    """Make and return the folder of the socket of ``data``: short (a socket's path ends at 107 bytes), and private.

    Its name follows from the cluster's; a folder of that name which isn't a private one of ``owner`` is passed over.
    """
    name = hashlib.sha256(str(data).encode()).hexdigest()[:10]
    for attempt in range(20):
        folder = under / (f"zt-{name}" if attempt == 0 else f"zt-{name}-{attempt}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            os.chown(folder, owner, -1)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700:
            return folder
    raise Failed(f"无法在 {under} 下建立私有目录 · no private folder could be made in {under}")


def server_on(data: Path) -> int | None:
    """Return the process that serves ``data`` now, or None. A lock file left by a killed server doesn't count."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        is_server = Path(f"/proc/{pid}/comm").read_text().strip() in {"postgres", "postmaster"}
        return pid if is_server and Path(f"/proc/{pid}/cwd").samefile(data) else None
    except (OSError, ValueError):
        return None


def discard_stale_lock(data: Path) -> None:
    """Remove the lock file of a dead server whose process id another program has by now.

    PostgreSQL copes with every other stale lock file itself, and uses it to notice sessions that still run.
    """
    lock = data / "postmaster.pid"
    if not lock.exists() or server_on(data) is not None:
        return
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except ValueError:
        pid = 0  # empty: the machine stopped while it was written
    if pid == 0 or Path(f"/proc/{pid}").exists():
        lock.unlink(missing_ok=True)


@dataclass
class Postgres:
    """A private cluster in ``folder``/postgres."""

    folder: Path
    steps: Steps
    options: dict[str, str] = field(default_factory=dict)
    sockets: Path = field(init=False)
    user: str = field(init=False)

    def __post_init__(self) -> None:
        """Raise Failed when there is no user to run the server as."""
        self.data = self.folder / "postgres"
        try:
            # A root process may not be a database server: it runs as the user that Debian's package brings.
            self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
            self.uid = pwd.getpwnam(self.user).pw_uid
            self.gid = pwd.getpwnam(self.user).pw_gid
        except (KeyError, OSError):
            raise Failed("系统里没有运行 PostgreSQL 的用户 · there is no user to run PostgreSQL as") from None

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{ROLE}?host={self.sockets}"

    def prepare(self) -> None:
        """Make the cluster unless it exists, and clear away what a killed server left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sockets = socket_folder(self.data, self.uid)
        self.bin = binaries(self.data)
        self.prefix = self._as_server()
        if not (self.data / "zhengtong.stamp").exists():
            self._create()
        (self.data / "pg_hba.conf").write_text(_WHO_MAY)
        if (pid := server_on(self.data)) is not None:
            # The caller holds the instance's lock, so this is a server whose launcher was killed.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            self.steps.wait(
                "等待上次的数据库退出 · the last database quits", lambda: server_on(self.data) is None, patience=60
            )
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink()

    def launch(self) -> processes.Child:
        """Start the server and return at once; see :meth:`is_ready`."""
        options = {**_SETTINGS, "unix_socket_directories": str(self.sockets), **self.options}
        discard_stale_lock(self.data)
        log = self.folder / "log" / "postgres.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            return processes.start(
                [
                    *self.prefix,
                    str(self.bin / "postgres"),
                    "-D",
                    str(self.data),
                    *(part for key, value in options.items() for part in ("-c", f"{key}={value}")),
                ],
                name="数据库",
                cwd="/",
                output=output,
                quit_with=signal.SIGINT,  # a fast shutdown: it ends sessions instead of waiting for them
            )

    def is_ready(self, child: processes.Child) -> bool:
        """Return whether ``child``, and not one before it, takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(child.process.pid) and lines[7].strip() == "ready"

    def await_ready(self, child: processes.Child, patience: float = 60) -> None:
        """Wait until the server takes connections; raise Failed with the end of its log when it died."""

        def ready() -> bool:
            if not child.is_running:
                log = self.folder / "log" / "postgres.log"
                raise Failed("数据库没有启动 · the database did not start:\n    " + "\n    ".join(tail(log, 8)))
            return self.is_ready(child)

        self.steps.wait("数据库 · PostgreSQL", ready, patience=patience)
        # A cluster made by a launcher that was killed half-way has no database yet, hence here and not in _create.
        self._make_database()
        self._let_replicate()
        self._add_postgis()

    def _as_server(self) -> list[str]:
        """Return what stands before a program so that it runs as the server's user and can reach the folder.

        A clone that only root may enter stays closed to that user, so the server is given the one capability
        that passes closed folders, and only then: it could read other closed files as well.
        """
        if os.geteuid() != 0:
            return []
        # The death signal is set here again because a change of user clears it.
        plain = ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", "--pdeathsig=INT"]
        if subprocess.run([*plain, "test", "-x", str(self.folder)], cwd="/", check=False).returncode == 0:
            return plain
        return [*plain, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]

    def _create(self) -> None:
        if self.data.exists():
            if (self.data / "base").exists() and (self.data / "global" / "pg_control").exists():
                # Complete but unmarked means unknown: never delete what could be somebody's data.
                raise Failed(f"{self.data} 不是本程序建立的，请移走 · was not made by this program, move it away")
            shutil.rmtree(self.data)
        making = self.folder / "postgres.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        os.chown(making, self.uid, self.gid)
        self.steps.run(
            "建立私有数据库 · initdb",
            [
                *self.prefix,
                str(self.bin / "initdb"),
                f"--pgdata={making}",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--auth=peer",
                "--no-instructions",
                *(["--no-sync"] if self.options.get("fsync") == "off" else []),
            ],
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            cwd="/",
        )
        names = sorted({self.user, pwd.getpwuid(os.geteuid()).pw_name})
        (making / "pg_ident.conf").write_text(
            "".join(f"zhengtong {name} {role}\n" for name in names for role in (ROLE, "postgres"))
        )
        (making / "zhengtong.stamp").write_text("1\n")
        making.rename(self.data)

    def _make_database(self) -> None:
        marked = self.data / "zhengtong.database"
        if marked.exists():
            return
        if self.ask(f"SELECT count(*) FROM pg_roles WHERE rolname = '{ROLE}'") == "0":
            self.ask(f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE")
        if self.ask(f"SELECT count(*) FROM pg_database WHERE datname = '{ROLE}'") == "0":
            self.ask(f"CREATE DATABASE {ROLE} OWNER {ROLE} TEMPLATE template0")
        marked.write_text("1\n")

    def _let_replicate(self) -> None:
        """Give the role the right to slots; a cluster from before change capture gets it at the next start."""
        marked = self.data / "zhengtong.replication"
        if marked.exists():
            return
        self.ask(f"ALTER ROLE {ROLE} REPLICATION; GRANT pg_checkpoint TO {ROLE}")
        marked.write_text("1\n")

    def _add_postgis(self) -> None:
        """Tests make their databases from ``template1``; a cluster from before the maps gets it at the next start."""
        marked = self.data / "zhengtong.postgis"
        if marked.exists():
            return
        for name in ("template1", ROLE):
            self.ask("CREATE EXTENSION IF NOT EXISTS postgis", name)
        marked.write_text("1\n")

    def ask(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the cluster's superuser and return its bare result. Raises Failed."""
        options = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets), "-U", "postgres", "-d", database]
        command = [str(self.bin / "psql"), *options, "-c", statement]
        answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if answer.returncode != 0:
            raise Failed(f"数据库拒绝了 · the database refused: {answer.stderr.strip()}")
        return answer.stdout.strip()


def relaunch(postgres: Postgres, patience: float = 20) -> processes.Child:
    """Start a server whose predecessor was killed, once the last of that one's sessions have let go of its memory."""
    deadline = time.monotonic() + patience
    while True:
        child = postgres.launch()
        while child.is_running and not postgres.is_ready(child) and time.monotonic() < deadline:
            time.sleep(0.05)
        if child.is_running or time.monotonic() > deadline:
            return child
        time.sleep(0.2)
