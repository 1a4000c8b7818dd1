"""The rules of the law, the dictionaries, and the items that sectors bring: every installation starts with them."""

from zhengtong.capabilities.cases.declarations import ItemFile, RuleFile
from zhengtong.capabilities.cases.domain import parse_rulebook, read_seed
from zhengtong.capabilities.cases.services.dictionaries import load_dictionaries
from zhengtong.capabilities.cases.services.items import load_rules, publish_item_file
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor


def load(*, actor: Actor) -> None:
    load_dictionaries(actor=actor)
    load_rules(actor=actor, rulebook=read_seed())
    for rules in registry.of(RuleFile):
        load_rules(actor=actor, rulebook=parse_rulebook(rules.path.read_text("utf-8")))
    for file in registry.of(ItemFile):
        publish_item_file(actor=actor, path=file.path)
