"""On Binder: what repo2docker makes of the repository, in an environment of its own, behind a proxy as on a Hub."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.course import notebooks
from tests.jupyter import Lab, start_jupyterlab

PROJECT = Path(__file__).parents[1]

pytestmark = pytest.mark.timeout(400)  # it downloads JupyterLab


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is in the repository, without what was made of it."""
    root = tmp_path_factory.mktemp("repository")
    files = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT
    )
    for name in files.decode().split("\0"):
        if (PROJECT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, root / name)
    return root


@pytest.fixture(scope="module")
def dockerfile(repository: Path) -> str:
    """What repo2docker would build; Docker itself is not needed to know it."""
    command = [sys.executable, "-W", "ignore", "-m", "repo2docker", "--no-build", "--debug", str(repository)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return result.stdout + result.stderr


def test_repo2docker_finds_what_is_to_be_installed(dockerfile: str) -> None:
    assert "Building conda environment for python=3.11" in dockerfile
    copied, installed = (
        dockerfile.index("COPY --chown=0:0 src/ ${REPO_DIR}/"),
        dockerfile.index("pip install --no-cache"),
    )
    assert copied < installed, "the project has to be there before it can be installed"


@pytest.fixture(scope="module")
def python(repository: Path, dockerfile: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python with what the image has of the repository, and nothing else."""
    prefix = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", prefix], check=True)
    commands = re.findall(r"RUN (\$\{KERNEL_PYTHON_PREFIX\}/bin/pip install .*)", dockerfile)
    assert commands
    for command in commands:
        subprocess.run(command.replace("${KERNEL_PYTHON_PREFIX}", str(prefix)), shell=True, cwd=repository, check=True)
    return str(prefix / "bin" / "python")


@pytest.fixture(scope="module")
def binder(repository: Path, python: str) -> Iterator[Lab]:
    """JupyterLab as Binder runs it: under the path of a user, who cannot reach the machine's other ports."""
    with start_jupyterlab(repository, python, "/user/ann/", JUPYTERHUB_SERVICE_PREFIX="/user/ann/") as lab:
        yield lab


def test_the_first_notebook_runs_and_its_links_lead_to_its_servers(
    binder: Lab, repository: Path, browser: Browser
) -> None:
    path = repository / "notebooks" / "01-hello-http.ipynb"
    notebook = notebooks.with_ports(notebooks.read(path), notebooks.free_ports())
    # The servers go on running.
    notebook.cells = [cell for cell in notebook.cells if cell.id != "clean"]
    notebooks.write(notebook, path)
    with browser.new_context() as context:
        opened = binder.open(context.new_page(), "notebooks/01-hello-http.ipynb")
        opened.run_all()
        at = [cell.id for cell in notebook.cells].index("serve-404")
        link = opened.cells.nth(at).locator(".httpkit-live").get_by_role("link").first
        expect(link).to_have_attribute("href", re.compile(r"^/user/ann/proxy/\d{4}/$"))
        with context.expect_page() as tab:
            link.click()
        # By then this server has the handler of a later cell.
        expect(tab.value.locator("body")).to_contain_text("day!")
