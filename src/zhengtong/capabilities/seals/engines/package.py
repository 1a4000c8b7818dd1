"""The package that an OFD file is: opened with care, and written again without packing anew what didn't change."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from zipfile import BadZipFile, ZipFile

from zhengtong.capabilities.seals.engines.material import BrokenOfd, EncryptedOfd, FileTooLarge, NotAnOfd

NAMESPACE = "{http://www.ofdspec.org/2016}"
MOST_FILES = 20_000
MOST_BYTES = 256 * 1024 * 1024
# Deflate can't do better than about 1,032 : 1; real pages do 20 : 1.
GREATEST_RATIO = 200
RATIO_FLOOR = 1024 * 1024
DEEPEST_XML = 64
MOST_ELEMENTS = 400_000
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_UTF8 = 0x800


class DangerousFile(BrokenOfd):
    """Made to exhaust whoever opens it: too deep, too many parts, unpacking without end, or with entities."""

    code = "dangerous"


@dataclass
class Package:
    """The files of a package by their names, and the packed bytes of those that were in it."""

    files: dict[str, bytes]
    _packed: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def put(self, name: str, content: bytes) -> None:
        self.files[name] = content
        self._packed.pop(name, None)

    def write(self) -> bytes:
        """Return the package, OFD.xml first; what wasn't changed goes over as it was packed."""
        made, central = BytesIO(), []
        for name in sorted(self.files, key=lambda each: (each != "OFD.xml", each)):
            content = self.files[name]
            method, packed = self._packed.get(name) or _pack(content)
            raw, start = name.encode(), made.tell()
            shared = (20, _UTF8, method, 0, 0x21, zlib.crc32(content), len(packed), len(content), len(raw), 0)
            made.write(_LOCAL.pack(b"PK\x03\x04", *shared) + raw + packed)
            central.append(_CENTRAL.pack(b"PK\x01\x02", 20, *shared, 0, 0, 0, 0o644 << 16, start) + raw)
        start, directory = made.tell(), b"".join(central)
        made.write(directory)
        made.write(_END.pack(b"PK\x05\x06", 0, 0, len(central), len(central), len(directory), start, 0))
        return made.getvalue()


def open_package(content: bytes) -> Package:
    """Return the files of an OFD package. Raises NotAnOfd, BrokenOfd, EncryptedOfd, FileTooLarge, DangerousFile."""
    if not content.startswith(b"PK"):
        raise NotAnOfd
    try:
        with ZipFile(BytesIO(content)) as package:
            entries = [each for each in package.infolist() if not each.is_dir()]
            if len(entries) > MOST_FILES:
                raise DangerousFile
            if "OFD.xml" not in {each.filename for each in entries}:
                raise NotAnOfd
            total, made = 0, Package({})
            for entry in entries:
                if entry.flag_bits & 1:
                    raise EncryptedOfd
                name = entry.filename
                if name in made.files or ".." in name.split("/") or name.startswith("/") or "\\" in name:
                    raise DangerousFile
                total += entry.file_size
                if total > MOST_BYTES:
                    raise FileTooLarge
                if entry.file_size > max(RATIO_FLOOR, GREATEST_RATIO * entry.compress_size):
                    raise DangerousFile
                made.files[name] = package.read(entry)  # checks length and CRC as it goes
                made._packed[name] = (
                    entry.compress_type,
                    _packed_bytes(content, entry.header_offset, entry.compress_size),
                )
    except (
        BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        struct.error,
        ValueError,
        OSError,
        IndexError,
    ) as error:
        raise BrokenOfd from error
    return made


def parse_xml(content: bytes) -> Element:
    """Return the tree of an XML file. Raises BrokenOfd, and DangerousFile for what no document needs."""
    parser = XMLParser(target=_Guarded())
    try:
        parser.feed(content)
        tree = parser.close()
    except (ParseError, LookupError, ValueError) as error:
        raise BrokenOfd from error
    assert isinstance(tree, Element)
    return tree


def find_text(tree: Element, path: str) -> str:
    """Return the text at a path of OFD's names, "" where there is none."""
    found = tree.find("/".join(NAMESPACE + each for each in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


def resolve(place: str, named: str) -> str:
    """Return the file that ``named`` means in the file ``place``: from the package's root, or beside it."""
    if named.startswith("/"):
        return named.lstrip("/")
    parts = [*place.split("/")[:-1], *named.split("/")]
    made: list[str] = []
    for part in parts:
        if part == "..":
            if not made:
                raise BrokenOfd
            made.pop()
        elif part not in ("", "."):
            made.append(part)
    return "/".join(made)


def get_file(files: Mapping[str, bytes], name: str) -> bytes:
    """Return a file that has to be there. Raises BrokenOfd."""
    if name not in files:
        raise BrokenOfd
    return files[name]


class _Guarded(TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST_XML or self._count > MOST_ELEMENTS:
            raise DangerousFile
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise DangerousFile


def _pack(content: bytes) -> tuple[int, bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    return (8, packed) if len(packed) < len(content) else (0, content)


def _packed_bytes(content: bytes, header: int, size: int) -> bytes:
    fields = _LOCAL.unpack_from(content, header)
    if fields[0] != b"PK\x03\x04":
        raise BadZipFile
    start = header + _LOCAL.size + fields[9] + fields[10]
    if start + size > len(content):
        raise BadZipFile
    return content[start : start + size]
