"""The journal can't be emptied either: TRUNCATE fires no trigger of the rows, so the table has one of its own."""

from django.db import migrations

CREATE = """
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditrecord
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
DROP = "DROP TRIGGER audit_no_truncate ON audit_auditrecord"


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_name_whom_a_look_was_at")]
    operations = [migrations.RunSQL(CREATE, DROP)]
