"""``zhengtong-verify``: checks evidence, batches and licences on any machine, and says in words what it found.

Exit status: 0 all proven; 1 something is false; 2 a file can't be read, or the command was given wrongly; 3 the file
agrees with itself, but no root was named that it could be proven against.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from asn1crypto import pem

from zhengtong_verify import evidence, receipt
from zhengtong_verify.archive import is_archive, read_archive
from zhengtong_verify.batch import check_batch, read_manifest
from zhengtong_verify.findings import UNPINNED, Finding, Report, Unusable, fails
from zhengtong_verify.journal import is_hash
from zhengtong_verify.sealing import Trust, fingerprint

# What is told of a file above its findings, as far as its kind has it.
_TOLD: Final = ("about", "installation", "made_by", "made_at", "title", "number", "holder", "issuer")
PROVEN, FALSE, UNREADABLE, UNPROVEN = range(4)
# Modules that know other kinds of file: each has ``can_read(content)`` and ``check(content, trust)``, a Report.
READERS: Final = ("zhengtong_verify.licence",)
_WORDS: Final = {
    PROVEN: ("可以相信：全部相符。", "Proven: everything holds."),
    FALSE: ("不能相信：有 {n} 处不符。", "Refused: {n} things don't hold."),
    UNREADABLE: ("无法核验。", "Can't be checked."),
    UNPROVEN: ("前后一致，但没有和根证书核对。", "Consistent, not compared with a root."),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files named on the command line; return the worst exit status of all."""
    parser = _make_parser()
    given = parser.parse_args(arguments)
    try:
        trust = Trust(
            tuple(der for path in given.root for der in _read_certificates(path)),
            frozenset(map(_read_fingerprint, given.fingerprint)),
        )
    except ValueError as error:
        parser.error(str(error))
    published = given.journal_root.lower().replace(" ", "")
    if published and not is_hash(published):
        parser.error("--journal-root: 64 hex digits")
    worst, answers = PROVEN, []
    for path in given.files:
        report, unusable = check_file(path, trust, published, given.data)
        status = judge(report)
        worst = max(worst, status, key=_order)
        answers.append(describe(path, report, unusable, status, given.lang))
        if not given.json:
            _print(answers[-1], given.lang)
    if given.json:
        print(json.dumps(answers, ensure_ascii=False, indent=1))  # noqa: T201  # this is what it is for
    return worst


def _order(status: int) -> int:
    return (PROVEN, UNPROVEN, FALSE, UNREADABLE).index(status)


def check_file(path: str, trust: Trust, published: str = "", data: str = "") -> tuple[Report | None, Finding | None]:
    """Return the report on a file, or why there can be none."""
    try:
        return check_content(Path(path).read_bytes(), Path(path).name, trust, published, data), None
    except OSError:
        return None, fails("missing", name=path)
    except Unusable as error:
        return None, fails(error.code, **error.about)


def check_content(content: bytes, name: str, trust: Trust, published: str = "", data: str = "") -> Report:
    """Return the report on what a file holds. Raises Unusable."""
    for module in READERS:
        if find_spec(module) is not None and (reader := import_module(module)).can_read(content):
            report: Report = reader.check(content, trust)
            return report
    if not is_archive(content):
        raise Unusable("unknown-kind", name=name)
    files = read_archive(content)
    manifest = read_manifest(files)
    found = check_batch(files, manifest, trust)
    if manifest["kind"] == evidence.KIND:
        found += evidence.check_evidence(files, trust, published)
    if manifest["kind"] == receipt.KIND:
        found += receipt.check_receipt(files, data)
    held = [content for path, content in files.items() if path.startswith("certificates/")]
    facts: dict[str, Any] = {key: manifest[key] for key in ("made_at", "made_by", "installation", "about")}
    facts["roots"] = [fingerprint(der) for der in Trust().choose(held)]
    return Report(manifest["kind"], tuple(found), trust.is_pinned, facts)


def judge(report: Report | None) -> int:
    if report is None:
        return UNREADABLE
    if not report.is_sound:
        return FALSE
    return PROVEN if report.is_pinned else UNPROVEN


def describe(path: str, report: Report | None, unusable: Finding | None, status: int, language: str) -> dict[str, Any]:
    """Return what is printed as JSON: the same findings that people read."""
    findings: Iterable[Finding] = report.findings if report else [unusable] if unusable else []
    return {
        "file": path,
        "status": ("proven", "false", "unreadable", "unproven")[status],
        "kind": report.kind if report else "",
        "facts": report.facts if report else {},
        "findings": [
            {"code": each.code, "passed": each.passed, "say": each.say(language), "about": each.about}
            for each in findings
        ],
    }


def _print(answer: dict[str, Any], language: str) -> None:
    is_english = language == "en"
    lines = [answer["file"]]
    if facts := answer["facts"]:
        lines.append("  " + " · ".join(filter(None, (facts.get(each) for each in _TOLD))))
    findings = answer["findings"]
    lines += [f"  {'✓' if each['passed'] else '✗'} {each['say']}" for each in findings]
    status = ("proven", "false", "unreadable", "unproven").index(answer["status"])
    if status == UNPROVEN:
        lines.append("  ! " + UNPINNED[is_english])
        lines += [f"      {each}" for each in answer["facts"].get("roots", ())]
    failed = sum(not each["passed"] for each in findings)
    lines.append("  " + _WORDS[status][is_english].format(n=failed))
    print("\n".join(lines))  # noqa: T201  # this is what it is for


def _read_certificates(path: str) -> list[bytes]:
    try:
        content = Path(path).read_bytes()
        if pem.detect(content):
            return [der for _name, _headers, der in pem.unarmor(content, multiple=True)]
    except (OSError, ValueError) as error:
        raise ValueError(f"--root {path}: {error}") from error
    return [content]


def _read_fingerprint(text: str) -> str:
    plain = text.lower().replace(":", "").replace(" ", "")
    if not is_hash(plain):
        raise ValueError(f"--fingerprint {text}: SHA-256, 64 hex digits")
    return plain


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zhengtong-verify",
        description="核验政通导出的证据、批次和证照，不需要平台、数据库和网络。 "
        "Checks evidence, batches and licences of Zhengtong without the platform, a database or a network.",
        epilog="退出码 exit status: 0 可以相信 proven · 1 不能相信 refused · 2 无法核验 unreadable · "
        "3 没有指定根证书 no root named",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="证据、批次或证照文件 what to check")
    parser.add_argument(
        "--root", action="append", default=[], metavar="FILE", help="受信任的根证书，PEM 或 DER a trusted root"
    )
    parser.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="HEX",
        help="受信任的根证书的 SHA-256 指纹 the SHA-256 fingerprint of a trusted root",
    )
    parser.add_argument(
        "--journal-root", default="", metavar="HEX", help="您手中公布过的日志根摘要 a published journal root's hash"
    )
    parser.add_argument(
        "--data", default="", metavar="FILE", help="与交换回执一起核对的数据文件 the data file of a receipt"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 language")
    parser.add_argument("--json", action="store_true", help="输出 JSON for programs")
    return parser
