"""What happened to a letter stays as it was written: the database refuses to change or delete it."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION letters_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'events of letters are only added to'; END $$;
CREATE TRIGGER letters_events_stay BEFORE UPDATE OR DELETE ON letters_letterevent
    FOR EACH ROW EXECUTE FUNCTION letters_refuse_change();
"""
BACKWARD = """
DROP TRIGGER letters_events_stay ON letters_letterevent;
DROP FUNCTION letters_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("letters", "0001_letters_and_surveys")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
