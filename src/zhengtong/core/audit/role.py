"""What the platform's own database role may do to each table, and what a connection could do to the journal."""

from typing import Any, Final

from psycopg import sql

# What proves may be added to and read; a check compares with it, so it may never follow what was changed.
ADDED_ONLY: Final = (
    "audit_auditrecord",
    "audit_journalblock",
    "audit_journalcertificate",
    "audit_journalleaf",
    "audit_journalroot",
    "audit_rootreceipt",
)
# Filled by a trigger with its owner's rights; the sealer only marks and takes away.
WAITING: Final = "audit_pendingrecord"
OPEN: Final = "UPDATE、DELETE、TRUNCATE、关闭触发器"
_RIGHTS: Final = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")


def write_grants(cursor: Any, role: str) -> list[str]:
    """Return the statements that make ``role`` and give it what it needs: all of the platform's tables and sequences,
    and of those of the journal only what adds. They may be run again and again."""
    name, schema = sql.Identifier(role), sql.Identifier(_get_schema(cursor))
    kept = sql.SQL(", ").join(map(sql.Identifier, ADDED_ONLY))
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
    made = (
        []
        if cursor.fetchone() is not None
        else [sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(name)]
    )
    made += [
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
            sql.Identifier(cursor.db.settings_dict["NAME"]), name
        ),
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}").format(schema, name),
        sql.SQL("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {} TO {}").format(schema, name),
        sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {} TO {}").format(schema, name),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}").format(
            schema, name
        ),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {}").format(
            schema, name
        ),
        sql.SQL("REVOKE ALL ON {} FROM {}").format(kept, name),
        sql.SQL("GRANT SELECT, INSERT ON {} TO {}").format(kept, name),
        sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(WAITING), name),
        sql.SQL("GRANT SELECT, DELETE, UPDATE (is_worded) ON {} TO {}").format(sql.Identifier(WAITING), name),
    ]
    return [each.as_string(cursor.connection) for each in made]


def _get_schema(cursor: Any) -> str:
    cursor.execute("SELECT current_schema()")
    return str(cursor.fetchone()[0])


def say_rights(cursor: Any) -> dict[str, list[str]]:
    """Return what the connection could do to each table of the journal besides adding; owning it is all of it."""
    found: dict[str, list[str]] = {}
    for table in ADDED_ONLY:
        cursor.execute(
            "SELECT " + ", ".join("has_table_privilege(%s, %s)" for _right in _RIGHTS) + ", "
            "(SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass)",
            [*(value for right in _RIGHTS for value in (table, right)), table],
        )
        *rights, is_owner = cursor.fetchone()
        found[table] = [right for right, held in zip(_RIGHTS, rights, strict=True) if held]
        if is_owner:
            found[table].append("OWNER")
    return found
