"""Two platforms on one machine: each its own database, folder, signer, web server, worker, and nginx before it.

The city's database is a copy of the county's at the start, with other keys and another authority in it: to migrate a
second one from nothing would take as long as the rest of the journey.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections

from tests.journeys.conftest import PROCESSES, ROOT, Platform, await_ready, free_port
from tests.signer import SignerProcess
from zhengtong.capabilities.nodes.tests.proxy import SECRET, NodeProxy

COMMAND = str(Path(sys.executable).with_name("zhengtong"))
# What another authority and other data keys are made from anew.
_OWN = "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public' AND tablename ~ %s"
_OF_KEYS = "^(pki|crypto|timestamps)_"


@dataclass
class Side:
    """One of the two. ``exchange`` is where nginx listens for the other."""

    name: str
    database: str
    data_dir: Path
    signer: Path
    port: int = field(default_factory=free_port)
    exchange: int = field(default_factory=free_port)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    proxy: NodeProxy | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.exchange}"

    @property
    def environment(self) -> dict[str, str]:
        given = connection.settings_dict
        return {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DATABASE_URL": f"postgresql:///{self.database}?host={given['HOST']}&user={given['USER']}"
            f"&password={given['PASSWORD']}&port={given['PORT']}",
            "DATA_DIR": str(self.data_dir),
            "SIGNER_SOCKET": str(self.signer),
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "WEB_CONCURRENCY": "1",
            "PGAPPNAME": PROCESSES,
            "SITE_NAME": self.name,
            "TRUSTED_PROXIES": "127.0.0.1",
            "CLIENT_CERTIFICATE_SECRET": SECRET,
        }

    def run(self, *verb: str) -> None:
        """Run one of the platform's commands on this side."""
        done = subprocess.run([COMMAND, *verb], env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, what: str, log: Path) -> None:
        verb = ["serve", "--port", str(self.port)] if what == "web" else ["worker"]
        with log.open("ab") as output:
            self.processes[what] = subprocess.Popen(
                [COMMAND, *verb], env=self.environment, stdout=output, stderr=output, start_new_session=True
            )

    def stop(self, what: str) -> None:
        process = self.processes.pop(what)
        process.terminate()
        process.wait(30)

    def listen(self, folder: Path) -> None:
        """Start nginx with the certificate that the platform has made for itself."""
        pem = self.data_dir / "nodes" / "server.pem"
        self.proxy = NodeProxy(folder / f"nginx-{self.name}", self.exchange, self.url, pem).__enter__()

    def hang_up(self) -> None:
        if self.proxy is not None:
            self.proxy.__exit__()
            self.proxy = None


@contextmanager
def maintenance() -> Iterator["psycopg.Connection[Any]"]:
    """A session beside the databases, to make and drop them."""
    given = connections["default"].get_connection_params() | {"dbname": "postgres"}
    known = {key: given[key] for key in ("dbname", "user", "password", "host", "port") if given.get(key)}
    with psycopg.connect(**known, autocommit=True) as session:
        yield session


@contextmanager
def made_database(name: str, template: str = "template0") -> Iterator[str]:
    with maintenance() as session:
        session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        # Whoever still has the template open (a job's own connection) would be in the way; she opens another.
        session.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [template])
        session.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        with maintenance() as session:
            session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def open_database(name: str) -> Iterator["psycopg.Connection[Any]"]:
    given = connections["default"].get_connection_params() | {"dbname": name}
    known = {key: given[key] for key in ("dbname", "user", "password", "host", "port") if given.get(key)}
    with psycopg.connect(**known, autocommit=True) as session:
        yield session


@contextmanager
def two_sides(folder: Path) -> Iterator[tuple[Side, Side]]:
    """Start the county on the test's own database, and the city on a copy of it."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    with ExitStack() as stack:
        city_database = stack.enter_context(made_database(f"{name}_city", name))
        signer = SignerProcess(folder / "signer").start()
        stack.callback(signer.stop)
        data_dir = folder / "city"
        data_dir.mkdir()
        (data_dir / "static").symlink_to(settings.STATIC_ROOT)
        county = Side("澄波区", name, Path(settings.DATA_DIR), Path(settings.SIGNER_SOCKET))
        city = Side("安澜市", city_database, data_dir, signer.socket)
        with open_database(city_database) as session:
            found = session.execute(_OWN, [_OF_KEYS]).fetchone()
            assert found is not None
            # The ledger refers to certificates; it is empty, and refuses to be emptied all the same.
            session.execute("ALTER TABLE seals_ledgerrow DISABLE TRIGGER USER")
            session.execute(f"TRUNCATE {found[0]} CASCADE")
            session.execute("ALTER TABLE seals_ledgerrow ENABLE TRIGGER USER")
        log = folder / "servers.log"
        stack.callback(_stop, county, city)
        for what in ("web", "worker"):
            county.start(what, log)
        city.run("prepare_trust")
        for what in ("web", "worker"):
            city.start(what, log)
        for side in (county, city):
            await_ready(side.url, side.processes["web"])
        yield county, city


def _stop(*sides: Side) -> None:
    for side in sides:
        side.hang_up()
        for what in list(side.processes):
            side.stop(what)


def platform_of(side: Side, running: Platform) -> Platform:
    """Return a side as the acts of other journeys take it."""
    return Platform(side.url, running.cast, running.browser, running.complaints)
