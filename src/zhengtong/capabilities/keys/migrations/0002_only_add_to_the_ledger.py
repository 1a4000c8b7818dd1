"""The copy of the ledger is only ever added to: the database itself refuses to change or delete a row."""

from django.db import migrations

CREATE = """
CREATE FUNCTION keys_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of the ledger are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER keys_insert_only BEFORE UPDATE OR DELETE ON keys_ledger_row
    FOR EACH ROW EXECUTE FUNCTION keys_refuse_change();
"""
DROP = """
DROP TRIGGER keys_insert_only ON keys_ledger_row;
DROP FUNCTION keys_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_copy_the_ledger")]
    operations = [migrations.RunSQL(CREATE, DROP)]
