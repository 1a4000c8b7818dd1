"""What PostgreSQL can't find out by itself about a million cases: how many organs they have, and how numbers lie."""

from django.db import migrations, models

# A page of many organs asks one after the other for its newest cases. Of an organ that it can't know beforehand
# PostgreSQL expects the average of those that have cases: where few organs have nearly all of them, that is so many that
# it walks all cases by date to meet one, and for an organ that has none it walks to the end. With as many organs as a
# city has (its departments in each county, its towns) it takes the index over the organ, which is never bad: it gives
# the order as well. A number and not a share of the rows, because organs don't grow in number with the cases. What is
# known of single organs, the most common ones, is estimated as before.
ORGANS = """
ALTER TABLE cases_case ALTER COLUMN organisation_id SET (n_distinct = 2000);
ANALYZE cases_case (organisation_id);
"""
AS_FOUND = """
ALTER TABLE cases_case ALTER COLUMN organisation_id RESET (n_distinct);
ANALYZE cases_case (organisation_id);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_find_running_cases")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="number",
            field=models.CharField(
                blank=True, db_collation="C", max_length=20, null=True, unique=True, verbose_name="办件编号"
            ),
        ),
        migrations.RunSQL(ORGANS, AS_FOUND),
    ]
