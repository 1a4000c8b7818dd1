"""The English catalogue against the texts in the code: complete, or a list of what it lacks. Runs inside .venv."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "zhengtong"
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")


def extract(package: Path) -> None:
    """Bring ``package``'s catalogue up to the texts in its code. Raises CalledProcessError."""
    (package / "locale").mkdir(exist_ok=True)
    options = ["--locale=en", "--no-wrap", "--no-obsolete", "--add-location=file", "--verbosity=0"]
    ignored = ["--ignore=static/*", "--ignore=tests/*"]
    command = [sys.executable, "-m", "django", "makemessages", *options, *ignored]
    subprocess.run(command, cwd=package, check=True)


def lacking(catalogue: Path) -> list[str]:
    """Return the texts without a translation, or with one that is only a guess, each with where it stands."""
    with catalogue.open("rb") as file:
        messages = list(read_po(file, locale="en"))
    found = []
    for message in messages:
        strings = message.string if isinstance(message.string, Sequence) else ()
        texts = [strings] if isinstance(strings, str) else list(strings)
        if message.id and (message.fuzzy or not texts or not all(texts)):
            first = message.id if isinstance(message.id, str) else message.id[0]
            found.append(f"{first!r}  {', '.join(path for path, _ in message.locations)}")
    return found


def lacking_in(package: Path) -> list[str]:
    """Return what the package's catalogue lacks, and those that modules bring in folders of their own."""
    return [line for catalogue in sorted(package.rglob(str(CATALOGUE))) for line in lacking(catalogue)]


def check() -> list[str]:
    """Return what the catalogues lack, worked out on a copy so that no file of the project changes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "zhengtong"
        shutil.copytree(
            PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "static", "tests", "*.mo"), symlinks=True
        )
        extract(copy)
        return lacking_in(copy)


def main(arguments: list[str]) -> int:
    if arguments == ["update"]:
        extract(PACKAGE)
    elif arguments != ["check"]:
        print("python -m tooling.catalogue check | update", file=sys.stderr)
        return 2
    absent = check() if arguments == ["check"] else lacking_in(PACKAGE)
    for line in absent:
        print(line)
    print(f"{len(absent)} texts without an English translation" if absent else "the English catalogue is complete")
    return 1 if absent and arguments == ["check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
