"""The service as processes: start, limits of the socket, drain, recovery, and what it costs."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from data.errors import AreatagError, UsageError
from serving import server as server_module
from serving.http.settings import ServiceSettings
from tests.serving.conftest import ROOT, Server, StartServer
from tests.support.waiting import PATIENCE, wait_for

_BODY = {"papers": [{"title": "We segment."}]}


def test_a_real_model_is_served_by_one_process_without_torch(start_server: StartServer, tiny_model: Path) -> None:
    """Tagged, explained and described, with no torch, pandas or scikit-learn in the process."""
    with start_server(model=tiny_model) as server:
        papers = [{"title": "A whale", "abstract": "The whale song of the ocean. We study the song."}]
        answer = server.post("/tag", json={"papers": papers, "threshold": 0, "explain": True})
        assert answer.status_code == 200
        (result,) = answer.json()["results"]
        assert {area["id"] for area in result["areas"]} == {"sea/whales", "sea/ships", "sky/birds"}
        assert {field["id"] for field in result["fields"]} == {"sea", "sky"}
        assert server.get("/model").json()["version"] == answer.json()["model"]
        assert _tokens(server) > 20  # more than the paper has: it is encoded again without each of its sentences
        assert _children(server.process.pid) == []
        mapped = Path(f"/proc/{server.process.pid}/maps").read_text()
        assert not any(f"/{name}/" in mapped for name in ("torch", "pandas", "sklearn", "scipy"))


def test_a_damaged_model_is_not_served(tiny_model: Path, tmp_path: Path) -> None:
    """An altered file is one sentence before anything starts; so is a model that does not exist."""
    damaged = tmp_path / "model"
    shutil.copytree(tiny_model, damaged)
    heads = damaged / "heads.safetensors"
    heads.write_bytes(heads.read_bytes()[:-1] + b"!")
    with pytest.raises(AreatagError, match=r"heads\.safetensors: altered"):
        server_module.check_model(str(damaged))
    with pytest.raises(UsageError, match="no model 'nothing'"):
        server_module.check_model("nothing")


def test_a_body_that_is_still_being_sent_gets_413(server: Server) -> None:
    """The client reads the answer although it sends more than the limit."""
    answer = server.post("/tag", content=b" " * (9 * 1024 * 1024), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


def test_a_client_that_leaves_is_no_error(server: Server) -> None:
    """A connection closed in the middle of a body leaves no traceback."""
    address = httpx.URL(server.url)
    with socket.create_connection((address.host, address.port or 80)) as connection:
        connection.sendall(b"POST /tag HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    time.sleep(0.3)
    assert server.get("/readyz").status_code == 200
    assert "Traceback" not in server.log.read_text()


def test_sigterm_finishes_running_calls(start_server: StartServer) -> None:
    """A call that runs when the service is told to stop is answered; then the process ends with 0."""
    with start_server(encoder_seconds=2.0) as server, ThreadPoolExecutor(1) as caller:
        call = caller.submit(server.post, "/tag", json=_BODY)
        wait_for(lambda: call.done() or "areatag_waiting_papers 1.0" in server.get("/metrics").text)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0
        assert call.result().status_code == 200


def test_a_killed_worker_is_replaced(start_server: StartServer) -> None:
    """Two workers share their metrics; after kill -9 of one, the service is whole again by itself."""
    with start_server(workers=2) as server:
        for _ in range(20):
            assert server.post("/tag", json=_BODY).status_code == 200
        for _ in range(3):  # whichever worker answers
            assert 'areatag_papers_total{model="fake-1"} 20.0' in server.get("/metrics").text
        before = _workers(server)
        os.kill(before[0], signal.SIGKILL)
        wait_for(lambda: _workers(server), lambda now: before[0] not in now and len(now) == 2)
        wait_for(lambda: server.post("/tag", json=_BODY).status_code, lambda status: status == 200)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0


def _tokens(server: Server) -> float:
    lines = server.get("/metrics").text.splitlines()
    (line,) = [line for line in lines if line.startswith("areatag_tokens_total")]
    return float(line.split()[-1])


def _workers(server: Server) -> list[int]:
    """Ids of the living worker processes; the other child of the supervisor is multiprocessing's own."""
    command_lines = {pid: Path(f"/proc/{pid}/cmdline") for pid in _children(server.process.pid)}
    return [pid for pid, path in command_lines.items() if path.exists() and b"spawn_main" in path.read_bytes()]


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_an_answer_does_not_wait_for_acknowledgements() -> None:
    """Accepted connections send small pieces at once (TCP_NODELAY): else headers and body are 40 ms apart."""
    with server_module._listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_in_use_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the port and the options."""
    monkeypatch.setattr(server_module, "check_model", lambda ref: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"127.0.0.1 port {port} .* --port"):
            server_module.run(port=port)
    monkeypatch.setenv("AREATAG_OPEN_TAGGING", "true")  # without keys no other address is served
    with pytest.raises(UsageError, match="--host"):
        server_module.run(host="no such host")


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_BODY_BYTES", "lots"), ("REQUEST_SECONDS", "0"), ("MAX_WAITING_PAPERS", "10")]
)
def test_wrong_settings_name_their_variable(name: str, value: str) -> None:
    """A limit that cannot be is an error at start."""
    with pytest.raises(UsageError, match=f"AREATAG_{name} is '{value}'"):
        ServiceSettings.from_environment({f"AREATAG_{name}": value})


def test_an_empty_variable_is_unset() -> None:
    """As with a variable that a container file passes through."""
    assert ServiceSettings.from_environment({"AREATAG_MODEL": ""}) == ServiceSettings()


def test_glibc_takes_the_settings() -> None:
    """In a process of its own, for they last; without glibc nothing is done."""
    command = "from serving.server import give_back_large_blocks; print(give_back_large_blocks())"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(platform.libc_ver()[0] == "glibc")
