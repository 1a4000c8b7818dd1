"""The little DER that a time stamp needs, written and read by hand.

A token is made several hundred times a second; general ASN.1 libraries take longer over one than its signature does.
The reader takes exactly DER and nothing else, and gives back slices of what came.
"""

from collections.abc import Iterator

INTEGER, BITS, OCTETS, NULL, OID, UTF8, BOOLEAN = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x01
TIME, SEQUENCE, SET = 0x18, 0x30, 0x31


class NotDer(ValueError):
    """These bytes are not DER, or not of the expected shape."""


def write(tag: int, *parts: bytes) -> bytes:
    """Return one value with its tag and length."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int) -> bytes:
    """Return an INTEGER."""
    return write(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER; arcs may be of any size."""
    first, second, *others = (int(arc) for arc in dotted.split("."))
    content = b"".join(_arc(value) for value in (first * 40 + second, *others))
    return write(OID, content)


def _arc(value: int) -> bytes:
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(value & 0x7F | 0x80)
    return bytes(reversed(parts))


class Reader:
    """The values that stand one after the other in ``content``."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._content)

    def peek(self) -> int:
        """Return the next value's tag, -1 at the end."""
        return -1 if self.is_done else self._content[self._at]

    def take(self, tag: int) -> bytes:
        """Return the next value's content; raise NotDer when it has another tag or isn't whole."""
        return self._take(tag)[1]

    def take_whole(self, tag: int) -> bytes:
        """Return the next value with its tag and length."""
        return self._take(tag)[0]

    def end(self) -> None:
        """Raise NotDer when something follows."""
        if not self.is_done:
            raise NotDer("more than there should be")

    def _take(self, tag: int) -> tuple[bytes, bytes]:
        content, start = self._content, self._at
        if content[start : start + 1] != bytes((tag,)):
            raise NotDer(f"expected the tag {tag:#x}")
        at = start + 2
        size = content[start + 1] if len(content) > start + 1 else -1
        if size == 0x80 or size > 0x84 or size < 0:
            raise NotDer("a length that DER doesn't have")
        if size > 0x80:
            count = size & 0x7F
            length = content[at : at + count]
            at, size = at + count, int.from_bytes(length)
            if len(length) < count or length[:1] == b"\0" or size < 0x80:
                raise NotDer("a length that isn't the shortest")
        end = at + size
        if end > len(content):
            raise NotDer("cut short")
        self._at = end
        return content[start:end], content[at:end]


def check_integer(content: bytes) -> None:
    """Raise NotDer unless this is an INTEGER's content in its shortest form."""
    if not content or (len(content) > 1 and content[0] in (0, 0xFF) and (content[0] == 0) == (content[1] < 0x80)):
        raise NotDer("not an integer in its shortest form")


def check_oid(content: bytes) -> None:
    """Raise NotDer unless this is an OBJECT IDENTIFIER's content."""
    if not content or content[-1] & 0x80 or any(begins == 0x80 for begins in _arc_starts(content)):
        raise NotDer("not an object identifier")


def _arc_starts(content: bytes) -> Iterator[int]:
    begins = True
    for octet in content:
        if begins:
            yield octet
        begins = octet < 0x80
