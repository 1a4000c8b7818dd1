"""SM2 beside ``openssl speed``: what both figures share. Rates are of processor time, as the command counts it."""

import re
import subprocess
from collections.abc import Callable
from time import process_time

SECONDS = 1.0
_LINE = re.compile(r"SM2 \(CurveSM2\)\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)")


def rate(work: Callable[[], object]) -> float:
    """Return how often a second ``work`` is done by one core."""
    began, done = process_time(), 0
    while (taken := process_time() - began) < SECONDS:
        for _ in range(50):
            work()
        done += 50
    return done / taken


def openssl_speed() -> tuple[float, float]:
    """Return signatures and verifications a second of the openssl command on this machine."""
    command = ["openssl", "speed", "-seconds", str(int(SECONDS)), "sm2"]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    found = _LINE.search(said)
    if found is None:
        raise RuntimeError(f"openssl speed said something else: {said[-500:]}")
    return float(found[1]), float(found[2])
