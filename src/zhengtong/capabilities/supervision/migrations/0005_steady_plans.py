"""What a decision says of its clocks is found out once, before it is joined to its case.

A trigger's plan is kept as long as its session, and statistics may tell of an empty table long after it was filled in one
transaction. A plan made on their word read all cases and found the clocks' days out anew for each: after some hundred
cases a decision took minutes.
"""

from importlib import import_module

from django.db import migrations

before = import_module("zhengtong.capabilities.supervision.migrations.0002_count_by_triggers")
_OF_DECISIONS = before.DECIDED.format(events="fresh") + " UNION ALL " + before.USED.format(events="fresh")

NOTE_EVENTS = f"""
CREATE OR REPLACE FUNCTION supervision_note_events() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    {before.SKIP}
    {before._note(before.OF_EVENTS.format(events="fresh"))}
    IF EXISTS (SELECT FROM fresh WHERE act IN {before.DECIDING}) THEN
        WITH found AS MATERIALIZED ({_OF_DECISIONS})
        {before._note("SELECT * FROM found")}
    END IF;
    RETURN NULL;
END $$;
"""
AS_BEFORE = before.NOTE_EVENTS[: before.NOTE_EVENTS.index("CREATE TRIGGER")].replace("CREATE", "CREATE OR REPLACE", 1)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_judge_events")]
    operations = [migrations.RunSQL([(NOTE_EVENTS, None)], [(AS_BEFORE, None)])]
