"""Which steps of a page's tour an account has seen."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("screens", "0001_keep_saved_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeenTour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=120, verbose_name="页面")),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        default=list,
                        size=None,
                        verbose_name="看过的步骤",
                    ),
                ),
                ("seen_at", models.DateTimeField(auto_now=True, verbose_name="看过的时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "看过的引导",
                "constraints": [models.UniqueConstraint(fields=("account", "page"), name="one_tour_a_page")],
            },
        ),
    ]
