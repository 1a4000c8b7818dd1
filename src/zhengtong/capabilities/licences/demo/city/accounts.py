"""Accounts for those of a real city's enterprises that apply online: of whoever represents them in the register."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from zhengtong.capabilities.registers.public import Enterprise, Resident
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Account, AccountKind, Citizen, LegalEntity, Mandate, MandateKind
from zhengtong.kernel.bulk import copy_lines, count_rows, give_ids_after, next_id, write_text
from zhengtong.kernel.demo import DemoContext, stable_uuid

# Of a hundred enterprises so many have somebody who applies online.
_SHARE = 60
# The numbers of those who told the register none.
_SEGMENT = "1695"
_OWNERS = f"""
SELECT e.credit_code, e.name, e.representative_name, r.id_number, r.id_digest, r.phone, h.address
FROM {Enterprise._meta.db_table} e
JOIN {Resident._meta.db_table} r ON r.id_digest = e.representative_digest
JOIN registers_household h ON h.id = r.household_id
WHERE e.status = 'active'
    AND NOT EXISTS (SELECT FROM {Citizen._meta.db_table} c WHERE c.id_digest = r.id_digest)
    AND NOT EXISTS (SELECT FROM {LegalEntity._meta.db_table} l WHERE l.credit_code = e.credit_code)
ORDER BY e.id
"""
_COLUMNS = {
    Account: ("id", "public_id", "kind", "username", "password", "is_active", "date_joined"),
    Citizen: (
        "id", "account_id", "phone", "phone_digest", "phone_verified_at", "name", "id_number", "id_digest", "address",
        "verified_at",
    ),
    LegalEntity: ("id", "credit_code", "name"),
    Mandate: ("id", "citizen_id", "legal_entity_id", "kind", "created_at", "verified_at"),
}  # fmt: skip


def load_accounts(context: DemoContext, since: datetime) -> int:
    """Give accounts to representatives, from the day ``since`` on; return how many. Nobody can sign in to them.

    Whoever represents several enterprises has one account and a mandate for each.
    """
    rng = context.rng("licences.city.accounts")
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS)
        rows = [row for row in cursor.fetchall() if rng.random() * 100 < _SHARE]
    unseal = Resident._meta.get_field("phone").from_db_value
    seal = Resident._meta.get_field("phone").get_prep_value
    joined = since.isoformat()
    first = {model: next_id(model) for model in _COLUMNS}
    lines: dict[type, list[str]] = {model: [] for model in _COLUMNS}
    known: dict[str, int] = {}
    for place, (credit_code, name, owner, id_number, id_digest, phone, address) in enumerate(rows):
        if id_digest not in known:
            number = known[id_digest] = len(known)
            called = unseal(phone, None, connection) or f"{_SEGMENT}{number:07d}"
            uuid = stable_uuid(rng)
            lines[Account].append(
                f"{first[Account] + number}\t{uuid}\t{AccountKind.CITIZEN.value}\tperson{number + 1:06d}\t"
                f"!{uuid.hex}\tt\t{joined}\n"  # a password that none can be
            )
            own, home = write_text(seal(owner)), write_text(seal(address))
            sealed = write_text(seal(unseal(id_number, None, connection)))
            lines[Citizen].append(
                f"{first[Citizen] + number}\t{first[Account] + number}\t{write_text(seal(called))}\t{digest(called)}\t"
                f"{joined}\t{own}\t{sealed}\t{id_digest}\t{home}\t{joined}\n"
            )
        lines[LegalEntity].append(f"{first[LegalEntity] + place}\t{credit_code}\t{name}\n")
        lines[Mandate].append(
            f"{first[Mandate] + place}\t{first[Citizen] + known[id_digest]}\t{first[LegalEntity] + place}\t"
            f"{MandateKind.LEGAL_REPRESENTATIVE.value}\t{joined}\t{joined}\n"
        )
    with context.progress(len(rows), _("网上办事账号")) as advance:
        for model, columns in _COLUMNS.items():
            copy_lines(model._meta.db_table, columns, "".join(lines[model]).encode())
        advance(len(rows))
    give_ids_after(*_COLUMNS)
    count_rows(*_COLUMNS)
    return len(known)
