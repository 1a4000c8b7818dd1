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
    ``is_binding``: a law asks that the person be told this (行政许可法 第三十二条 …); nobody can switch it off.
    ``belongs_to`` names the topic where it isn't the module's own.
    """

    code: str
    title: Text
    body: Text
    sensitive: frozenset[str] = field(default_factory=frozenset)
    is_binding: bool = False
    belongs_to: str = ""

    @property
    def key(self) -> str:
        return self.code

    @property
    def topic(self) -> str:
        """What it is about, as people choose it in their settings: ``belongs_to``, or the module that sends it."""
        return self.belongs_to or self.code.partition(".")[0]

    @property
    def may_be_switched_off(self) -> bool:
        return not self.is_binding and not self.sensitive

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in Formatter().parse(str(self.body)) if name)

    def render(self, context: Mapping[str, object]) -> str:
        """Return the text to send. Raises LookupError when ``context`` lacks a placeholder."""
        return str(self.body).format_map(dict(context))

    def render_redacted(self, context: Mapping[str, object]) -> str:
        """Return the text that may be kept: sensitive values are dots."""
        return self.render({**context, **dict.fromkeys(self.sensitive, HIDDEN)})


@dataclass(frozen=True)
class NoticeTopic(Declaration):
    """A kind of notices (通知类别) that a person may receive by one channel and not by another.

    ``code`` is what its templates' ``topic`` says; what no topic names is always sent as it is.
    ``has_texts``: some of it goes out by text, which can be chosen too.
    """

    code: str
    title: Text
    about: Text = ""
    order: int = 100
    has_texts: bool = True

    @property
    def key(self) -> str:
        return self.code


def is_local_link(link: str) -> bool:
    """Return whether ``link`` stays on the platform; a message never sends anybody elsewhere."""
    local = link.startswith("/") and not link.startswith(("//", "/\\"))
    return not link or (local and all(" " < c != "\x7f" for c in link))


def mask_phone(phone: str) -> str:
    """Return ``phone`` as the journal may show it: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"


def mask_mail(address: str) -> str:
    """Return an e-mail address as the journal and a page may show it: z***@example.cn."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}***@{host}" if at and name else "***"


def mask_address(address: str) -> str:
    """Return a phone or an e-mail address masked."""
    if not address:
        return ""
    return mask_mail(address) if "@" in address else mask_phone(address)
