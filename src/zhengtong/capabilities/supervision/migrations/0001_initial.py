"""What is counted, cards, urgings, displays."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0002_name_agents"),
        ("identity", "0007_find_by_beginning"),
    ]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(choices=[("yellow", "预警"), ("red", "超期")], max_length=10, verbose_name="亮牌"),
                ),
                ("due_at", models.DateTimeField(verbose_name="到期")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cards", to="cases.case"
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cards", to="cases.clock"
                    ),
                ),
            ],
            options={
                "verbose_name": "亮牌",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Delta",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=24)),
                ("amount", models.BigIntegerField()),
                ("day", models.DateField(null=True)),
                ("hour", models.PositiveSmallIntegerField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.serviceitem",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "计数变动",
            },
        ),
        migrations.CreateModel(
            name="WallDisplay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("title", models.CharField(max_length=60, verbose_name="大屏标题")),
                (
                    "organisations",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("expires_at", models.DateTimeField(verbose_name="有效期至")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="最近显示")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.appointment"
                    ),
                ),
            ],
            options={
                "verbose_name": "大屏链接",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="HourTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=24)),
                ("amount", models.BigIntegerField()),
                ("day", models.DateField()),
                ("hour", models.PositiveSmallIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.serviceitem",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "时计数",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "hour", "measure", "organisation", "item"), name="one_tally_an_hour"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=24)),
                ("amount", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.serviceitem",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "在办计数",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "item", "measure"), name="one_standing")
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=24)),
                ("amount", models.BigIntegerField()),
                ("day", models.DateField()),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.serviceitem",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "日计数",
                "constraints": [
                    models.UniqueConstraint(fields=("day", "measure", "organisation", "item"), name="one_tally_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Urging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=500, verbose_name="催办内容")),
                (
                    "urged_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="催办时间"),
                ),
                ("answer", models.CharField(blank=True, max_length=1000, verbose_name="情况说明")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="说明时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                    ),
                ),
                (
                    "answered_by_agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="urgings", to="cases.case"
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.task"),
                ),
                (
                    "urged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.appointment"
                    ),
                ),
                (
                    "urged_by_agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                    ),
                ),
            ],
            options={
                "verbose_name": "催办",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["organisation", "-id"], name="urgings_by_organ"),
                    models.Index(fields=["urged_by", "-id"], name="urgings_by_supervisor"),
                ],
            },
        ),
    ]
