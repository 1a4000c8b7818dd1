"""How long a delegation may last, as dated rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_one_main_appointment_at_a_time")]

    operations = [
        migrations.CreateModel(
            name="DelegationLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("longest_days", models.PositiveSmallIntegerField(verbose_name="最长天数")),
                ("effective_from", models.DateField(unique=True, verbose_name="施行日期")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
            ],
            options={
                "verbose_name": "委托期限规定",
                "ordering": ["-effective_from"],
            },
        ),
    ]
