"""What a kind of stamped thing is called, declared by whoever stamps it."""

from dataclasses import dataclass

from zhengtong.kernel.modules import Declaration, Text


@dataclass(frozen=True)
class TimestampKind(Declaration):
    """``code`` is the ``kind`` that :func:`stamp` is given."""

    code: str
    title: Text

    @property
    def key(self) -> str:
        return self.code
