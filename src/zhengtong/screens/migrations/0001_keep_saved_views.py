"""Saved views and remembered columns of lists."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("identity", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("screens", models.CharField(max_length=120, verbose_name="列表")),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="名称")),
                ("query", models.JSONField(default=dict, verbose_name="条件")),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), default=list, size=None, verbose_name="列"
                    ),
                ),
                ("titles", models.JSONField(default=dict, verbose_name="当时的标题")),
                ("is_default", models.BooleanField(default=False, verbose_name="打开列表时使用")),
                ("saved_at", models.DateTimeField(auto_now=True, verbose_name="保存时间")),
                ("deleted_at", models.DateTimeField(null=True, verbose_name="删除时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "视图",
                "indexes": [
                    models.Index(fields=["account", "screens"], name="views_by_account"),
                    models.Index(
                        condition=models.Q(("organisation__isnull", False)),
                        fields=["organisation", "screens"],
                        name="views_by_office",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("organisation", None)),
                        fields=("account", "screens", "name"),
                        name="one_own_view_a_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("organisation__isnull", False)),
                        fields=("organisation", "screens", "name"),
                        name="one_office_view_a_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("is_default", True), ("organisation", None)),
                        fields=("account", "screens"),
                        name="one_own_default_view",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("is_default", True), ("organisation__isnull", False)),
                        fields=("organisation", "screens"),
                        name="one_office_default_view",
                    ),
                ],
            },
        ),
    ]
