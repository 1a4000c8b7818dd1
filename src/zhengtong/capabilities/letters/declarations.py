"""What a desk says about its pages of letters."""

from dataclasses import dataclass

from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True)
class LetterPage(Declaration):
    """The page of a desk on which a letter is worked on; it takes the letter's number."""

    url_name: str

    @property
    def key(self) -> str:
        return "letter"
