"""A Docker engine of the test's own (own data, own socket), compose v2 from Debian, and the stand-in images."""

from __future__ import annotations

import hashlib
import lzma
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Self

from packaging.markers import Marker, default_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[2]
WORK = REPOSITORY / "build" / "compose"
STANDINS = Path(__file__).parent / "standins"
BASE, COMPOSE_SUITE = "bookworm", "trixie"
IMAGES = {
    "python": "python:3.11.14-slim",
    "prometheus": "prom/prometheus:v3.13.2",
    "alertmanager": "prom/alertmanager:v0.34.0",
    "grafana": "grafana/grafana:13.1.3",
    "mailpit": "axllent/mailpit:v1.22.3",
    "victoria-metrics": "victoriametrics/victoria-metrics:v1.152.0",
}
PACKAGES = "python3,python3-venv,python3-pip,ca-certificates,busybox-static"


def say(text: str) -> None:
    """Progress."""
    sys.stdout.write(f"compose-test: {text}\n")
    sys.stdout.flush()


def run(*command: str | Path, **more: object) -> str:
    """Run to the end and return what it printed; its own words are shown when it fails."""
    done = subprocess.run(  # type: ignore[call-overload]
        [str(word) for word in command],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **{"timeout": 900, **more},
    )
    if done.returncode:
        raise SystemExit(f"compose-test: {' '.join(map(str, command))} failed:\n{done.stdout[-6000:]}")
    return str(done.stdout)


def apt_mirrors() -> Iterator[str]:
    """The package mirrors of this machine's own apt sources, in both of apt's formats."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for file in files:
        if not file.is_file() or file.suffix not in {".list", ".sources"}:
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            old = re.match(r"\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)\s", line)
            new = re.match(r"URIs:\s*(.+)", line)
            for url in old.group(1).split() if old else new.group(1).split() if new else []:
                if "security" not in url:
                    yield url.rstrip("/")


def fetch(url: str) -> bytes:
    """The bytes behind ``url``."""
    with urllib.request.urlopen(url, timeout=120) as answer:
        return bytes(answer.read())


def mirror_with(suite: str) -> str:
    """The first of this machine's mirrors that has ``suite``."""
    tried = []
    for mirror in dict.fromkeys(apt_mirrors()):
        tried.append(mirror)
        try:
            urllib.request.urlopen(f"{mirror}/dists/{suite}/Release", timeout=30).close()
        except OSError:
            continue
        return mirror
    raise SystemExit(f"compose-test: none of this machine's apt mirrors has Debian {suite}: {tried}")


def fetch_compose() -> None:
    """Compose v2 as the client's plugin: Debian 13's package holds one static binary that runs on Debian 12 as well."""
    target = WORK / "docker-config/cli-plugins/docker-compose"
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    mirror = mirror_with(COMPOSE_SUITE)
    architecture = run("dpkg", "--print-architecture").strip()
    index = lzma.decompress(fetch(f"{mirror}/dists/{COMPOSE_SUITE}/main/binary-{architecture}/Packages.xz")).decode()
    entry = next(part for part in index.split("\n\n") if part.startswith("Package: docker-compose\n"))
    facts = dict(re.findall(r"^(\w+): (.*)$", entry, re.MULTILINE))
    package = fetch(f"{mirror}/{facts['Filename']}")
    if hashlib.sha256(package).hexdigest() != facts["SHA256"]:
        raise SystemExit("compose-test: the package docker-compose is not the one that the index names")
    (WORK / "compose.deb").write_bytes(package)
    shutil.rmtree(WORK / "compose", ignore_errors=True)
    run("dpkg", "-x", WORK / "compose.deb", WORK / "compose")
    named = (WORK / "compose").rglob("docker-compose")
    found = next(path for path in named if path.is_file() and os.access(path, os.X_OK))
    shutil.copy2(found, target.with_suffix(".part"))
    target.with_suffix(".part").rename(target)


class Engine:
    """dockerd under its own folder; ended with everything in it when the block ends."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self.socket = WORK / "docker.sock"
        self.environment = {
            **os.environ,
            "DOCKER_HOST": f"unix://{self.socket}",
            "DOCKER_CONFIG": str(WORK / "docker-config"),
            "COMPOSE_PROGRESS": "quiet",
        }
        self.client = next(path for path in ("/usr/bin/docker", shutil.which("docker") or "") if Path(path).exists())
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the daemon and wait for it."""
        WORK.mkdir(parents=True, exist_ok=True)
        (WORK / "docker-config").mkdir(exist_ok=True)
        self.socket.unlink(missing_ok=True)
        (WORK / "dockerd.pid").unlink(missing_ok=True)
        log = (WORK / "dockerd.log").open("wb")
        self._daemon = subprocess.Popen(
            [
                "/usr/sbin/dockerd",
                f"--data-root={WORK / 'data'}",
                f"--exec-root={WORK / 'exec'}",
                f"--pidfile={WORK / 'dockerd.pid'}",
                f"--host=unix://{self.socket}",
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while subprocess.run(
            [self.client, "version"], env=self.environment, capture_output=True, check=False
        ).returncode:
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                tail = (WORK / "dockerd.log").read_text(errors="replace")[-3000:]
                self.__exit__()
                raise SystemExit(
                    f"compose-test: no Docker engine starts on this machine:\n{tail}\n"
                    "compose-test: run it where dockerd starts: a machine or VM of its own, as root, with cgroups and"
                    " iptables, not inside an unprivileged container. Without that the stack remains untried."
                )
            time.sleep(0.5)
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the daemon; its containers go with it."""
        if self._daemon and self._daemon.poll() is None:
            self._daemon.send_signal(signal.SIGTERM)
            try:
                self._daemon.wait(60)
            except subprocess.TimeoutExpired:
                self._daemon.kill()

    def docker(self, *arguments: str | Path, cwd: Path = REPOSITORY) -> str:
        """Run the client."""
        return run(self.client, *arguments, env=self.environment, cwd=cwd)

    def has_image(self, tag: str) -> bool:
        """Whether ``tag`` is there already."""
        command = [self.client, "image", "inspect", tag]
        return not subprocess.run(command, env=self.environment, capture_output=True, check=False).returncode


def _rootfs(folder: Path) -> None:
    """Debian, small, as a tar file."""
    if (folder / "rootfs.tar").exists():
        return
    say("debootstrap")
    root = folder / "rootfs"
    shutil.rmtree(root, ignore_errors=True)
    run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", BASE, root, mirror_with(BASE))
    version = run("chroot", root, "python3", "-c", "import platform; print(platform.python_version())")
    (folder / "python-version").write_text(version)
    shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)
    run("tar", "-C", root, "--exclude=./dev/*", "-cf", folder / "rootfs.part", ".")
    (folder / "rootfs.part").rename(folder / "rootfs.tar")
    shutil.rmtree(root)


def _requirements(lock: Path, python: str) -> str:
    """The entries of ``lock`` that hold for Python ``python``, which need not be the one that runs this."""
    environment = {**default_environment(), "python_full_version": python, "python_version": python.rsplit(".", 1)[0]}
    entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    chosen = []
    for entry in entries:
        requirement, _slash, hashes = entry.partition("\\\n")
        name, _semicolon, marker = requirement.partition(";")
        if not marker.strip() or Marker(marker.strip()).evaluate(environment):
            chosen.append(f"{name.strip()} \\\n{hashes}")
    return "\n".join(chosen) + "\n"


def _wheels(folder: Path) -> None:
    """The locked packages, and what the stubs need, for the stand-in's Python, by this machine's own pip settings."""
    locks = [REPOSITORY / "requirements" / name for name in ("runtime.lock", "build.lock")]
    stamp = folder / (".wheels-" + hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()[:12])
    if stamp.exists():
        return
    say("the locked packages")
    shutil.rmtree(folder / "wheels", ignore_errors=True)
    python = (folder / "python-version").read_text().strip()
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", folder / "wheels", "--only-binary=:all:"]
    pip += ["--python-version", python.rsplit(".", 1)[0]]
    for lock in locks:
        chosen = folder / lock.name
        chosen.write_text(_requirements(lock, python), encoding="utf-8")
        run(*pip, "--no-deps", "--require-hashes", "-r", chosen)
    run(*pip, "aiosmtpd", "pyyaml")
    stamp.touch()


def _programs(folder: Path) -> None:
    """Debian's Prometheus, Alertmanager and VictoriaMetrics, unpacked."""
    if (folder / "programs/usr/bin/victoria-metrics").exists():
        return
    say("Prometheus, Alertmanager and VictoriaMetrics")
    debs = folder / "debs"
    debs.mkdir(exist_ok=True)
    shutil.rmtree(folder / "programs", ignore_errors=True)
    names = ("prometheus", "prometheus-alertmanager", "victoria-metrics")
    run("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *names, cwd=debs)
    for deb in debs.glob("*.deb"):
        run("dpkg", "-x", deb, folder / "programs.part")
    (folder / "programs.part").rename(folder / "programs")


def build_standins(engine: Engine) -> None:
    """Every image of ``IMAGES``, under its pinned tag."""
    for name, tag in IMAGES.items():
        folder = WORK / "context" / name
        folder.mkdir(parents=True, exist_ok=True)
        if name == "python":
            _rootfs(folder)
            _wheels(folder)
        if name in {"prometheus", "alertmanager", "victoria-metrics"}:
            _programs(WORK / "context")
            shutil.copytree(WORK / "context/programs/usr/bin", folder / "bin", dirs_exist_ok=True)
        if name == "alertmanager":
            share = WORK / "context/programs/usr/share/prometheus/alertmanager"
            shutil.copytree(share, folder / "share", dirs_exist_ok=True)
        for file in STANDINS.glob(f"{name}.*"):
            shutil.copy2(file, folder / file.name)
        say(f"{'checking' if engine.has_image(tag) else 'building'} the stand-in for {tag}")
        engine.docker("build", "--quiet", "-t", tag, "-f", folder / f"{name}.Dockerfile", folder)
