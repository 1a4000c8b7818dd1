"""The website signs, and never has a key: not in its imports, not among the files that it opens."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import zhengtong
from tests.signer import SignerProcess

SOURCE = Path(zhengtong.__file__).parent
SIGNER = "zhengtong.capabilities.keys.signer"
# What can load or use a private key. Certificates of people and the trial's payments have their own business.
LOADS_KEYS = {"pkcs11"}
_WEB = """
import contextlib, json, os, sys
opened = []
def note(event, said):
    if event == "open" and isinstance(said[0], (str, bytes)):
        opened.append(os.fsdecode(said[0]))
sys.addaudithook(note)
import zhengtong.config.wsgi
from zhengtong.core.crypto import signer
signer.create_key("content-of-the-website", signer.Algorithm.P256, signer.Purpose.CONTENT)
signer.sign("content-of-the-website", b"a licence", purpose=signer.Purpose.CONTENT)
links = []
for each in os.listdir("/proc/self/fd"):
    # The folder's own descriptor is closed again.
    with contextlib.suppress(OSError):
        links.append(os.readlink(f"/proc/self/fd/{each}"))
print(json.dumps({"opened": opened + links, "modules": list(sys.modules)}))
"""


def test_the_websites_process_opens_no_file_of_the_signer(own_signer: SignerProcess) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WEB],
        env={**os.environ, "SIGNER_SOCKET": str(own_signer.socket)},
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    assert not [path for path in said["opened"] if path.startswith(str(own_signer.folder))]
    assert not [name for name in said["modules"] if name.startswith((SIGNER, "pkcs11"))]


def test_nothing_of_the_platform_imports_the_signer() -> None:
    wrong = []
    for path in SOURCE.rglob("*.py"):
        inside = path.relative_to(SOURCE).as_posix()
        if inside.startswith("capabilities/keys/signer/") or "/tests/" in inside:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            wrong += [(inside, name) for name in names if name.startswith(SIGNER) or name.split(".")[0] in LOADS_KEYS]
    assert wrong == []


def test_the_signer_imports_no_django() -> None:
    command = f"import sys, {SIGNER}.server; print([name for name in sys.modules if name.startswith('django')])"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
