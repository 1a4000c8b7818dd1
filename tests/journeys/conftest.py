"""The platform as it runs for people: web server, worker, database; and Debian's Chromium to use it with."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

from tests.cast import Cast, forget_jobs, make_cast

ROOT = Path(__file__).parents[2]
# What the started processes call their sessions in the database.
PROCESSES = "zhengtong-journey"
CHROMIUM = "/usr/bin/chromium"
PHONE_SCREEN = {"width": 390, "height": 844}
DESK_SCREEN = {"width": 1440, "height": 900}


@dataclass
class Platform:
    """A running platform. ``complaints`` are what browsers logged: content policy violations, script errors."""

    url: str
    cast: Cast
    browser: Browser
    complaints: list[str]

    def open(self, screen: dict[str, int] = DESK_SCREEN, path: str = "/") -> Page:
        """Return a page of a person who has just opened a browser of her own."""
        context = self.browser.new_context(viewport=screen, locale="zh-CN", accept_downloads=True)  # type: ignore[arg-type]  # a plain dict is a ViewportSize
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.url + path)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        # A refused form is answered with 4xx, which the browser logs as well: that is no fault of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_ready(url: str, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    # Playwright's own loop makes Django think that it runs inside async code; it ends with the module, since what
    # enqueues jobs in a later test of this process would fail beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
    )
    yield launched
    launched.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Say of a failed journey what its people saw: the address and words of every open page."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # a hook wrapper is sent pluggy's Result
    running = getattr(item, "funcargs", {}).get("platform")
    if report.when == "call" and report.failed and running is not None:
        for context in running.browser.contexts:
            for page in context.pages:
                words = " ".join(page.inner_text("body").split())
                report.sections.append((f"page {page.url}", words[:1500]))


@pytest.fixture
def platform(transactional_db: None, browser: Browser, tmp_path: Path) -> Iterator[Platform]:
    """Start web and worker on the test's database; stop them, and expect that no page complained."""
    forget_jobs()
    cast = make_cast()
    port = free_port()
    url = f"http://localhost:{port}"
    database = connection.settings_dict
    environment = {
        **os.environ,
        # The settings are the tests' own.
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DATABASE_URL": f"postgresql:///{database['NAME']}?host={database['HOST']}&user={database['USER']}"
        f"&password={database['PASSWORD']}&port={database['PORT']}",
        "DATA_DIR": str(settings.DATA_DIR),
        # The one whose keys the rows of the test's database name.
        "SIGNER_SOCKET": str(settings.SIGNER_SOCKET),
        "PORT": str(port),
        "PUBLIC_URL": url,
        "WEB_CONCURRENCY": "1",
        "PGAPPNAME": PROCESSES,
    }
    command = [str(Path(sys.executable).with_name("zhengtong"))]
    with (tmp_path / "server.log").open("wb") as log:
        processes = [
            subprocess.Popen([*command, *verb], env=environment, stdout=log, stderr=log, start_new_session=True)
            for verb in (["serve", "--port", str(port)], ["worker"])
        ]
        try:
            await_ready(url, processes[0])
            running = Platform(url, cast, browser, [])
            yield running
            assert running.complaints == []
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)
            _end_sessions()
            for context in browser.contexts:
                context.close()


def _end_sessions() -> None:
    """End what a stopped process still has running in the database: it would hold its locks into the next test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = %s",
            [PROCESSES],
        )
