"""One main appointment at a time, also where two are made at once: the database refuses the second."""

import django.contrib.postgres.constraints
from django.db import migrations, models

import zhengtong.core.identity.models.people


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_begin_the_history_of_organisations")]

    operations = [
        # Left in place on the way back: others may use it by then.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_date", None), ("end_date__gte", models.F("start_date")), _connector="OR"),
                name="appointment_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("kind", "main")),
                expressions=[
                    ("staff", "="),
                    (zhengtong.core.identity.models.people.Days("start_date", "end_date"), "&&"),
                ],
                name="one_main_appointment_at_a_time",
            ),
        ),
    ]
