"""Items that are only read, who moved them where, what is watched; indexes that hold the pool and nothing else."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
        ("worklist", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="类型")),
                ("object_id", models.BigIntegerField()),
                ("reference", models.CharField(max_length=40, verbose_name="编号")),
                ("title", models.CharField(max_length=200, verbose_name="事项")),
                ("party", models.CharField(max_length=120, verbose_name="申请人")),
                ("url", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="原因")),
                ("since", models.DateTimeField(verbose_name="关注时间")),
            ],
            options={
                "verbose_name": "关注",
            },
        ),
        migrations.CreateModel(
            name="WorkTransfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("claimed", "领办"),
                            ("assigned", "分办"),
                            ("transferred", "转办"),
                            ("delegated", "转办并关注"),
                            ("recalled", "撤回转办"),
                            ("returned", "退回待领"),
                            ("handed_over", "离任移交"),
                        ],
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="打开时间")),
            ],
            options={
                "verbose_name": "流转记录",
                "ordering": ["id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="workitem",
            name="one_open_item_an_object",
        ),
        migrations.RemoveIndex(
            model_name="workitem",
            name="open_by_office",
        ),
        migrations.RemoveIndex(
            model_name="workitem",
            name="open_by_assignee",
        ),
        migrations.AddField(
            model_name="workitem",
            name="done_by_agent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.appointment",
            ),
        ),
        migrations.AddField(
            model_name="workitem",
            name="nature",
            field=models.CharField(
                choices=[("to_do", "待办"), ("to_read", "待阅")], default="to_do", max_length=10, verbose_name="性质"
            ),
        ),
        migrations.AlterField(
            model_name="workitem",
            name="assignee",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.appointment",
            ),
        ),
        migrations.AlterField(
            model_name="workitem",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("assignee__isnull", True), ("state", "open")),
                fields=["organisation", "permission", "due_at", "id"],
                name="pool_by_office",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("assignee__isnull", True), ("state", "open")),
                fields=["due_at", "id"],
                include=("organisation", "permission"),
                name="pool_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["assignee", "nature", "due_at", "id"],
                name="open_by_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("nature", "to_do"), ("state", "open")),
                fields=("kind", "object_id"),
                name="one_open_item_an_object",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("nature", "to_read"), ("state", "open")),
                fields=("kind", "object_id", "assignee"),
                name="one_reading_an_object_and_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("nature", "to_do"), ("assignee__isnull", False), _connector="OR"),
                name="somebody_reads_it",
            ),
        ),
        migrations.AddField(
            model_name="watch",
            name="appointment",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.appointment"
            ),
        ),
        migrations.AddField(
            model_name="worktransfer",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.appointment",
            ),
        ),
        migrations.AddField(
            model_name="worktransfer",
            name="by_agent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.appointment",
            ),
        ),
        migrations.AddField(
            model_name="worktransfer",
            name="from_appointment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.appointment",
            ),
        ),
        migrations.AddField(
            model_name="worktransfer",
            name="item",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="transfers",
                to="worklist.workitem",
            ),
        ),
        migrations.AddField(
            model_name="worktransfer",
            name="to_appointment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.appointment",
            ),
        ),
        migrations.AddField(
            model_name="worktransfer",
            name="to_organisation",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(fields=["appointment", "-id"], name="watches_of_person"),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.UniqueConstraint(
                fields=("appointment", "kind", "object_id"), name="one_watch_a_person_and_object"
            ),
        ),
        migrations.AddIndex(
            model_name="worktransfer",
            index=models.Index(fields=["item", "-id"], name="transfers_of_item"),
        ),
        migrations.AddIndex(
            model_name="worktransfer",
            index=models.Index(
                condition=models.Q(("act", "claimed"), _negated=True),
                fields=["to_appointment", "-id"],
                name="transfers_to_person",
            ),
        ),
        migrations.AddIndex(
            model_name="worktransfer",
            index=models.Index(
                condition=models.Q(("act", "claimed"), _negated=True),
                fields=["from_appointment", "-id"],
                name="transfers_from_person",
            ),
        ),
        migrations.AddIndex(
            model_name="worktransfer",
            index=models.Index(
                condition=models.Q(("act", "handed_over"), ("to_organisation__isnull", False)),
                fields=["to_organisation", "-id"],
                name="handed_over_to_office",
            ),
        ),
    ]
