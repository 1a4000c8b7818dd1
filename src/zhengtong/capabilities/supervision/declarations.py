"""What supervision reads from other modules' manifests."""

from dataclasses import dataclass

from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True)
class UrgingPage(Declaration):
    """The desk's page on which an urging is read and answered; ``url_name`` takes its id."""

    url_name: str

    @property
    def key(self) -> str:
        return "urging"


@dataclass(frozen=True)
class CardPage(Declaration):
    """The page of a desk that shows a card; ``url_name`` takes its id."""

    url_name: str

    @property
    def key(self) -> str:
        return "card"
