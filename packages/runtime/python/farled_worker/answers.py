"""From what run() returned to the kind and body of its frame."""
import json
import sys
import traceback

from . import frames, responses


def encoded(result):
    """Kind and body; kind STREAM, with the Stream for a body, when it comes piece by piece.

    Nearly all results are JSON, so that is tried first.
    """
    try:
        return _checked(frames.OK, json.dumps({} if result is None else result).encode())
    except Exception as error:
        # Left before anything else is tried, so that a failure of it is not told as a consequence of this one.
        not_json = error
    from . import streams

    try:
        stream = streams.of(result)
        if stream is not None:
            return frames.STREAM, stream
        response = responses.encoded(result)
        if response is not None:
            return _checked(frames.RESPONSE, response)
    except Exception as error:
        not_json = error
    traceback.print_exception(type(not_json), not_json, not_json.__traceback__)
    return frames.INTERNAL, b""


def _checked(kind, body):
    if len(body) > frames.LARGEST_BODY:
        raise ValueError(
            "the answer of run() has {} bytes, more than the {} that one can have; a generator has no limit".format(
                len(body), frames.LARGEST_BODY
            )
        )
    return kind, body


def bad_input(error):
    return str(error).encode("utf-8", "backslashreplace")


def flush():
    """What the script printed is in the log before its answer is on its way."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # The script replaced or closed it.
