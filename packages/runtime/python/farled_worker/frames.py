"""Frames between front and worker; frames.ts is the other side.

To the worker:   kind (u8), number of the request (u32), length of the head (u32), length of the body (u32), head (JSON),
                 body. The head of a raw request is all that is known of it; of another one its headers, when run() wants
                 them.
To the front:    kind (u8), number of the request (u32), milliseconds in run() (f64), length of the body (u32), body.
Big-endian throughout.

An answer is one frame, or STREAM (status and headers), any number of CHUNKs, and END or BROKEN. Of a stream no more than
WINDOW bytes are on the way that the front has not asked for with CREDIT: so a slow client makes the script wait.
"""
import collections
import select
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
BUFFER = 64 * 1024


class Reader:
    """Requests, from as few calls of the system as possible: a small one comes whole with one."""

    def __init__(self, connection):
        self._connection = connection
        self._buffer = bytearray(BUFFER)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        self._kept = collections.deque()

    def next(self):
        """Kind, number, head (bytes of JSON, empty when not asked for) and body; None at the end."""
        return self._kept.popleft() if self._kept else self._read()

    def peek(self):
        """As next, for who is not through with a request yet: the next one is kept for later."""
        request = self._read()
        if request is not None and request[0] not in ABOUT_ANSWERS:
            self._kept.append(request)
        return request

    def has_more(self):
        """Whether something has come that was not read."""
        return self._end > self._start or bool(select.select([self._connection], [], [], 0)[0])

    def _read(self):
        if not self._fill(TO_WORKER.size):
            return None
        kind, number, head_length, body_length = TO_WORKER.unpack_from(self._buffer, self._start)
        self._start += TO_WORKER.size
        head = self._take(head_length)
        body = self._take(body_length)
        return None if head is None or body is None else (kind, number, head, body)

    def _take(self, count):
        if count <= BUFFER:
            if not self._fill(count):
                return None
            self._start += count
            return bytes(self._view[self._start - count : self._start])
        data = bytearray(count)
        view = memoryview(data)
        read = self._end - self._start
        view[:read] = self._view[self._start : self._end]
        self._start = self._end = 0
        while read < count:
            got = self._connection.recv_into(view[read:])
            if got == 0:
                return None
            read += got
        return data

    def _fill(self, count):
        """Until so many bytes are there; False at the end."""
        if self._end - self._start >= count:
            return True
        if self._start + count > BUFFER or self._start == self._end:
            left = self._end - self._start
            self._buffer[:left] = self._buffer[self._start : self._end]
            self._start, self._end = 0, left
        while self._end - self._start < count:
            got = self._connection.recv_into(self._view[self._end :])
            if got == 0:
                return False
            self._end += got
        return True


def write_answer(connection, kind, number, milliseconds, body):
    head = TO_FRONT.pack(kind, number, milliseconds, len(body))
    if len(body) < 65536:
        connection.sendall(head + body)
    else:
        connection.sendall(head)
        connection.sendall(body)
