"""A session with a MariaDB or MySQL server, and its numbers of errors in the words of all sources."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pymysql
from pymysql import converters
from pymysql.constants import CLIENT

from zhengtong.capabilities.sources.domain import SourceError
from zhengtong.capabilities.sources.failures import failure

CONNECT_SECONDS: Final = 10
ANSWER_SECONDS: Final = 300
LOCK_SECONDS: Final = 30
REST_SECONDS: Final = 3600

# https://mariadb.com/kb/en/mariadb-error-code-reference/
_CODES: Final[Mapping[int, str]] = {
    1044: "denied", 1045: "credentials", 1698: "credentials", 1142: "denied", 1143: "denied", 1227: "denied",
    1040: "unreachable", 1053: "cut", 1077: "cut", 1152: "cut", 1159: "cut", 1160: "cut", 1161: "cut", 1927: "cut",
    2002: "unreachable", 2003: "unreachable", 2005: "unreachable", 2006: "cut", 2013: "cut", 2014: "cut", 2055: "cut",
    1049: "database-missing", 1146: "table-missing", 1051: "table-missing", 1054: "column-missing",
    1021: "target-full", 1114: "target-full", 1030: "target-full",
    1205: "too-slow", 1969: "too-slow", 3024: "too-slow", 1213: "busy", 1020: "busy",
    1062: "key-doubled", 1048: "key-empty", 1264: "column-narrow", 1406: "column-narrow",
    1292: "column-other", 1366: "column-other", 1367: "column-other",
}  # fmt: skip
_STATEMENTS: Final = (
    "SET SESSION time_zone = '+00:00'",
    # Nothing is cut off, rounded into range or turned into zeros in silence.
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,ANSI_QUOTES,"
    "NO_ENGINE_SUBSTITUTION'",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    f"SET SESSION innodb_lock_wait_timeout = {LOCK_SECONDS}",
    f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}",
    # Over a link that is used slowly on purpose it takes long until the next rows are fetched.
    f"SET SESSION net_write_timeout = {REST_SECONDS}",
)


def place_of(settings: Mapping[str, Any]) -> str:
    return f"{settings.get('host')}:{settings.get('port') or 3306}"


def quote(name: str) -> str:
    """Return a name as an identifier of a statement that is executed with arguments, be they none: % is doubled."""
    if "\0" in name or not name:
        raise failure("table-missing", name=name)
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


@contextmanager
def heard(place: str, *, table: str = "", name: str = "") -> Iterator[None]:
    """Say what goes wrong in the words of all sources."""
    try:
        yield
    except SourceError:
        raise
    except pymysql.err.Error as error:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        said = str(error.args[1]) if len(error.args) > 1 else str(error)
        code = _CODES.get(number, "other")
        if "timed out" in said:
            code = "unreachable" if number == 2003 else "too-slow"
        elif isinstance(error, pymysql.err.InterfaceError):
            code = "cut"
        about: dict[str, Any] = {
            "place": place,
            "table": table,
            "name": name or table,
            "said": said,
            "seconds": ANSWER_SECONDS,
        }
        if code in ("column-missing", "column-narrow", "column-other", "key-empty") and "'" in said:
            # Unknown column 'a' in 'SELECT'; Data too long for column 'a' at row 1
            after = said.partition("column ")[2] or said
            about["name"] = after.split("'")[1].rpartition(".")[2] if "'" in after else "—"
        elif code == "database-missing" and "'" in said:
            about["name"] = said.split("'")[1]
        raise failure(code, **about) from None
    except TimeoutError:
        raise failure("too-slow", place=place, seconds=ANSWER_SECONDS) from None
    except (OSError, EOFError):
        raise failure("cut", place=place) from None


def open_session(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> Any:
    """Return a connection (pymysql's, which has no types). Raises SourceError.

    Values come as the server's own text: Arrow makes numbers and dates of whole columns of it at once.
    """
    for name in ("host", "database", "user"):
        if not settings.get(name):
            raise failure("settings", name=name, said="—")
    options: dict[str, Any] = {}
    if settings.get("tls"):
        context = ssl.create_default_context(cadata=str(settings["authority"]) if settings.get("authority") else None)
        options["ssl"] = context
    with heard(place_of(settings)):
        connect: Any = pymysql.connect
        session = connect(
            host=str(settings["host"]),
            port=int(settings.get("port") or 3306),
            user=str(settings["user"]),
            password=str(secrets.get("password") or ""),
            database=str(settings["database"]),
            charset="utf8mb4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            write_timeout=ANSWER_SECONDS,
            autocommit=True,
            # So that what was matched is counted, whatever the server thinks of it.
            client_flag=CLIENT.FOUND_ROWS,
            local_infile=False,
            conv=converters.encoders,
            **options,
        )
        with session.cursor() as cursor:
            for statement in _STATEMENTS:
                cursor.execute(statement)
        return session


def abandon(cursor: Any) -> None:
    """Let go of a result that isn't read to its end; closing the cursor would read all the rest first."""
    if (result := cursor._result) is not None:
        result.unbuffered_active, result.connection = False, None
    cursor.connection = None
