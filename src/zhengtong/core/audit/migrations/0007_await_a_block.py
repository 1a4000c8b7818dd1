"""Every record that is added waits for a block from its own transaction on; what was there before waits first.

The trigger runs with its owner's rights: who may add records may still not add to what waits. Blocks and all that
proves them are only ever added, like the records.
"""

from django.db import migrations

INSERT_ONLY = (
    "audit_journalleaf",
    "audit_journalblock",
    "audit_journalroot",
    "audit_journalcertificate",
    "audit_rootreceipt",
)
CREATE = """
CREATE FUNCTION audit_await_block() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO audit_pendingrecord (record, digest, is_worded, since)
    SELECT id, digest, false, now() FROM added ON CONFLICT (record) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_awaits_block AFTER INSERT ON audit_auditrecord
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_await_block();
INSERT INTO audit_pendingrecord (record, digest, is_worded, since)
    SELECT id, digest, false, now() FROM audit_auditrecord;
""" + "".join(
    f"""
CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
    for table in INSERT_ONLY
)
DROP = (
    "".join(
        f"""
DROP TRIGGER {table}_no_truncate ON {table};
DROP TRIGGER {table}_insert_only ON {table};
"""
        for table in INSERT_ONLY
    )
    + """
DROP TRIGGER audit_awaits_block ON audit_auditrecord;
DROP FUNCTION audit_await_block();
DELETE FROM audit_pendingrecord;
"""
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_seal_blocks")]
    operations = [migrations.RunSQL(CREATE, DROP)]
