"""The verbs behind the Makefile: ``python3 -m tooling run``."""

import io
import os
import sys

from tooling import launch, processes, regions, verify
from tooling.instance import Instance
from tooling.steps import Failed

USAGE = "python3 -m tooling run | test | check | bench | database | regions | format | messages"


def main(arguments: list[str]) -> int:
    """Do what the first of ``arguments`` says and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    verb, *rest = arguments or [""]
    processes.guard()
    try:
        instance = Instance.read(os.environ)
        match verb:
            case "run":
                return launch.run_until_stopped(instance)
            case "test":
                return verify.test(instance, rest)
            case "check":
                return verify.check(instance)
            case "bench":
                return verify.bench(instance, rest)
            case "database":
                return verify.serve_database(instance)
            case "regions":
                return regions.bring(instance)
            case "format":
                return verify.tidy(instance)
            case "messages":
                return verify.update_messages(instance)
        print(USAGE, file=sys.stderr)
        return 2
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n系统拒绝了 · the system refused: {error}", file=sys.stderr)
        return 1
    except processes.Stopped as stopped:
        return 128 + stopped.number
    finally:
        processes.end_orphans()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
