"""The client of the interface benchmarks, a process of its own: connections that stay open, calls that are signed.

``python -m benchmarks.interface_caller`` reads one JSON object from standard input and writes one: throughput of a
closed loop (each connection asks again when it was answered), or the latencies of an open one (asks come at their
times, whether the ones before were answered or not, and waiting counts).
"""

import http.client
import json
import ssl
import sys
import threading
from collections.abc import Callable
from time import perf_counter, sleep
from typing import Any

from zhengtong_client import envelope as envelopes
from zhengtong_client.keys import PrivateKey

Ask = Callable[[http.client.HTTPSConnection], None]


def main() -> None:
    given = json.load(sys.stdin)
    context = ssl.create_default_context(cadata=given["authority"])
    ask = _make_ask(given)
    run = _run_open if given["rate"] else _run_closed
    json.dump(run(given, context, ask), sys.stdout)


def _make_ask(given: dict[str, Any]) -> Ask:
    if not given["key"]:
        path = f"/people?idno={given['number']}"

        def ask_directly(connection: http.client.HTTPSConnection) -> None:
            connection.request("GET", path)
            _check(connection.getresponse())

        return ask_directly
    key = PrivateKey.read(given["key"])
    body = json.dumps({"parameters": {"idno": given["number"]}}).encode()
    path = f"/exchange/v1/services/{given['service']}/call"

    def ask(connection: http.client.HTTPSConnection) -> None:
        envelope = envelopes.build(
            sender=given["member"],
            recipient=given["service"],
            contract=given["contract"],
            purpose="核验参保状态",
            body=body,
            key=key.key_id,
        )
        headers = envelopes.to_headers(envelope, key.sign(envelope.canonical())) | {"Content-Type": "application/json"}
        connection.request("POST", path, body, headers)
        _check(connection.getresponse())

    return ask


def _check(answer: http.client.HTTPResponse) -> None:
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {content.decode(errors='replace')[:300]}")


def _run_closed(given: dict[str, Any], context: ssl.SSLContext, ask: Ask) -> dict[str, Any]:
    counts = [0] * given["connections"]
    began, until = 0.0, 0.0
    ready = threading.Barrier(given["connections"] + 1)

    def work(place: int) -> None:
        connection = http.client.HTTPSConnection("127.0.0.1", given["port"], context=context)
        for _turn in range(5):  # the connection, and what the other side remembers
            ask(connection)
        ready.wait()
        while perf_counter() < until:
            ask(connection)
            counts[place] += 1

    until = float("inf")
    threads = [threading.Thread(target=work, args=(place,), daemon=True) for place in range(given["connections"])]
    for each in threads:
        each.start()
    began = perf_counter()
    ready.wait()
    began = perf_counter()
    until = began + given["seconds"]
    for each in threads:
        each.join()
    return {"rate": sum(counts) / (perf_counter() - began)}


def _run_open(given: dict[str, Any], context: ssl.SSLContext, ask: Ask) -> dict[str, Any]:
    count, connections = int(given["rate"] * given["seconds"]), given["connections"]
    took: list[float] = [0.0] * count
    ready = threading.Barrier(connections + 1)
    began = 0.0

    def work(place: int) -> None:
        connection = http.client.HTTPSConnection("127.0.0.1", given["port"], context=context)
        for _turn in range(3):
            ask(connection)
        ready.wait()
        ready.wait()
        for number in range(place, count, connections):
            due = began + number / given["rate"]
            sleep(max(0.0, due - perf_counter()))
            ask(connection)
            # From when it was due: a call that had to wait for the one before it waited.
            took[number] = perf_counter() - due

    threads = [threading.Thread(target=work, args=(place,), daemon=True) for place in range(connections)]
    for each in threads:
        each.start()
    ready.wait()
    began = perf_counter() + 0.2
    ready.wait()
    for each in threads:
        each.join()
    return {"milliseconds": [round(each * 1000, 2) for each in took]}


if __name__ == "__main__":
    main()
