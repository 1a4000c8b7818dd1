"""What was there before it was kept: first versions, where staff belong; the system administrator's new name."""

from datetime import date
from typing import Any

from django.db import migrations

# Organisations that are older than their history here begin on the day before which there was none.
BEFORE_RECORDS = date(1949, 10, 1)
BASIS = "平台启用时登记"


def begin(apps: Any, schema_editor: Any) -> None:
    organisation, version = (apps.get_model("identity", name) for name in ("Organisation", "OrganisationVersion"))
    same = ("name", "short_name", "kind", "region_id", "parent_id", "is_active")
    version.objects.bulk_create(
        (
            version(
                organisation_id=row.pk,
                valid_from=BEFORE_RECORDS,
                change="founded",
                basis=BASIS,
                **{name: getattr(row, name) for name in same},
            )
            for row in organisation.objects.filter(versions=None).iterator()
        ),
        batch_size=1000,
    )


BELONG = """
UPDATE identity_staffmember s SET organisation_id = latest.organisation_id
FROM (
    SELECT DISTINCT ON (a.staff_id) a.staff_id, p.organisation_id
    FROM identity_appointment a JOIN identity_post p ON p.id = a.post_id
    ORDER BY a.staff_id, a.kind DESC, a.start_date DESC, a.id DESC
) latest
WHERE latest.staff_id = s.id
"""
RENAME = """
UPDATE identity_postrole r SET role = 'system_administrator' WHERE role = 'identity_administrator'
    AND NOT EXISTS (SELECT FROM identity_postrole o WHERE o.post_id = r.post_id AND o.role = 'system_administrator');
DELETE FROM identity_postrole WHERE role = 'identity_administrator';
"""
RENAME_BACK = "UPDATE identity_postrole SET role = 'identity_administrator' WHERE role = 'system_administrator'"


# The services never made such rows; what came in past them is put right so that the constraint can stand: a period
# that ends before it begins lasts its first day, the later one of two main appointments is a concurrent one.
# Here, a transaction before the constraint: an index is built over what its own transaction replaced, too.
PUT_RIGHT = """
UPDATE identity_appointment SET end_date = start_date WHERE end_date < start_date;
UPDATE identity_appointment a SET kind = 'concurrent' WHERE a.kind = 'main' AND EXISTS (
    SELECT FROM identity_appointment b
    WHERE b.staff_id = a.staff_id AND b.kind = 'main' AND (b.start_date, b.id) < (a.start_date, a.id)
        AND daterange(a.start_date, a.end_date, '[]') && daterange(b.start_date, b.end_date, '[]')
);
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_keep_changes_of_the_tree")]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
        migrations.RunSQL(RENAME, RENAME_BACK),
        migrations.RunSQL(PUT_RIGHT, migrations.RunSQL.noop),
    ]
