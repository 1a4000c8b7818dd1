"""Validate, mask, seal and stage, against dlt with each of its backends: the fastest of them is the reference."""

import os
import tempfile
from importlib import import_module
from time import perf_counter
from typing import Any
from uuid import uuid4

from benchmarks.exchange_city import ROUNDS, Places, carry, parameters, places
from benchmarks.figure import Figure, compare, say

BACKENDS = ("connectorx", "pyarrow")


def run() -> Figure:
    """Return the figure. Raises ModuleNotFoundError without dlt, which only this needs."""
    dlt = import_module("dlt")
    with places() as found:
        seconds = {each: load(dlt, found, each) for each in BACKENDS}
        say(f"  dlt: {seconds}")
        fastest = min(seconds, key=lambda each: seconds[each])

        def staged() -> float:
            found.empty_target()
            return float(found.rows / carry(found).stage)

        return compare(
            "exchange_vs_dlt",
            staged,
            lambda: found.rows / load(dlt, found, fastest),
            unit="rows/s",
            described=f"dlt {dlt.__version__}, {fastest}",
            rounds=min(ROUNDS, 3),
        )


def load(dlt: Any, found: Places, backend: str) -> float:
    """Return the seconds in which dlt loads the table."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    sql_table = import_module("dlt.sources.sql_database").sql_table
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            f"p{uuid4().hex}",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(_address(found.target)),
            dataset_name="dlt",
        )
        table = sql_table(
            credentials=_address(found.source), table="given", schema="public", backend=backend, chunk_size=50_000
        )
        began = perf_counter()
        pipeline.run(table, write_disposition="replace", loader_file_format="csv").raise_on_failed_jobs()
        return perf_counter() - began


def _address(database: str) -> str:
    words = parameters(database)
    user, password = words.get("user", ""), words.get("password", "")
    who = f"{user}:{password}@" if password else f"{user}@"
    host = str(words.get("host", ""))
    if host.startswith("/"):
        return f"postgresql://{who}/{database}?host={host}"
    return f"postgresql://{who}{host}:{words.get('port', 5432)}/{database}"
