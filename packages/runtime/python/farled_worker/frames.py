"""Frames between front and worker; frames.ts is the other side.

To the worker:   kind (u8), number of the request (u32), length of the head (u32), length of the body (u32), head (JSON),
                 body. The head of a raw request is all that is known of it; of another one its headers, when run() wants
                 them.
To the front:    kind (u8), number of the request (u32), milliseconds in run() (f64), length of the body (u32), body.
Big-endian throughout.

An answer is one frame, or STREAM (status and headers), any number of CHUNKs, and END or BROKEN. Of a stream no more than
WINDOW bytes are on the way that the front has not asked for with CREDIT: so a slow client makes the script wait.
"""
import struct

TO_WORKER = struct.Struct(">BIII")
TO_FRONT = struct.Struct(">BIdI")
COUNT = struct.Struct(">I")

REQUEST_BODY = 1
REQUEST_QUERY = 2
REQUEST_RAW = 3
# Of a stream: the body is how many more bytes the front takes.
CREDIT = 4
# Nobody waits for the answer any more.
CANCEL = 5
ABOUT_ANSWERS = (CREDIT, CANCEL)

OK = 0
SCRIPT_RAISED = 1
INTERNAL = 2
BAD_INPUT = 3
RESPONSE = 4
STREAM = 5
CHUNK = 6
END = 7
BROKEN = 8
READY = 10
FAILED = 11

WINDOW = 256 * 1024
LARGEST_BODY = 1024 ** 3


def read_exactly(connection, count):
    """The next bytes, None when the other side closed the connection."""
    data = bytearray(count)
    view = memoryview(data)
    read = 0
    while read < count:
        got = connection.recv_into(view[read:])
        if got == 0:
            return None
        read += got
    return data


def read_request(connection):
    """Kind, number, head (bytes of JSON, empty when not asked for) and body; None at the end."""
    head = read_exactly(connection, TO_WORKER.size)
    if head is None:
        return None
    kind, number, head_length, body_length = TO_WORKER.unpack(head)
    facts = read_exactly(connection, head_length)
    body = read_exactly(connection, body_length)
    if facts is None or body is None:
        return None
    return kind, number, facts, body


def write_answer(connection, kind, number, milliseconds, body):
    head = TO_FRONT.pack(kind, number, milliseconds, len(body))
    if len(body) < 65536:
        connection.sendall(head + body)
    else:
        connection.sendall(head)
        connection.sendall(body)
