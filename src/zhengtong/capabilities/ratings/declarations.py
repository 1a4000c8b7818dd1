"""What a desk says about its page of a follow-up."""

from dataclasses import dataclass

from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True)
class FollowUpPage(Declaration):
    """The page of a desk on which a bad rating is followed up; it takes the follow-up's public id."""

    url_name: str

    @property
    def key(self) -> str:
        return "follow_up"
