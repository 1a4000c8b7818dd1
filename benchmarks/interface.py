"""``interface``: calls of a service through the platform beside the same service called directly, both over TLS.

The service asks the database a real query of ten milliseconds. ``interface`` is a closed loop over eight connections;
``interface_p95`` asks fifty times a second over thirty-two connections, whether answered or not, against its limit.
"""

import json
import os
import subprocess
import sys
from typing import Any

from django.db import connection

from benchmarks.city import get_city
from benchmarks.figure import Figure, compare
from benchmarks.interface_site import Site, running_site
from zhengtong.capabilities.interfaces.models import Service
from zhengtong.capabilities.interfaces.tests.office import Office, open_office
from zhengtong.capabilities.pki.public import prepare_trust
from zhengtong.core.identity.public import Organisation

CONNECTIONS, SECONDS = 8, float(os.environ.get("INTERFACE_SECONDS", "5"))
RATE, OPEN_CONNECTIONS, LIMIT_MS = 50, 32, 50.0
ROUNDS = int(os.environ.get("INTERFACE_ROUNDS", "5"))
NUMBER = "11010519491231002X"


def _prepare() -> None:
    get_city()
    prepare_trust()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS interface_people")
        cursor.execute(
            "CREATE TABLE interface_people (idno text PRIMARY KEY, xm text, dh text, nl integer, je numeric(12,2))"
        )
        cursor.execute(
            "INSERT INTO interface_people SELECT to_char(n, 'FM000000000000000000'), '王' || n, '13900001234', n % 100,"
            " n / 7.0 FROM generate_series(1, 10000) n"
        )
        cursor.execute("INSERT INTO interface_people VALUES (%s, '王晓岚', '13900001234', 33, 12.5)", [NUMBER])


def _publish(site: Site) -> Office:
    here, there = (Organisation.objects.get(name=f"{name}人民政府") for name in ("澄波区", "禾溪县"))
    office = open_office(here, there, f"https://127.0.0.1:{site.direct}")
    office.service.source.settings = {"address": f"https://127.0.0.1:{site.direct}", "authority": site.authority}
    office.service.source.save()
    Service.objects.filter(pk=office.service.pk).update(calls_a_minute=1_000_000)
    return office


def _ask(site: Site, office: Office | None, *, connections: int, rate: int = 0) -> dict[str, Any]:
    given = {
        "port": site.gateway if office else site.direct,
        "authority": site.authority,
        "number": NUMBER,
        "connections": connections,
        "seconds": SECONDS,
        "rate": rate,
        "key": office.key.to_pem() if office else "",
        "member": office.member.code if office else "",
        "service": office.service.code if office else "",
        "contract": office.contract.number if office else "",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.interface_caller"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def _p95(site: Site, office: Office) -> float:
    found = sorted(_ask(site, office, connections=OPEN_CONNECTIONS, rate=RATE)["milliseconds"])
    return float(found[int(len(found) * 0.95)])


def run() -> list[Figure]:
    """Return calls a second of a closed loop, and the 95th percentile of an open one in milliseconds."""
    _prepare()
    with running_site() as site:
        office = _publish(site)
        closed = compare(
            "interface",
            lambda: float(_ask(site, office, connections=CONNECTIONS)["rate"]),
            lambda: float(_ask(site, None, connections=CONNECTIONS)["rate"]),
            unit="calls/s",
            described=f"the service itself over TLS, {CONNECTIONS} connections",
            rounds=ROUNDS,
        )
        opened = compare(
            "interface_p95",
            lambda: _p95(site, office),
            lambda: LIMIT_MS,
            unit="ms",
            described=f"the limit, at {RATE} calls a second over {OPEN_CONNECTIONS} connections",
            lower_is_better=True,
            rounds=ROUNDS,
        )
    return [closed, opened]
