"""What the triggers of the tallies join, they join in the order that is written, by index, from the statement's rows on.

A trigger's plan is kept as long as its session, and one made while the tables were nearly empty reads them whole: after
some hundred cases an act would take minutes. The few rows of a statement are known, so no statistics are needed.
"""

from django.db import migrations

FUNCTIONS = ("events", "cases", "clocks", "cases_appraisal", "supervision_card", "supervision_urging")
SETTINGS = {"join_collapse_limit": "1", "from_collapse_limit": "1", "enable_seqscan": "off"}
STEADY = "".join(
    f"ALTER FUNCTION supervision_note_{function}() SET {name} = {value};"
    for function in FUNCTIONS
    for name, value in SETTINGS.items()
)
AS_BEFORE = "".join(f"ALTER FUNCTION supervision_note_{function}() RESET ALL;" for function in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_judge_events")]
    operations = [migrations.RunSQL(STEADY, AS_BEFORE)]
