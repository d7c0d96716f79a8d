import ctypes
import json
import os
import resource
import signal
import socket
import sys
import time
import traceback

from . import arguments, entry_script, frames, responses, stand_ins

FRONT = 3
PR_SET_PDEATHSIG = 1
# Reserved and not used: stacks of threads, arenas of allocators. The front holds what is used to the limit itself.
UNUSED_BYTES = 1024 ** 3


def main():
    _end_with_the_front()
    _limit_memory()
    connection = socket.socket(fileno=FRONT)
    connection.set_inheritable(False)
    # The front ends a worker by closing the connection, or kills it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stand_ins.install()
    app_root = os.environ["AML_APP_ROOT"]
    os.chdir(app_root)
    try:
        entry = entry_script.load(
            app_root, os.environ["AZUREML_SOURCE_DIRECTORY"], os.environ["AZUREML_ENTRY_SCRIPT"]
        )
    except entry_script.BootFailure as failure:
        if failure.trace:
            sys.stderr.write(failure.trace)
        else:
            sys.stderr.write(failure.message + "\n")
        told = {"code": failure.code, "message": failure.message, "traceback": failure.trace}
        _flush()
        frames.write_answer(connection, frames.FAILED, 0, json.dumps(told).encode())
        os._exit(3)
    _flush()
    told = {"wantsHeaders": entry.wants_headers, "mode": entry.mode, "schemas": entry.schemas}
    frames.write_answer(connection, frames.READY, 0, json.dumps(told).encode())
    _serve(connection, entry)
    _flush()


def _serve(connection, entry):
    call, read = entry.call, entry.arguments
    while True:
        request = frames.read_request(connection)
        if request is None:
            return
        try:
            positional, named = read(*request)
        except arguments.BadInput as error:
            frames.write_answer(connection, frames.BAD_INPUT, 0, str(error).encode("utf-8", "backslashreplace"))
            continue
        except Exception:
            traceback.print_exc()
            _flush()
            frames.write_answer(connection, frames.INTERNAL, 0, b"")
            continue
        started = time.perf_counter()
        try:
            result = call(*positional, **named)
            answer, encoded = frames.OK, None
        except Exception:
            traceback.print_exc()
            answer, encoded = frames.SCRIPT_RAISED, b""
        milliseconds = (time.perf_counter() - started) * 1000
        if answer == frames.OK:
            answer, encoded = _encode(result)
            result = None
        _flush()
        frames.write_answer(connection, answer, milliseconds, encoded)


def _encode(result):
    """Kind and body of its frame. Nearly all results are JSON, so that is tried first."""
    try:
        return frames.OK, json.dumps({} if result is None else result).encode()
    except Exception as error:
        # Left before anything else is tried, so that a failure of it is not told as a consequence of this one.
        not_json = error
    try:
        encoded = responses.encoded(result)
        if encoded is not None:
            return frames.RESPONSE, encoded
    except Exception as error:
        not_json = error
    traceback.print_exception(type(not_json), not_json, not_json.__traceback__)
    return frames.INTERNAL, b""


def _flush():
    """What the script printed is in the log before its answer is on its way."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # The script replaced or closed it.


def _end_with_the_front():
    """A worker in the middle of run() would not see that the front is gone; the kernel tells it (Linux only)."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (AttributeError, OSError):
        return
    if os.getppid() != int(os.environ.get("FARLED_FRONT_PID", os.getppid())):
        os._exit(1)


def _limit_memory():
    """A single allocation far beyond the limit fails before it is made: the front could only look on."""
    limit = os.environ.get("FARLED_MEMORY_LIMIT_BYTES")
    if limit is None:
        return
    try:
        most = int(limit) + UNUSED_BYTES
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    except (OSError, ValueError):
        pass  # The system allows less already, or knows no such limit.
