"""``python -m benchmarks [a,b]``: every benchmark, or those named, each in a process of its own."""

import os
import subprocess
import sys
from importlib import import_module

NAMES = (
    "audit",
    "bpmn_miwg",
    "bundle_step",
    "can",
    "can_list",
    "case_list",
    "case_list_16",
    "case_step",
    "catalogue_search",
    "clock_due",
    "exchange_full",
    "exchange_increment",
    "exchange_memory",
    "exchange_stage",
    "exchange_unchanged",
    "exchange_vs_dlt",
    "export_sheet",
    "import_sheet",
    "interface",
    "item_search",
    "list_growth",
    "ofd_make",
    "ofd_sign",
    "oidc",
    "pades",
    "process_step",
    "search",
    "sm2_sign",
    "sm2_verify",
    "supervise",
    "tsa",
    "verify_upload",
    "wall",
    "working_days",
)


def main(arguments: list[str]) -> int:
    """Print a JSON line for each figure; return the exit status."""
    names = [name for argument in arguments for name in argument.split(",") if name] or list(NAMES)
    if unknown := [name for name in names if name not in NAMES]:
        print(f"{', '.join(unknown)}: unknown; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    if len(names) > 1:  # so that one's memory and caches aren't another's
        return max(subprocess.run([sys.executable, "-m", "benchmarks", name], check=False).returncode for name in names)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
    import django

    django.setup()
    from benchmarks.city import prepare
    from benchmarks.signing import signing

    prepare()
    with signing():
        figures = import_module(f"benchmarks.{names[0]}").run()
    for figure in figures if isinstance(figures, list) else [figures]:
        print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
