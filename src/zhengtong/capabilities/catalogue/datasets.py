"""Declared data sets become entries by themselves: a draft of their provider, and a place that can be read.

Each provider has a schema of views in the platform's own database and a role that reads these and nothing else; that is
a source of his like any other. What the declaration says otherwise later shows in the probe, as with any source.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, cast

import psycopg
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from psycopg import sql

from zhengtong.capabilities.catalogue.dataset_declaring import Dataset
from zhengtong.capabilities.catalogue.models import Mount, MountKind, Resource
from zhengtong.capabilities.catalogue.services.compiling import make_entry
from zhengtong.capabilities.sources.public import Source, SourceKind
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, OrganisationKind, Protected, Refused
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

logger = logging.getLogger(__name__)
MOST_CONNECTIONS: Final = 8
_SOURCE: Final = "platform-"


def find_provider(dataset: Dataset) -> Organisation | None:
    """Return the department whose name ends as the data set says, the highest of several; None when there is none."""
    found = Organisation.objects.filter(
        is_active=True, kind=OrganisationKind.DEPARTMENT, name__endswith=dataset.provider
    )
    return min(found.select_related("region"), key=_height, default=None)


def _height(office: Organisation) -> tuple[int, int]:
    return len(office.region.code.rstrip("0")), office.pk


def propose_new_datasets(*, actor: Actor) -> list[str]:
    """Make the entries of data sets that have none yet and whose department is there, and views that are gone.

    Returns their codes. Cheap when there is nothing to do: it is asked with the starting rows, by the demo, and every
    few minutes.
    """
    known = set(Resource.objects.exclude(dataset="").values_list("dataset", flat=True))
    mounted = set(Mount.objects.filter(source__code__startswith=_SOURCE).values_list("place", flat=True))
    lost = mounted - {view for _schema, view in _list_views()}
    made = []
    for dataset in registry.of(Dataset):
        is_whole = dataset.code in known and dataset.view not in lost
        if is_whole or (provider := find_provider(dataset)) is None:
            continue
        try:
            keep_dataset(actor=actor, dataset=dataset, provider=provider)
        except Refused as refusal:
            logger.info("dataset without an entry", extra={"dataset": f"{dataset.code}: {refusal.message}"})
        else:
            made.append(dataset.code)
    return made


def drop_views_before_migrating(*, plan: "Sequence[Any]" = (), **more: Any) -> None:
    """Take the views away while tables change: PostgreSQL alters no column that a view shows. They come back after."""
    if plan:
        with connection.cursor() as cursor:
            for names in _list_views():
                cursor.execute(_write("DROP VIEW {view}", view=sql.Identifier(*names)))


def _list_views() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, viewname FROM pg_views WHERE schemaname ~ '^shared_[0-9]+$'")
        return list(cursor.fetchall())


def keep_datasets(*, actor: Actor) -> list[str]:
    """Bring entries and views in step with what modules declare; return the codes that have no entry, and why.

    Run again it changes nothing.
    """
    left = []
    for dataset in registry.of(Dataset):
        provider = find_provider(dataset)
        if provider is None:
            left.append(f"{dataset.code}: no department {dataset.provider}")
            continue
        try:
            keep_dataset(actor=actor, dataset=dataset, provider=provider)
        except Refused as refusal:
            left.append(f"{dataset.code}: {refusal.message}")
    for each in left:
        logger.info("dataset without an entry", extra={"dataset": each})
    return left


@step()
def keep_dataset(*, actor: Actor, dataset: Dataset, provider: Organisation) -> Resource:
    """Make the draft of a declared data set where it has no entry yet, and its view and mount. Raises Refused."""
    resource = Resource.objects.filter(dataset=dataset.code).select_related("provider").first()
    if resource is None:
        text = dataset.make_text()
        # What a module says of personal data is a proposal: the department confirms it.
        doubtful = tuple(replace(each, is_proposed=each.personal != "none") for each in text.fields)
        version = make_entry(actor, provider, replace(text, fields=doubtful), dataset=dataset.code)
        resource = version.resource
        after = {"code": resource.code, "name": resource.name}
        record(actor, "catalogue.propose_dataset", resource, after=after)
    source = open_views(resource.provider)
    if source is not None:
        write_view(dataset, resource.provider_id)
        Mount.objects.get_or_create(
            resource=resource, source=source, place=dataset.view, defaults={"kind": MountKind.TABLE}
        )
    return resource


# What can be read --------------------------------------------------------------------------------------


def list_rows(dataset: Dataset) -> "QuerySet[Any, Any]":
    """Return the query of a data set's view: its columns under their own names, without rows that are marked.

    What is said of a marked row (the rating of a case, its card, its fee) is as marked as that row.
    """
    rows = dataset.model._default_manager.order_by()
    for path, model in _list_told_of(dataset):
        try:
            rule = registry.get(Protected, model._meta.label_lower)
        except LookupError:
            continue
        if not rule.mark:
            continue
        start = f"{path}{LOOKUP_SEP}" if path else ""
        may_be_read = Q(**{f"{start}{rule.mark}__lte": int(Mark.INTERNAL)})
        if rule.circle:
            may_be_read &= Q(**{f"{start}{rule.circle}__isnull": True, f"{start}{rule.readers}__isnull": True})
        rows = rows.filter(may_be_read | Q(**{f"{path}__isnull": True}) if path else may_be_read)
    if dataset.only is not None:
        rows = rows.filter(dataset.only)
    for item in dataset.items:
        dataset.find_field(item.column)
    return rows.values(*(item.column for item in dataset.items))


def _list_told_of(dataset: Dataset) -> "Iterator[tuple[str, type[Model]]]":
    """Yield the models of which a row tells, and the path to each: its own, those it points at, those of columns."""
    found: dict[str, type[Model]] = {"": dataset.model}
    for field in dataset.model._meta.concrete_fields:
        if field.related_model is not None:
            found[field.name] = field.related_model
    for item in dataset.items:
        path, model = "", dataset.model
        for name in item.column.split(LOOKUP_SEP)[:-1]:
            path = f"{path}{LOOKUP_SEP}{name}" if path else name
            found[path] = model = cast("type[Model]", model._meta.get_field(name).related_model)
    yield from found.items()


def schema_of(provider_id: int) -> str:
    return f"shared_{provider_id}"


def role_of(provider_id: int) -> str:
    """Return the role that reads a provider's views. Roles are the server's, so the database is part of the name."""
    database = str(connection.settings_dict["NAME"])
    return f"{database[:40]}_shared_{provider_id}"


def open_views(provider: Organisation) -> Source | None:
    """Return the source of a provider's views, with the schema and the role that may read nothing else made first.

    None where the platform's own role may not make roles: then entries stand without a place.
    """
    schema, role = schema_of(provider.pk), role_of(provider.pk)
    code = f"{_SOURCE}{provider.pk}"
    source = Source.objects.filter(code=code).first()
    if source is not None:
        return source
    password = secrets.token_urlsafe(32)
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role), "password": sql.Literal(password)}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            for statement in (
                f"{verb} ROLE {{role}} LOGIN PASSWORD {{password}} NOINHERIT CONNECTION LIMIT {MOST_CONNECTIONS}",
                "ALTER ROLE {role} SET default_transaction_read_only = on",
                "ALTER ROLE {role} SET search_path = {schema}",
                "CREATE SCHEMA IF NOT EXISTS {schema}",
                "REVOKE ALL ON SCHEMA {schema} FROM PUBLIC",
                "GRANT USAGE ON SCHEMA {schema} TO {role}",
            ):
                cursor.execute(_write(statement, **names))
    except ProgrammingError as error:
        if not isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            raise
        logger.warning("the platform's role may not make roles: declared data sets stay without a place")
        return None
    return Source.objects.create(
        code=code,
        name="平台数据（只读）",
        organisation=provider,
        kind=SourceKind.POSTGRESQL,
        settings=_settings(schema, role),
        secrets={"password": password},
    )


def _settings(schema: str, role: str) -> dict[str, Any]:
    own = connection.settings_dict
    options = own.get("OPTIONS") or {}
    return {
        "host": own.get("HOST") or options.get("host", ""),
        "port": int(own.get("PORT") or options.get("port") or 5432),
        "database": own["NAME"],
        "user": role,
        "schema": schema,
    }


def write_view(dataset: Dataset, provider_id: int) -> bool:
    """Make a data set's view as it is declared now; return whether that was another one than before."""
    query, parameters = list_rows(dataset).query.sql_with_params()
    connection.ensure_connection()
    selected = psycopg.ClientCursor(connection.connection).mogrify(query, parameters)
    digest = hashlib.sha256(selected.encode()).hexdigest()
    names = {
        "view": sql.Identifier(schema_of(provider_id), dataset.view),
        "role": sql.Identifier(role_of(provider_id)),
        "digest": sql.Literal(digest),
    }
    columns = sql.SQL(", ").join(sql.Identifier(item.column) for item in dataset.items)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(to_regclass(%s), 'pg_class')", [f'"{schema_of(provider_id)}"."{dataset.view}"']
        )
        if cursor.fetchone()[0] == digest:
            return False
        cursor.execute(_write("DROP VIEW IF EXISTS {view}", **names))
        made = _write("CREATE VIEW {view} ({columns}) AS ", columns=columns, **names)
        cursor.execute(f"{made}{selected}")
        cursor.execute(_write("COMMENT ON VIEW {view} IS {digest}", **names))
        cursor.execute(_write("GRANT SELECT ON {view} TO {role}", **names))
    return True


def _write(statement: str, **names: sql.Composable) -> str:
    made: str = sql.SQL(statement).format(**names).as_string(connection.connection)
    return made
