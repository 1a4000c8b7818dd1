"""The stand-alone program: what it believes, and each kind of bad file with a sentence of its own."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong_verify import findings, journal
from zhengtong_verify.archive import read_archive, write_archive
from zhengtong_verify.command import FALSE, PROVEN, UNPROVEN, UNREADABLE, check_content, main
from zhengtong_verify.findings import SENTENCES, Unusable
from zhengtong_verify.sealing import Trust
from zhengtong_verify.tests.conftest import make_evidence
from zhengtong_verify.tests.foreign import ForeignAuthority

Change = Callable[[dict[str, bytes]], None]


def root_of(authority: ForeignAuthority) -> str:
    return str(authority.folder / "root.pem")


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """Return the exit status and the codes of what doesn't hold."""
    status = main([*arguments, "--json"])
    answers = json.loads(capsys.readouterr().out)
    return status, [each["code"] for answer in answers for each in answer["findings"] if not each["passed"]]


def test_evidence_is_proven_to_the_named_root(
    evidence: Path, foreign: ForeignAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(evidence), "--root", root_of(foreign)]) == PROVEN
    said = capsys.readouterr().out
    assert "第 102 号记录" in said
    assert "一字未改" in said
    assert "可以相信" in said
    fingerprint = hashlib.sha256(foreign.read("root.cer")).hexdigest()
    with_colons = ":".join(fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    assert main([str(evidence), "--fingerprint", with_colons, "--lang", "en"]) == PROVEN
    assert "Record 102" in capsys.readouterr().out


def test_without_a_root_nothing_is_proven(evidence: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(evidence)]) == UNPROVEN
    assert "没有指定根证书" in capsys.readouterr().out


def test_a_root_of_the_same_name_is_not_the_root(
    evidence: Path, stranger: ForeignAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    status, codes = ask(capsys, str(evidence), "--root", root_of(stranger))
    assert status == FALSE
    assert {"wrong-root", "bad-certificate"} & set(codes)
    assert ask(capsys, str(evidence), "--fingerprint", "00" * 32)[0] == FALSE


def test_a_published_root_is_compared(
    evidence: Path, files: dict[str, bytes], foreign: ForeignAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    published = journal.hash_header(files["roots/2.json"])
    given = [str(evidence), "--root", root_of(foreign), "--journal-root"]
    assert ask(capsys, *given, published) == (PROVEN, [])
    assert ask(capsys, *given, "00" * 32) == (FALSE, ["root-unknown"])


def bend(name: str, at: int = -3) -> Change:
    def change(files: dict[str, bytes]) -> None:
        content = bytearray(files[name])
        content[at] ^= 1
        files[name] = bytes(content)

    return change


def replace(name: str, old: bytes, new: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


def swap(one: str, other: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        files[one], files[other] = files[other], files[one]

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (replace("records/102.json", "周敏".encode(), "周明".encode()), "record-not-in-block"),
        (replace("records/102.json", b'":', b'" :'), "bad-record"),
        (swap("records/102.json", "records/105.json"), "record-not-in-block"),
        (replace("blocks/7.json", b'"count":5', b'"count":6'), "bad-signature"),
        (bend("blocks/7.json.sig"), "bad-signature"),
        (bend("blocks/7.json.tst"), "bad-token"),
        (swap("blocks/7.json.tst", "roots/2.json.tst"), "bad-token"),
        (lambda files: files.pop("blocks/7.json.seal"), "bad-seal"),
        (lambda files: files.pop("blocks/7.json"), "record-not-in-block"),
        (replace("roots/2.json", b'"first":6', b'"first":7'), "block-not-in-root"),
        (replace("proofs.json", b'"place":4', b'"place":3'), "record-not-in-block"),
        (replace("proofs.json", b'"record":102', b'"record":103'), "no-proof"),
        (replace("proofs.json", b'"proof":["', b'"proof":["x'), "bad-proofs"),
        (lambda files: [files.pop(each) for each in ("records/102.json", "records/105.json")], "empty"),
    ],
)
def test_who_seals_altered_evidence_anew_is_found_out(
    files: dict[str, bytes], foreign: ForeignAuthority, change: Change, code: str
) -> None:
    """Even whoever could sign the manifest again can't make what the blocks don't hold."""
    altered = dict(files)
    change(altered)
    report = check_content(make_evidence(foreign, altered), "x.zip", Trust((foreign.read("root.cer"),)))
    assert code in report.codes, report.codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (bend("records/102.json"), "file-altered"),
        (lambda files: files.pop("report.html"), "file-missing"),
        (lambda files: files.update({"more.txt": b"1"}), "file-extra"),
        (bend("manifest.json.sig"), "bad-signature"),
        (replace("manifest.json", "测试".encode(), "考试".encode()), "bad-signature"),
    ],
)
def test_a_file_changed_after_it_was_sealed(
    files: dict[str, bytes], foreign: ForeignAuthority, change: Change, code: str
) -> None:
    sealed = read_archive(make_evidence(foreign, {**files, "report.html": b"<p>"}))
    change(sealed)
    report = check_content(write_archive(sealed), "x.zip", Trust((foreign.read("root.cer"),)))
    assert code in report.codes, report.codes


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}", bytes(60 * 1024 * 1024))
    return packed.getvalue()


def named(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return packed.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_can_not_be_read_says_why(evidence: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = evidence.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 1
    given = {
        "cut": whole[: len(whole) // 2],
        "damaged": bytes(flipped),
        "bomb": bomb(),
        "bad-name": named("../../etc/passwd"),
        "no-manifest": named("a.txt"),
        "bad-manifest": write_archive({"manifest.json": b"[]"}),
        "unknown-kind": b"%PDF-1.7",
    }
    said = set()
    for code, content in given.items():
        path = tmp_path / code
        path.write_bytes(content)
        assert ask(capsys, str(path)) == (UNREADABLE, [code]), code
        main([str(path)])
        said.add(capsys.readouterr().out)
    assert ask(capsys, str(tmp_path / "nothing")) == (UNREADABLE, ["missing"])
    assert len(said) == len(given)
    with pytest.raises(Unusable, match="bad-name"):
        read_archive(named("a", "a"))


@settings(max_examples=60)
@given(at=st.integers(0, 10**9), to=st.integers(0, 255))
def test_any_byte_that_is_flipped_is_noticed(evidence: Path, foreign: ForeignAuthority, at: int, to: int) -> None:
    content = bytearray(evidence.read_bytes())
    at %= len(content)
    if content[at] == to:
        return
    content[at] = to
    try:
        report = check_content(bytes(content), "x.zip", Trust((foreign.read("root.cer"),)))
    except Unusable:
        return
    # Bytes that say nothing of the content (times, comments of the archive) may be whatever they like.
    whole = read_archive(evidence.read_bytes())
    assert not report.is_proven or read_archive(bytes(content)) == whole


def test_every_sentence_is_there_in_both_languages() -> None:
    for code, (chinese, english) in SENTENCES.items():
        assert chinese.endswith(("。", "：{why}")), code
        assert english.endswith("."), code
    assert len({chinese for chinese, _english in SENTENCES.values()}) == len(SENTENCES)
    assert findings.UNPINNED


def test_it_runs_where_there_is_no_platform(evidence: Path, foreign: ForeignAuthority) -> None:
    """In an isolated interpreter in which Django, the platform and a database driver can't be imported."""
    source = Path(findings.__file__).parents[1]
    program = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("django", "zhengtong", "psycopg", "procrastinate", "allauth"):
            raise ImportError("not on this machine: " + name)
sys.meta_path.insert(0, Blocker())
sys.path.insert(0, {str(source)!r})
from zhengtong_verify.command import main
sys.exit(main(sys.argv[1:]))
"""
    command = [sys.executable, "-I", "-c", program, str(evidence), "--root", root_of(foreign)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (PROVEN, "")
    assert "可以相信" in done.stdout


def test_a_command_given_wrongly_says_so(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("-----BEGIN CERTIFICATE-----\n!!\n")
    for wrong in (["--fingerprint", "12"], ["--root", str(tmp_path / "none")], ["--journal-root", "zz"]):
        with pytest.raises(SystemExit) as ended:
            main([str(evidence), *wrong])
        assert ended.value.code == 2
