"""What a check found, in Chinese and in English: each thing that can be wrong has a sentence of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final


class Unusable(Exception):
    """A file can't be read at all: ``code`` names the sentence."""

    def __init__(self, code: str, /, **about: object) -> None:
        super().__init__(code)
        self.code, self.about = code, about


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it holds, and the sentence ``code`` filled with ``about``."""

    code: str
    passed: bool
    about: dict[str, Any] = field(default_factory=dict)

    def say(self, language: str) -> str:
        chinese, english = SENTENCES[self.code]
        return (english if language == "en" else chinese).format(**self.about)


@dataclass(frozen=True)
class Report:
    """All findings about one file. It proves something when all of them hold and the root was one that the reader
    brought herself (``is_pinned``)."""

    kind: str
    findings: tuple[Finding, ...]
    is_pinned: bool
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        return all(finding.passed for finding in self.findings)

    @property
    def is_proven(self) -> bool:
        return self.is_sound and self.is_pinned

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings if not finding.passed]


def holds(code: str, /, **about: Any) -> Finding:
    return Finding(code, True, about)


def fails(code: str, /, **about: Any) -> Finding:
    return Finding(code, False, about)


def list_failed(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.passed]


SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # The file.
    "missing": ("找不到文件 {name}。", "There is no file {name}."),
    "unknown-kind": (
        "{name} 不是证据、批次或者证照文件，本程序不认识。",
        "{name} is neither evidence, a batch nor a licence that this program knows.",
    ),
    "cut": (
        "文件不完整：压缩包没有结尾，可能没有下载完，或者被截断。请重新取得完整的文件。",
        "The file is cut off: the archive has no end. Obtain the whole file again.",
    ),
    "damaged": (
        "文件里的“{name}”损坏或者被改动过：内容与压缩包自己的校验值不符。",
        "“{name}” in the file was damaged or altered: it doesn't match the archive's own checksum.",
    ),
    "bomb": (
        "拒绝打开：压缩包展开后会超过 {limit}，正常的证据不会这么大，可能是恶意文件。",
        "Refused to open: unpacked, the archive would exceed {limit}. Evidence is never that large.",
    ),
    "bad-name": (
        "压缩包里有不允许的文件名“{name}”，或者同名文件出现了两次。",
        "The archive holds a forbidden file name “{name}”, or one name twice.",
    ),
    "no-manifest": ("压缩包里没有 manifest.json，不是政通的证据或批次。", "There is no manifest.json in the archive."),
    "bad-manifest": ("manifest.json 的内容不合格式。", "manifest.json isn't in the described form."),
    "file-missing": ("清单里列着“{name}”，文件里没有。", "The manifest lists “{name}”, which isn't there."),
    "file-extra": ("文件里多出清单没有列的“{name}”。", "“{name}” is there, and not in the manifest."),
    "file-altered": (
        "“{name}”被改动过：它的 SM3 与清单不符。",
        "“{name}” was altered: its SM3 isn't the manifest's.",
    ),
    "files": ("清单里的 {count} 个文件都在，内容没有改动。", "All {count} files of the manifest are there, unaltered."),
    # Signatures, time stamps, certificates.
    "bad-seal": ("“{name}”的签名说明不合格式。", "The description of the signature of “{name}” isn't in the form."),
    "bad-signature": (
        "“{name}”的签名不对：内容被改动过，或者不是证书持有人签的。",
        "The signature of “{name}” is wrong: it was altered, or somebody else signed it.",
    ),
    "bad-token": (
        "“{name}”的时间戳不对：{why}",
        "The time stamp of “{name}” is wrong ({code}).",
    ),
    "bad-certificate": (
        "“{name}”的证书不能相信：{why}",
        "The certificate of “{name}” can't be trusted ({code}).",
    ),
    "wrong-root": (
        "“{name}”的证书不是您指定的根证书签发的：可能是别的平台、别的根，或者是伪造的。",
        "The certificate of “{name}” doesn't lead to the root that you named: another platform's, or forged.",
    ),
    "wrong-clock": (
        "“{name}”写明 {stated} 封存，时间戳却是 {stamped}，相差太大。",
        "“{name}” says that it was closed at {stated}, its time stamp says {stamped}.",
    ),
    "sealed": (
        "“{name}”由“{signer}”签名，时间戳 {at}。",
        "“{name}” was signed by “{signer}” and time-stamped at {at}.",
    ),
    # The journal.
    "bad-proofs": ("proofs.json 的内容不合格式。", "proofs.json isn't in the described form."),
    "bad-header": ("{name} 不是合格的块头。", "{name} isn't a header in the described form."),
    "bad-record": (
        "第 {record} 号记录的写法不是规范写法，内容被改动过。",
        "Record {record} isn't in its canonical form: it was altered.",
    ),
    "no-proof": ("第 {record} 号记录没有包含证明。", "There is no inclusion proof for record {record}."),
    "record-not-in-block": (
        "第 {record} 号记录不在第 {block} 个区块里：记录、编号或者证明被改动过。",
        "Record {record} is not in block {block}: the record, its number or the proof was altered.",
    ),
    "record-in-block": (
        "第 {record} 号记录（{at} {who} {act}）在第 {block} 个区块里，一字未改。",
        "Record {record} ({at} {who} {act}) is in block {block}, unaltered.",
    ),
    "block-not-in-root": (
        "第 {block} 个区块不在第 {root} 号日志根之下：块头或者证明被改动过。",
        "Block {block} is not under journal root {root}: the header or the proof was altered.",
    ),
    "block-in-root": ("第 {block} 个区块在第 {root} 号日志根之下。", "Block {block} is under journal root {root}."),
    "broken-chain": (
        "第 {number} 个区块写明的前一块摘要，与第 {before} 个区块不符。",
        "Block {number} names another block {before} than the one that is here.",
    ),
    "empty": ("证据里没有一条记录。", "There is no record in the evidence."),
    # A licence that was presented.
    "licence-signer": (
        "没有找到签发这个证照码的证书（指纹开头 {print}）：请把平台的内容签名证书和根证书放进 --root 指定的文件。",
        "The certificate that signed it ({print}…) wasn't given: put the platform's content certificate and its root "
        "into the file of --root.",
    ),
    "licence-stale": (
        "证照码是 {at} 出示的，已经过期，可能是截图。请持证人当面重新出示。",
        "The code was shown at {at} and is over: it may be a picture of one. Ask the holder to show it anew.",
    ),
    "licence-ahead": (
        "证照码写明的出示时间 {at} 在现在以后：请核对本机时间，或者它是伪造的。",
        "The code says that it was shown at {at}, which is ahead of this clock.",
    ),
    "licence-over": ("证照的有效期已于 {day} 届满。", "The licence was valid until {day}."),
    "licence-shown": (
        "{title} {number}，持证主体 {holder}，{issuer}颁发，真实。",
        "{title} {number}, held by {holder}, issued by {issuer}: genuine.",
    ),
    # The receipt of an exchange.
    "bad-receipt": ("receipt.json 的内容不合格式。", "receipt.json isn't in the described form."),
    "chunk-chain": (
        "第 {number} 块的链摘要不对：某一块的摘要、顺序、合约、窗口或者列被改动过。",
        "The chain breaks at chunk {number}: a digest, the order, the contract, the window or a column was altered.",
    ),
    "chunks": ("{count} 块数据的摘要首尾相连。", "The digests of all {count} chunks are chained."),
    "receipt-counts": (
        "回执的行数对不上：来源、落地、隔离、新增、更新、未变之间不相等。",
        "The counts of the receipt don't agree with each other.",
    ),
    "receipt": (
        "合约 {contract}，窗口 {window}：来源 {read} 行 = 送达 {landed} 行 + 隔离 {held} 行。",
        "Contract {contract}, window {window}: {read} rows read = {landed} delivered + {held} held back.",
    ),
    "chunk-altered": (
        "数据文件的第 {number} 块与回执不符：被改动过，或者不完整。",
        "Chunk {number} of the data file isn't the receipt's: it was altered or cut off.",
    ),
    "data-longer": ("数据文件比回执列出的长。", "The data file is longer than the receipt says."),
    "data": ("数据文件的 {count} 块与回执逐字节相同。", "All {count} chunks of the data file are the receipt's."),
    "root-known": (
        "第 {root} 号日志根的摘要与您手中公布的一致。",
        "Journal root {root} has the hash that you hold from its publication.",
    ),
    "root-unknown": (
        "证据里没有一个日志根的摘要是您手中的 {hash}。",
        "No journal root in the evidence has the hash {hash} that you hold.",
    ),
}

UNPINNED: Final = (
    "没有指定根证书，只能说明文件自己前后一致，不能证明出自哪个平台。"
    "请向平台核对根证书的 SHA-256 指纹，再用 --fingerprint 指定：",
    "No root was named: the file agrees with itself, and that doesn't prove whose it is. "
    "Compare the root's SHA-256 fingerprint with the platform's and name it by --fingerprint:",
)
