"""Households of a city that add up: ages, marriages, generations, names and numbers fit together. No database."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from zhengtong.capabilities.registers.models import Relation
from zhengtong.core.identity.public import Sex, age_on, make_citizen_number
from zhengtong.kernel.demo_names import family_name, given_name

YEAR = 365.2425
# 民法典 art. 1047: no marriage before 22 (men) and 20 (women).
MARRIAGE_AGE = {Sex.MALE: 22, Sex.FEMALE: 20}
PARENT_DAYS = (int(21 * YEAR), int(40 * YEAR))
PHONE_SEGMENT = "169"
_STREETS = ("文澜路", "人民路", "书院街", "澄江路", "柳荫巷", "桂花街", "新港路", "长桥路", "花巷", "迎宾路")
_SHAPES = {"single": 16, "couple": 22, "children": 32, "one_parent": 6, "three_generations": 20, "grandchild": 4}
_HEAD_AGES = {
    "single": (20, 95),
    "couple": (25, 88),
    "children": (25, 56),
    "one_parent": (28, 52),
    "three_generations": (28, 54),
    "grandchild": (58, 78),
}


@dataclass(frozen=True, slots=True)
class Village:
    """Where households live. ``prefix`` is the address down to the village."""

    code: str
    prefix: str

    @property
    def is_community(self) -> bool:
        return self.prefix.endswith("社区")


@dataclass(frozen=True, slots=True)
class Known:
    """A person who must be in the register because she has an account already."""

    name: str
    id_number: str
    birth_date: date
    sex: Sex
    phone: str
    address: str
    village: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One resident."""

    name: str
    sex: Sex
    birth_date: date
    id_number: str
    relation: Relation
    phone: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One household, its head first."""

    number: str
    village: str
    address: str
    members: list[PersonRow] = field(default_factory=list)


class Population:
    """Makes households from one random stream, and never a number twice."""

    def __init__(self, *, today: date, rng: random.Random, divisions: Sequence[str]) -> None:
        self.today, self.rng, self.divisions = today, rng, divisions
        self.taken: set[str] = set()
        self.phones = 0
        self.households = 0

    def list_households(self, villages: Sequence[Village], total: int, known: Sequence[Known]) -> list[HouseholdRow]:
        """Return households with ``total`` members altogether over all ``villages``, those ``known`` among them."""
        return list(self.make_households(villages, total, known))

    def make_households(
        self, villages: Sequence[Village], total: int, known: Sequence[Known]
    ) -> Iterator[HouseholdRow]:
        """Yield what :meth:`list_households` returns, for whoever doesn't keep it all."""
        self.taken.update(person.id_number for person in known)
        shares = [self.rng.uniform(0.7, 1.3) * (1.5 if village.is_community else 1) for village in villages]
        quotas = [int(total * share / sum(shares)) for share in shares]
        quotas[-1] += total - sum(quotas)
        for village, quota in zip(villages, quotas, strict=True):
            here = [person for person in known if person.village == village.code]
            yield from self._fill(village, quota, here)

    def _fill(self, village: Village, quota: int, known: list[Known]) -> Iterator[HouseholdRow]:
        waiting = list(known)
        while quota > 0:
            person = waiting.pop() if waiting else None
            members = self._members(village, person)[: quota - len(waiting)]
            quota -= len(members)
            self.households += 1
            number = f"{village.code[:6]}{self.households:08d}"
            address = person.address if person else self._address(village)
            yield HouseholdRow(number, village.code, address, members)

    def _address(self, village: Village) -> str:
        rng = self.rng
        if not village.is_community:
            return f"{village.prefix}{rng.randint(1, 180)}号"
        room = f"{rng.randint(1, 6)}0{rng.randint(1, 4)}"
        house = f"{rng.choice(_STREETS)}{rng.randint(1, 99)}号{rng.randint(1, 12)}幢{rng.randint(1, 3)}单元"
        return f"{village.prefix}{house}{room}室"

    def _members(self, village: Village, known: Known | None) -> list[PersonRow]:
        """Return one household, ordered so that cutting its end leaves a household that still fits."""
        rng = self.rng
        shape = rng.choices(tuple(_SHAPES), tuple(_SHAPES.values()))[0]
        if known:
            head = PersonRow(known.name, known.sex, known.birth_date, known.id_number, Relation.HEAD, known.phone)
            age = age_on(known.birth_date, self.today)
            low, high = _HEAD_AGES[shape]
            shape = shape if low <= age <= high else "single"
        else:
            sex = Sex.MALE if rng.random() < (0.5 if shape in ("single", "one_parent") else 0.8) else Sex.FEMALE
            birth = self._born(rng.randint(*_HEAD_AGES[shape]))
            head = self._person(village, family_name(rng), sex, birth, Relation.HEAD)
        members = [head]
        if shape in ("couple", "children", "three_generations") or (shape == "grandchild" and rng.random() < 0.7):
            members.append(self._spouse(village, head))
        parents = list(members)
        if shape in ("children", "one_parent", "three_generations"):
            members.extend(self._children(village, parents))
        if shape == "three_generations":
            members.extend(self._elders(village, head))
        if shape == "grandchild":
            birth = max(p.birth_date for p in parents) + timedelta(days=rng.randint(int(44 * YEAR), int(56 * YEAR)))
            if birth <= self.today:
                members.append(self._person(village, head.name[0], self._either(), birth, Relation.GRANDCHILD))
        return members

    def _spouse(self, village: Village, head: PersonRow) -> PersonRow:
        sex = Sex.FEMALE if head.sex is Sex.MALE else Sex.MALE
        years = self.rng.randint(-4, 5) if sex is Sex.FEMALE else self.rng.randint(-5, 4)
        birth = head.birth_date + timedelta(days=int(years * YEAR) + self.rng.randint(-180, 180))
        latest = self.today - timedelta(days=int((MARRIAGE_AGE[sex] + 1) * YEAR))
        return self._person(village, family_name(self.rng), sex, min(birth, latest), Relation.SPOUSE)

    def _children(self, village: Village, parents: list[PersonRow]) -> Iterator[PersonRow]:
        father = next((p for p in parents if p.sex is Sex.MALE), parents[0])
        family = father.name[0] if self.rng.random() < 0.92 else parents[-1].name[0]
        youngest = max(parent.birth_date for parent in parents)
        birth = youngest + timedelta(days=self.rng.randint(PARENT_DAYS[0], int(31 * YEAR)))
        for _child in range(self.rng.choices((1, 2, 3), (55, 38, 7))[0]):
            if birth > self.today or birth > youngest + timedelta(days=PARENT_DAYS[1]):
                return
            sex = self._either()
            relation = Relation.SON if sex is Sex.MALE else Relation.DAUGHTER
            yield self._person(village, family, sex, birth, relation)
            birth += timedelta(days=self.rng.randint(400, 2600))

    def _elders(self, village: Village, head: PersonRow) -> Iterator[PersonRow]:
        birth = head.birth_date - timedelta(days=self.rng.randint(*PARENT_DAYS))
        both = self.rng.random() < 0.6
        if both or self.rng.random() < 0.35:
            yield self._person(village, head.name[0], Sex.MALE, birth, Relation.FATHER)
        if both or self.rng.random() < 0.7:
            later = birth + timedelta(days=self.rng.randint(0, 1200))
            later = min(later, head.birth_date - timedelta(days=PARENT_DAYS[0]))
            yield self._person(village, family_name(self.rng), Sex.FEMALE, later, Relation.MOTHER)

    def _person(self, village: Village, family: str, sex: Sex, birth: date, relation: Relation) -> PersonRow:
        rng = self.rng
        division = village.code[:6] if rng.random() < 0.8 else rng.choice(self.divisions)
        name = family + given_name(rng, sex is Sex.MALE, birth.year)
        number = ""
        while not number or number in self.taken:
            number = make_citizen_number(division, birth, rng.randrange(500) * 2 + (sex is Sex.MALE))
        self.taken.add(number)
        phone = ""
        if 16 <= age_on(birth, self.today) <= 85 and rng.random() < 0.85:
            self.phones += 1
            phone = f"{PHONE_SEGMENT}3{self.phones:07d}"
        return PersonRow(name, sex, birth, number, relation, phone)

    def _born(self, age: int) -> date:
        """Return a birthday on which somebody is ``age`` today, or a little older."""
        return self.today - timedelta(days=int(age * YEAR) + self.rng.randint(1, 360))

    def _either(self) -> Sex:
        return Sex.MALE if self.rng.random() < 0.51 else Sex.FEMALE
