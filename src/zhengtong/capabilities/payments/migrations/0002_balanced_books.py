"""The books are only added to, and every posting adds up to nothing: the database refuses anything else."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION payments_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the books are only added to'; END $$;
CREATE TRIGGER payments_postings_stay BEFORE UPDATE OR DELETE ON payments_posting
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER payments_lines_stay BEFORE UPDATE OR DELETE ON payments_ledgerline
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER payments_notifications_stay BEFORE UPDATE OR DELETE ON payments_notification
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE FUNCTION payments_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM payments_ledgerline WHERE posting_id = NEW.posting_id) <> 0 THEN
        RAISE EXCEPTION 'posting % is out of balance', NEW.posting_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_balance AFTER INSERT ON payments_ledgerline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_check_balance();
"""
BACKWARD = """
DROP TRIGGER payments_balance ON payments_ledgerline;
DROP FUNCTION payments_check_balance();
DROP TRIGGER payments_notifications_stay ON payments_notification;
DROP TRIGGER payments_lines_stay ON payments_ledgerline;
DROP TRIGGER payments_postings_stay ON payments_posting;
DROP FUNCTION payments_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0001_keep_payments")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
