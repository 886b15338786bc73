"""The command, as people type it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from backlight import __version__
from backlight.commands import app
from backlight.commands.serve import listen
from processes import children_of, exists

ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath, "TERM": "dumb", "COLUMNS": "200"}


def backlight(*arguments: str, text: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    command = [sys.executable, "-m", "backlight", *arguments]
    return subprocess.run(command, env=ENVIRONMENT | variables, input=text, capture_output=True, text=True, check=False)


def trace(*arguments: str, text: str = "") -> Result:
    """The ``trace`` command in this process, which keeps its sandbox from one to the next."""
    return CliRunner(env={"TERM": "dumb", "COLUMNS": "200"}).invoke(app, ["trace", *arguments], input=text)


def test_version_and_help() -> None:
    assert backlight("--version").stdout == f"backlight {__version__}\n"
    done = backlight("--help")
    assert done.returncode == 0
    assert "serve" in done.stdout
    assert "trace" in done.stdout


@pytest.mark.parametrize("command", [[], ["trace"], ["serve"], ["open"]])
def test_help_is_asked_for_by_its_letter_too(command: list[str]) -> None:
    asked, letter = backlight(*command, "--help"), backlight(*command, "-h")
    assert (letter.returncode, letter.stdout) == (0, asked.stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bogus"], "No such command"),
        (["trace"], "Give either a file or --expression"),
        (["trace", "a.py", "--expression", "x"], "Give either a file or --expression"),
        (["trace", "no-such-file.py"], "Cannot read no-such-file.py"),
        (["trace", "--expression", "x", "--input", "x"], "not of the form name=value"),
        (["trace", "--expression", "x", "--input", "x=1", "--input", "x=2"], "'x' is given twice"),
        (["trace", "-", "--input", "x=1"], "--input belongs to --expression"),
        (["serve", "--port", "70000"], "65535"),
    ],
)
def test_wrong_use_says_what_is_wrong_and_exits_with_2(arguments: list[str], message: str) -> None:
    done = backlight(*arguments)
    assert done.returncode == 2
    assert message in re.sub(r"[│\s]+", " ", done.stderr)
    assert "Traceback" not in done.stderr


def test_the_version_is_told_without_any_package() -> None:
    setting = "import sys; sys.modules['typer'] = None; sys.argv = ['backlight', '--version']"
    command = [sys.executable, "-c", f"{setting}; from backlight.cli import main; main()"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"backlight {__version__}\n", "")


def test_a_setting_that_makes_no_sense_is_wrong_use() -> None:
    done = backlight("serve", BACKLIGHT_PORT="many")
    assert done.returncode == 2
    assert "BACKLIGHT_PORT must be a whole number, not 'many'." in " ".join(done.stderr.split())


@pytest.mark.parametrize("variables", [{"BACKLIGHT_QUEUE_LENGTH": "-5"}, {"BACKLIGHT_CPU_SECONDS": "nan"}])
def test_a_setting_below_nothing_is_wrong_use(variables: dict[str, str]) -> None:
    done = backlight("serve", **variables)
    assert done.returncode == 2
    assert "from 0 on, not" in " ".join(done.stderr.split())


def test_trace_tells_output_graph_and_gradients(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x ** 2\ny.backward()\nprint('[bold]\\x1b[2J')\n"
    )
    done = backlight("trace", str(program))
    assert done.returncode == 0
    assert done.stderr == ""
    assert "[bold]\\x1b[2J" in done.stdout
    assert "1 backward pass" in done.stdout
    assert re.search(r"x\s.*\[\]\s.*3\s.*6", done.stdout)


def test_trace_writes_what_was_printed_as_it_is() -> None:
    done = backlight("trace", "-", text="print('a ' * 100)\nprint('b\\tc\\n\\n')\nprint('d', end='')", COLUMNS="80")
    assert done.stdout.startswith("a " * 100 + "\nb\tc\n\n\nd\n0 nodes")
    done = backlight("trace", "-", text="raise ValueError('long ' * 30)", COLUMNS="80")
    assert done.stdout.startswith("ValueError, line 1: " + "long " * 30)


def test_what_comes_in_must_be_text() -> None:
    command = [sys.executable, "-m", "backlight", "trace", "-"]
    done = subprocess.run(command, env=ENVIRONMENT, input=b"x = '\xe9'", capture_output=True, check=False)
    assert done.returncode == 2
    assert b"What came in is not UTF-8 text." in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_a_terminal_cannot_show_is_written_all_the_same(encoding: str) -> None:
    command = [sys.executable, "-m", "backlight", "trace", "-"]
    around = ENVIRONMENT | {"PYTHONIOENCODING": encoding, "LC_ALL": "POSIX"}
    program = "print('ü → 🔥')".encode()
    plain = subprocess.run(command, env=around, input=program, capture_output=True, check=False)
    assert (plain.returncode, plain.stderr) == (0, b"")
    assert plain.stdout.startswith("ü → 🔥".encode(encoding, "backslashreplace") + b"\n0 nodes")
    done = subprocess.run([*command, "--json"], env=around, input=program, capture_output=True, check=False)
    assert json.loads(done.stdout.decode("utf-8"))["cells"][0]["output"] == "ü → 🔥\n"


def test_a_closed_standard_input_is_told_in_a_line() -> None:
    command = f"{sys.executable} -m backlight trace - <&-"
    done = subprocess.run(["sh", "-c", command], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Nothing can be read from standard input, which is closed." in done.stderr


def test_trace_reads_standard_input_and_writes_json() -> None:
    done = trace("-", "--json", "--seed", "5", text="import torch\nprint(torch.ones(1))")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert (document["schema"], document["seed"]) == ("backlight/1", 5)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_cannot_be_written_is_told_in_a_line(form: list[str]) -> None:
    command = [sys.executable, "-m", "backlight", "trace", "-e", "sin(x)", "--input", "x=1.0", *form]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "backlight: Cannot write what came out: No space left on device.\n")


def test_trace_takes_an_expression_with_inputs() -> None:
    done = trace("-e", "(W * x).sum()", "--input", "W=[[1.0, 2.0]]", "--input", "x=3.0", "--json")
    document = json.loads(done.stdout)
    gradients = {each["name"]: document["values"][each["grad"]]["data"] for each in document["leaves"]}
    assert gradients == {"W": [[3.0, 3.0]], "x": 3.0}


def test_what_did_not_fit_into_the_document_is_told() -> None:
    loop = "for _ in range(900):\n    y = y * 0.99\ny.sum().backward()"
    program = f"import torch\ny = torch.rand(32, 32, requires_grad=True)\n{loop}"
    done = trace("-", text=program)
    assert done.exit_code == 0
    assert re.search(r"Of [\d,]+ tensors not every number is here: at most \d+ MB of them are kept\.", done.output)


def test_a_program_that_raises_is_told_and_exits_with_1() -> None:
    done = trace("-", text="x = 1\nx / 0")
    assert done.exit_code == 1
    assert "ZeroDivisionError, line 2: division by zero" in done.stdout


def test_a_program_that_is_refused_exits_with_1() -> None:
    done = trace("-", text="x = (")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("backlight: line 1, column ")


def test_a_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = backlight("serve", "--port", str(port))
    assert done.returncode == 1
    assert (
        done.stderr
        == f"backlight: port {port} on 127.0.0.1 is in use. Stop what runs there, or choose another with --port.\n"
    )


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [("typer", ["--help"]), ("fastapi", ["serve", "--port", "0"]), ("uvicorn", ["serve", "--port", "0"])],
)
def test_missing_packages_are_named_with_the_way_to_get_them(missing: str, arguments: list[str]) -> None:
    setting = f"import sys; sys.modules[{missing!r}] = None; sys.argv = {['backlight', *arguments]!r}"
    command = [sys.executable, "-c", f"{setting}; from backlight.cli import main; main()"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'backlight[serve]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("stop", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_serve_answers_until_it_is_stopped_and_leaves_nothing_behind(stop: signal.Signals, status: int) -> None:
    command = [sys.executable, "-m", "backlight", "serve", "--port", "0"]
    server = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stderr is not None
    with server.stdout, server.stderr:
        address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert address is not None
        answer = httpx.post(f"{address[0]}/api/v1/trace", json={"expression": "x * 2"}, timeout=120)
        assert answer.status_code == 200
        (zygote,) = children_of(server.pid)
        server.send_signal(stop)
        started = time.monotonic()
        assert server.wait(20) == status
        assert time.monotonic() - started < 10
        events = [json.loads(line)["event"] for line in server.stderr]
        assert events == ["started", "sandbox-ready", "request", "stopped"]
    assert not exists(zygote)


def test_answers_are_not_held_back_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
