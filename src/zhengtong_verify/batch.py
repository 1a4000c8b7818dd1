"""A batch: files in a ZIP, a manifest with the SM3 of each, and the manifest sealed (docs/reference/evidence.md).

Evidence is a batch of its own kind; exchange between organisations sends others.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from zhengtong_verify.archive import write_archive
from zhengtong_verify.canonical import canonical, is_canonical, sm3
from zhengtong_verify.findings import Finding, Unusable, fails, holds
from zhengtong_verify.sealing import Seal, Trust, check_seal, read_seal, write_seal

FORMAT: Final = "zhengtong-batch"
MANIFEST: Final = "manifest.json"
_BESIDE: Final = frozenset({MANIFEST, f"{MANIFEST}.sig", f"{MANIFEST}.tst", f"{MANIFEST}.seal"})


def write_batch(
    *,
    kind: str,
    files: Mapping[str, bytes],
    seal: Callable[[bytes], Seal],
    made_at: str,
    made_by: str,
    installation: str,
    about: str = "",
) -> bytes:
    """Return ``files`` as a sealed batch of ``kind``. ``seal`` signs and stamps the manifest's bytes.

    ``made_at`` is a moment as ISO 8601; ``made_by``, ``installation`` and ``about`` are for people.
    """
    entries = dict(files)
    # The certificates of the manifest's seal have to be known before the manifest can list them, so they stand beside.
    manifest = canonical(
        {
            "format": FORMAT,
            "version": 1,
            "kind": kind,
            "made_at": made_at,
            "made_by": made_by,
            "installation": installation,
            "about": about,
            "files": {name: {"size": len(content), "sm3": sm3(content)} for name, content in entries.items()},
        }
    )
    entries[MANIFEST] = manifest
    return write_archive(entries | write_seal(MANIFEST, seal(manifest)))


def read_manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the manifest. Raises Unusable when there is none, or it isn't in its form."""
    if MANIFEST not in files:
        raise Unusable("no-manifest")
    if not is_canonical(files[MANIFEST]):
        raise Unusable("bad-manifest")
    manifest: dict[str, Any] = json.loads(files[MANIFEST])
    listed = manifest.get("files")
    if manifest.get("format") != FORMAT or manifest.get("version") != 1 or not isinstance(listed, dict):
        raise Unusable("bad-manifest")
    if not all(isinstance(manifest.get(name), str) for name in ("kind", "made_at", "made_by", "installation", "about")):
        raise Unusable("bad-manifest")
    if not all(isinstance(each, dict) and isinstance(each.get("sm3"), str) for each in listed.values()):
        raise Unusable("bad-manifest")
    return manifest


def check_batch(files: Mapping[str, bytes], manifest: Mapping[str, Any], trust: Trust) -> list[Finding]:
    """Return what was found about a batch's files and its seal."""
    found = []
    listed = manifest["files"]
    beside = _BESIDE | {f"certificates/{each}.cer" for each in read_seal(files, MANIFEST).certificates}
    for name in sorted(listed):
        if name not in files:
            found.append(fails("file-missing", name=name))
        elif sm3(files[name]) != listed[name]["sm3"]:
            found.append(fails("file-altered", name=name))
    found += [fails("file-extra", name=name) for name in sorted(files.keys() - listed.keys() - beside)]
    if not found:
        found.append(holds("files", count=len(listed)))
    return [*found, *check_seal(files, MANIFEST, trust, stated=manifest["made_at"])]
