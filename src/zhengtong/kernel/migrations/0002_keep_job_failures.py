"""Why jobs failed, and an index that finds the failed ones among a million that didn't."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job_id", models.BigIntegerField(db_index=True, verbose_name="任务")),
                ("attempt", models.PositiveSmallIntegerField(verbose_name="第几次")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("error", models.CharField(max_length=500, verbose_name="错误")),
                ("traceback", models.TextField(verbose_name="调用栈")),
            ],
            options={"verbose_name": "任务失败记录", "ordering": ["-id"]},
        ),
        migrations.RunSQL(
            "CREATE INDEX procrastinate_jobs_by_status ON procrastinate_jobs (status, id)",
            "DROP INDEX procrastinate_jobs_by_status",
        ),
    ]
