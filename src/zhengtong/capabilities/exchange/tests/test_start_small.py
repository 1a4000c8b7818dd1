"""A worker that moves rows begins without what only other work needs: dictionaries of words, readers of PDF."""

import os
import subprocess
import sys

HEAVY = {"pypdf", "pypinyin", "rjieba"}
_START = "import sys, django; django.setup(); print(*sys.modules)"


def test_a_worker_starts_without_dictionaries_and_pdf() -> None:
    made = subprocess.run(
        [sys.executable, "-c", _START],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "zhengtong.config.settings"},
    )
    loaded = set(made.stdout.split())
    assert "zhengtong.capabilities.exchange.engine.path" in loaded
    assert not HEAVY & loaded
