"""What a message template is, how it is filled in, and how long a failed delivery waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from zhengtong.kernel.modules import Declaration, Text

HIDDEN = "••••••"
# Seconds before the second, third, fourth and fifth attempt; after the fifth the message has failed.
WAITS = (15, 60, 300, 900)


@dataclass(frozen=True)
class MessageTemplate(Declaration):
    """A message that a module sends. ``body`` holds named placeholders: ``您的验证码是 {code}。``

    ``sensitive`` names the placeholders that only the recipient may read, such as a one-time code. Their values
    are kept sealed until the message is sent and are then gone; such a message isn't listed among her messages.
    """

    code: str
    title: Text
    body: Text
    sensitive: frozenset[str] = field(default_factory=frozenset)

    @property
    def key(self) -> str:
        return self.code

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in Formatter().parse(str(self.body)) if name)

    def render(self, context: Mapping[str, object]) -> str:
        """Return the text to send. Raises LookupError when ``context`` lacks a placeholder."""
        return str(self.body).format_map(dict(context))

    def render_redacted(self, context: Mapping[str, object]) -> str:
        """Return the text that may be kept: sensitive values are dots."""
        return self.render({**context, **dict.fromkeys(self.sensitive, HIDDEN)})


def is_local_link(link: str) -> bool:
    """Return whether ``link`` stays on the platform; a message never sends anybody elsewhere."""
    local = link.startswith("/") and not link.startswith(("//", "/\\"))
    return not link or (local and all(" " < c != "\x7f" for c in link))


def mask_phone(phone: str) -> str:
    """Return ``phone`` as the journal may show it: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"
