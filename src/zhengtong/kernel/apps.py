"""The kernel as a Django application: it owns the calendar and the marks of jobs that had their effect."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "zhengtong.kernel"
    label = "kernel"
    verbose_name = "内核"

    def ready(self) -> None:
        from zhengtong.kernel import checks, tasks  # noqa: F401  (registers the system checks and the jobs)
        from zhengtong.kernel.failures import keep_failures
        from zhengtong.kernel.jobs import enqueue_in_transactions

        enqueue_in_transactions()
        keep_failures()
