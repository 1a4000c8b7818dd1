"""Blocks: what waits for one, leaves, headers with signature and token, roots, receipts, checks."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_order_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="开始")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束")),
                ("account", models.UUIDField(null=True, verbose_name="账号")),
                ("actor_name", models.CharField(blank=True, max_length=80, verbose_name="核对人")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待"),
                            ("running", "正在核对"),
                            ("passed", "全部相符"),
                            ("failed", "发现不符"),
                            ("cancelled", "已停止"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("next_block", models.BigIntegerField(default=1)),
                ("last_block", models.BigIntegerField(default=0, verbose_name="核对到")),
                ("total", models.BigIntegerField(default=0, verbose_name="记录总数")),
                ("checked", models.BigIntegerField(default=0, verbose_name="已核对")),
                ("findings", models.JSONField(default=list, verbose_name="不符之处")),
            ],
            options={
                "verbose_name": "日志核对",
            },
        ),
        migrations.CreateModel(
            name="JournalCertificate",
            fields=[
                (
                    "fingerprint",
                    models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="指纹"),
                ),
                ("der", models.BinaryField()),
                (
                    "chain",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
            ],
            options={
                "verbose_name": "签名证书",
            },
        ),
        migrations.CreateModel(
            name="PendingRecord",
            fields=[
                ("record", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("is_worded", models.BooleanField(default=False)),
                ("since", models.DateTimeField()),
            ],
            options={
                "verbose_name": "待封存的日志",
            },
        ),
        migrations.CreateModel(
            name="JournalBlock",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号")),
                ("root", models.CharField(max_length=64, verbose_name="树根")),
                ("header", models.TextField(verbose_name="块头")),
                ("hash", models.CharField(max_length=64, unique=True, verbose_name="摘要")),
                ("closed_at", models.DateTimeField(verbose_name="封存时间")),
                ("algorithm", models.CharField(max_length=10, verbose_name="签名算法")),
                ("signature", models.BinaryField(verbose_name="签名")),
                ("certificate", models.CharField(max_length=64, verbose_name="签名证书")),
                ("token", models.BinaryField(verbose_name="时间戳")),
                ("count", models.IntegerField(verbose_name="记录数")),
            ],
            options={
                "verbose_name": "区块",
                "indexes": [models.Index(fields=["closed_at", "number"], name="audit_block_by_time")],
            },
        ),
        migrations.CreateModel(
            name="JournalLeaf",
            fields=[
                ("record", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="日志编号")),
                ("block", models.BigIntegerField(verbose_name="区块")),
                ("place", models.IntegerField(verbose_name="位置")),
                ("digest", models.BinaryField(max_length=32, verbose_name="摘要")),
            ],
            options={
                "verbose_name": "区块里的日志",
                "indexes": [models.Index(fields=["block", "place"], name="audit_leaf_by_block")],
            },
        ),
        migrations.CreateModel(
            name="JournalRoot",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号")),
                ("root", models.CharField(max_length=64, verbose_name="树根")),
                ("header", models.TextField(verbose_name="块头")),
                ("hash", models.CharField(max_length=64, unique=True, verbose_name="摘要")),
                ("closed_at", models.DateTimeField(verbose_name="封存时间")),
                ("algorithm", models.CharField(max_length=10, verbose_name="签名算法")),
                ("signature", models.BinaryField(verbose_name="签名")),
                ("certificate", models.CharField(max_length=64, verbose_name="签名证书")),
                ("token", models.BinaryField(verbose_name="时间戳")),
                ("first", models.BigIntegerField(verbose_name="起始区块")),
                ("last", models.BigIntegerField(verbose_name="结束区块")),
            ],
            options={
                "verbose_name": "日志根",
                "indexes": [models.Index(fields=["last"], name="audit_root_by_last")],
            },
        ),
        migrations.CreateModel(
            name="RecordWords",
            fields=[
                ("record", models.BigIntegerField(primary_key=True, serialize=False)),
                ("terms", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
            options={
                "verbose_name": "日志检索词",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["terms"], name="audit_words")],
            },
        ),
        migrations.CreateModel(
            name="RootReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("root", models.BigIntegerField(verbose_name="日志根")),
                ("channel", models.CharField(max_length=20, verbose_name="方式")),
                ("target", models.CharField(max_length=300, verbose_name="去处")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("is_done", models.BooleanField(verbose_name="已送达")),
                ("answer", models.TextField(verbose_name="回执")),
            ],
            options={
                "verbose_name": "公布回执",
                "indexes": [models.Index(fields=["root", "channel"], name="audit_receipt_by_root")],
            },
        ),
        migrations.CreateModel(
            name="SealingTrouble",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField(verbose_name="开始")),
                ("last_at", models.DateTimeField(verbose_name="最近一次")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束")),
                ("reason", models.CharField(max_length=300, verbose_name="原因")),
            ],
            options={
                "verbose_name": "封存故障",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("ended_at"),
                        condition=models.Q(("ended_at", None)),
                        name="audit_one_open_trouble",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
