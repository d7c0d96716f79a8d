"""Lets a debugger attach to the first worker, which waits for it before the script is loaded."""
import os
import sys


def wait():
    port = os.environ.get("AZUREML_DEBUG_PORT")
    if port is None or os.environ.get("FARLED_WORKER") != "1":
        return
    try:
        import debugpy
    except ImportError:
        raise ImportError("AZUREML_DEBUG_PORT needs the package debugpy: add it to the environment's pip packages")
    address = os.environ.get("FARLED_DEBUG_HOST", "127.0.0.1"), int(port)
    debugpy.listen(address)
    sys.stderr.write("Waiting for a debugger at {}:{}\n".format(*address))
    sys.stderr.flush()
    debugpy.wait_for_client()
