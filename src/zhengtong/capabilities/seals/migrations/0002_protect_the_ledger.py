"""The ledger is only ever added to: the database itself refuses to change, delete or empty it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION seals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER seals_ledger_insert_only BEFORE UPDATE OR DELETE ON seals_ledgerrow
    FOR EACH ROW EXECUTE FUNCTION seals_refuse_change();
CREATE TRIGGER seals_ledger_no_truncate BEFORE TRUNCATE ON seals_ledgerrow
    FOR EACH STATEMENT EXECUTE FUNCTION seals_refuse_change();
CREATE TRIGGER seals_steps_insert_only BEFORE UPDATE OR DELETE ON seals_sealstep
    FOR EACH ROW EXECUTE FUNCTION seals_refuse_change();
"""
DROP = """
DROP TRIGGER seals_steps_insert_only ON seals_sealstep;
DROP TRIGGER seals_ledger_no_truncate ON seals_ledgerrow;
DROP TRIGGER seals_ledger_insert_only ON seals_ledgerrow;
DROP FUNCTION seals_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("seals", "0001_keep_seals")]
    operations = [migrations.RunSQL(CREATE, DROP)]
