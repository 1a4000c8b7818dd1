"""A file's mark becomes a level of the lattice, and gets a circle. What was written as a word keeps its meaning."""

import django.contrib.postgres.fields
from django.db import migrations, models

_WORDS = "CASE mark WHEN 'public' THEN 0 WHEN 'internal' THEN 10 ELSE 20 END"
_LEVELS = "CASE mark WHEN 0 THEN 'public' WHEN 10 THEN 'internal' ELSE 'work_secret' END"
_CHOICES = [(0, "公开"), (10, "内部"), (20, "工作秘密"), (30, "秘密"), (40, "机密"), (50, "绝密")]


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER TABLE files_storedfile ALTER COLUMN mark TYPE smallint USING {_WORDS}, "
                    "ALTER COLUMN mark SET DEFAULT 10, ADD CONSTRAINT files_storedfile_mark_check CHECK (mark >= 0)",
                    "ALTER TABLE files_storedfile DROP CONSTRAINT files_storedfile_mark_check, "
                    f"ALTER COLUMN mark DROP DEFAULT, ALTER COLUMN mark TYPE varchar(12) USING {_LEVELS}",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "storedfile",
                    "mark",
                    models.PositiveSmallIntegerField(
                        choices=_CHOICES, db_default=10, default=10, editable=False, verbose_name="密级标识"
                    ),
                )
            ],
        ),
        migrations.AddField(
            "storedfile",
            "mark_circle",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                editable=False,
                null=True,
                size=None,
                verbose_name="知悉范围（单位）",
            ),
        ),
        migrations.AddField(
            "storedfile",
            "mark_readers",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                editable=False,
                null=True,
                size=None,
                verbose_name="知悉范围（人员）",
            ),
        ),
    ]
