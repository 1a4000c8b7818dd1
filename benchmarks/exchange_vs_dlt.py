"""Validate, mask, seal and stage, against dlt in each of its ways: the fastest of them is the reference."""

import os
import tempfile
from getpass import getuser
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from benchmarks.exchange_city import ROUNDS, Places, carry, parameters, places
from benchmarks.figure import Figure, compare, say

# How dlt reads, and in which files it loads: CSV by COPY, Parquet by ADBC.
WAYS = [(backend, form) for backend in ("connectorx", "connectorx stream", "pyarrow") for form in ("csv", "parquet")]


def run() -> Figure:
    """Return the figure. Raises ModuleNotFoundError without dlt, which only this needs."""
    dlt = import_module("dlt")
    with places() as found:
        fastest = find_fastest(dlt, found)
        whole: list[float] = []

        def staged() -> float:
            found.empty_target()
            carried = carry(found)
            whole.append(found.rows / carried.full)
            return float(found.rows / carried.stage)

        figure = compare(
            "exchange_vs_dlt",
            staged,
            lambda: found.rows / load(dlt, found, *fastest),
            unit="rows/s",
            described=f"dlt {dlt.__version__}, {' '.join(fastest)}, into a logged table",
            rounds=min(ROUNDS, 3),
        )
        # dlt checks, masks, seals and reconciles nothing, but its rows are in a logged table, as ours are only here.
        say(f"  the whole path, merged and reconciled: {median(whole[1:]) / figure.reference_value:.3f} x")
        return figure


def find_fastest(dlt: Any, found: Places) -> tuple[str, str]:
    """Return the way in which dlt is fastest here; one that can't load these columns is none."""
    seconds: dict[tuple[str, str], float] = {}
    for way in (WAYS[0], *WAYS):  # the first once more, since it has imported everything
        try:
            seconds[way] = load(dlt, found, *way)
        except dlt.pipeline.exceptions.PipelineStepFailed as error:
            say(f"  dlt {' '.join(way)}: {str(error).strip().splitlines()[-1]}")
        else:
            say(f"  dlt {' '.join(way)}: {seconds[way]:.2f} s")
    return min(seconds, key=lambda way: seconds[way])


def load(dlt: Any, found: Places, backend: str, form: str) -> float:
    """Return the seconds in which dlt loads the table."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    sql_table = import_module("dlt.sources.sql_database").sql_table
    options: dict[str, str] = {}
    if backend.startswith("connectorx"):
        options["conn"] = _connectorx_address(found.source)
    if backend.endswith("stream"):
        options["return_type"] = "arrow_stream"
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            f"p{uuid4().hex}",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(_address(found.target)),
            dataset_name="dlt",
        )
        table = sql_table(
            credentials=_address(found.source),
            table="given",
            schema="public",
            backend=backend.split()[0],
            chunk_size=50_000,
            backend_kwargs=options,
        )
        began = perf_counter()
        pipeline.run(table, write_disposition="replace", loader_file_format=form).raise_on_failed_jobs()
        seconds = perf_counter() - began
    assert found.ask(found.target, "SELECT count(*) FROM dlt.given") == (found.rows,)
    found.ask(found.target, "DROP SCHEMA dlt CASCADE")
    return seconds


def _address(database: str) -> str:
    """Return the database as libpq's URL. dlt wants a host and a password, whether the server does or not."""
    who, host, port = _server()
    if not host.startswith("/"):
        return f"postgresql://{who}@{host}:{port}/{database}"
    # What stands behind the question mark counts.
    return f"postgresql://{who}@localhost/{database}?host={quote(host, safe='')}&port={port}"


def _connectorx_address(database: str) -> str:
    """Return the database as connectorx's URL, in which a socket stands where a host does."""
    who, host, port = _server()
    return f"postgresql://{who}@{quote(host, safe='')}:{port}/{database}"


def _server() -> tuple[str, str, object]:
    words = parameters("")
    who = f"{quote(words.get('user') or getuser())}:{quote(words.get('password') or 'unused')}"
    return who, str(words.get("host") or "localhost"), words.get("port") or 5432
