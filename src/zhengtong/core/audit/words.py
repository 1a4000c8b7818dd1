"""What acts are called in the journal: each module declares words for its own, and people read those, not codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from zhengtong.kernel.modules import Declaration, Permission, Text, registry

# Words for acts that any module may record (``<module>.reveal``) are declared under this name.
EVERY_MODULE = "*"


class NamesActs(Declaration):
    """A declaration from which words for acts follow: what it says on buttons serves the journal, too."""

    @property
    def act_titles(self) -> Mapping[str, Text]:
        """Whole actions (``wells.seal_well``) and their words."""
        return {}

    @property
    def row_names(self) -> Mapping[str, str]:
        """Kinds of row (``wells.well``) and the field that people know one by; never a personal one."""
        return {}


@dataclass(frozen=True)
class ActionWords(Declaration):
    """Words for the acts of one module: ``words`` maps the part of an action after its dot to a sentence.

    They are said beside a name and a time, without a subject: ``受理办件``. ``looks`` are those acts that only look at
    a person's data. ``keys`` are words for what records hold under names that aren't fields of the object's model.
    ``names`` says which field people know a row by: ``{"cases.case": "number"}``; never a personal one.
    ``module`` is the action's part before the dot, or :data:`EVERY_MODULE`.
    """

    module: str
    words: Mapping[str, Text] = field(default_factory=dict)
    looks: frozenset[str] = frozenset()
    keys: Mapping[str, Text] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.module


def say_action(action: str) -> str:
    """Return the words of ``action``: the module's own, those for every module, those on a button, the permission's of
    that name, or, where nobody declared any, the code itself."""
    module, _dot, verb = action.partition(".")
    for home in (module, EVERY_MODULE):
        words = _find(home)
        if words is not None and verb in words.words:
            return str(words.words[verb])
    for declared in registry.of(NamesActs):
        if action in declared.act_titles:
            return str(declared.act_titles[action])
    try:
        return str(registry.get(Permission, action).title)
    except LookupError:
        return action


def is_look(action: str) -> bool:
    """Return whether ``action`` is declared to be a look at somebody's data."""
    module, _dot, verb = action.partition(".")
    return any(found is not None and verb in found.looks for found in map(_find, (module, EVERY_MODULE)))


def list_looks() -> list[str]:
    """Return the actions that are declared to be looks, those for every module with each module's name."""
    found = {words.module: words.looks for words in registry.of(ActionWords)}
    everywhere = found.pop(EVERY_MODULE, frozenset())
    return sorted(
        {f"{home}.{verb}" for home, verbs in found.items() for verb in verbs}
        | {f"{module}.{verb}" for module in registry.modules for verb in everywhere}
    )


def _find(module: str) -> ActionWords | None:
    try:
        return registry.get(ActionWords, module)
    except LookupError:
        return None


def say_kind(kind: str) -> str:
    """Return what rows of ``kind`` (``cases.case``) are called; the kind itself when there is no such model."""
    model = _get_model(kind)
    return str(model._meta.verbose_name) if model is not None else kind


def say_key(kind: str, name: str) -> str:
    """Return what a record of a row of ``kind`` calls the value ``name``: its field's title, the words of its module,
    those for every module or those of another that writes about such rows; the name itself when there is none."""
    model = _get_model(kind)
    try:
        found = model._meta.get_field(name.removesuffix("_id")) if model is not None else None
    except FieldDoesNotExist:
        found = None
    if title := getattr(found, "verbose_name", None):
        return str(title)
    for home in (kind.partition(".")[0], EVERY_MODULE):
        words = _find(home)
        if words is not None and name in words.keys:
            return str(words.keys[name])
    return next((str(words.keys[name]) for words in registry.of(ActionWords) if name in words.keys), name)


def list_names(objects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return what people know the objects (pairs of kind and id) by, as far as their modules declared a field for it
    and they are still there; one query a kind."""
    wanted: dict[str, set[int]] = {}
    for kind, key in objects:
        if key.isascii() and key.isdigit() and len(key) < 19:
            wanted.setdefault(kind, set()).add(int(key))
    found: dict[tuple[str, str], str] = {}
    fields: dict[str, str] = {}
    for names in registry.of(NamesActs):
        fields |= names.row_names
    for words in registry.of(ActionWords):
        fields |= words.names
    for kind in fields.keys() & wanted.keys():
        if (model := _get_model(kind)) is not None:
            rows = model._default_manager.filter(pk__in=wanted[kind]).values_list("pk", fields[kind])
            found |= {(kind, str(pk)): str(name) for pk, name in rows if name}
    return found


def _get_model(kind: str) -> type[Model] | None:
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None
