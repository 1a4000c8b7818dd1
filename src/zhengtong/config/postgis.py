"""PostGIS before the first table: it takes a superuser to install, so an operator is told what to have run."""

from django.db import NotSupportedError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper


class PostgisMissing(Exception):
    """The database has no PostGIS, and this role can't add it. The message holds the command that does."""


def require_postgis(connection: BaseDatabaseWrapper) -> None:
    """Add PostGIS to the database where it is missing. Raises PostgisMissing."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
        if cursor.fetchone():
            return
        try:
            cursor.execute("CREATE EXTENSION postgis")
        except NotSupportedError:
            package = f"postgresql-{connection.get_database_version()[0]}-postgis-3"
            raise PostgisMissing(
                f"数据库服务器上没有 PostGIS。请安装软件包 {package}，"
                f"再以数据库超级用户执行：psql -d {name} -c 'CREATE EXTENSION postgis'"
            ) from None
        except ProgrammingError:
            raise PostgisMissing(
                f"数据库 {name} 还没有 PostGIS，安装它需要超级用户。请以数据库超级用户执行下面的命令，再运行一次：\n"
                f"    psql -d {name} -c 'CREATE EXTENSION postgis'"
            ) from None
