"""A note of an event may be sealed anew under another data key; nothing else of the row, and only then."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION letters_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('zhengtong.resealing', true) = 'on'
        AND to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events of letters are only added to';
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION letters_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'events of letters are only added to'; END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("letters", "0002_append_only_events")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
