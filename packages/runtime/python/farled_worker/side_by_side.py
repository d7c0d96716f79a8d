"""Serves an asynchronous run(): as many requests at a time as the front sends."""
import asyncio
import inspect
import time
import traceback

from . import answers, arguments, frames, streams


async def serve(connection, entry):
    connection.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=connection)
    running = {}
    while True:
        try:
            request = await _read_request(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        kind, number, head, body = request
        answer = running.get(number)
        if kind == frames.CREDIT:
            if answer is not None:
                answer.allow(frames.COUNT.unpack(body)[0])
        elif kind == frames.CANCEL:
            if answer is not None:
                answer.task.cancel()
        else:
            answer = running[number] = _Answer(writer, number)
            answer.task = asyncio.ensure_future(answer.give(entry, kind, head, body))
            answer.task.add_done_callback(lambda _, number=number: running.pop(number))


async def _read_request(reader):
    kind, number, head_length, body_length = frames.TO_WORKER.unpack(await reader.readexactly(frames.TO_WORKER.size))
    return kind, number, await reader.readexactly(head_length), await reader.readexactly(body_length)


class _Answer:
    def __init__(self, writer, number):
        self.task = None
        self._writer = writer
        self._number = number
        self._window = frames.WINDOW
        self._has_room = asyncio.Event()

    def allow(self, count):
        self._window += count
        self._has_room.set()

    async def give(self, entry, kind, head, body):
        """Ends with a frame that ends the answer, whatever happens: the front waits for it."""
        answer, milliseconds, encoded = frames.INTERNAL, 0, b""
        try:
            positional, named = entry.arguments(kind, head, body)
            answer, milliseconds, encoded = await self._score(entry.call, positional, named)
        except arguments.BadInput as error:
            answer, encoded = frames.BAD_INPUT, answers.bad_input(error)
        except asyncio.CancelledError:
            answer = frames.END
        except Exception:
            traceback.print_exc()
        answers.flush()
        self._write(answer, milliseconds, encoded)

    async def _score(self, call, positional, named):
        started = time.perf_counter()
        try:
            result = call(*positional, **named)
            if inspect.isawaitable(result):
                result = await result
        except asyncio.CancelledError:
            raise
        except Exception:
            traceback.print_exc()
            return frames.SCRIPT_RAISED, _since(started), b""
        milliseconds = _since(started)
        answer, encoded = answers.encoded(result)
        if answer != frames.STREAM:
            return answer, milliseconds, encoded
        return await self._stream(started, encoded), _since(started), b""

    async def _stream(self, started, stream):
        """The kind of the frame that ends it."""
        has_begun = False
        items = stream.items if inspect.isasyncgen(stream.items) else _asynchronous(stream.items)
        try:
            async for item in items:
                chunk = streams.chunk(item)
                if not has_begun:
                    self._write(frames.STREAM, _since(started), streams.head(stream, item))
                    has_begun = True
                for piece in streams.pieces(chunk):
                    await self._send(piece)
            if not has_begun:
                self._write(frames.STREAM, _since(started), streams.head(stream, streams.NOTHING))
            return frames.END
        except asyncio.CancelledError:
            raise
        except Exception:
            traceback.print_exc()
            return frames.BROKEN if has_begun else frames.SCRIPT_RAISED
        finally:
            await items.aclose()

    async def _send(self, piece):
        self._write(frames.CHUNK, 0, piece)
        self._window -= len(piece)
        while self._window <= 0:
            self._has_room.clear()
            await self._has_room.wait()
        await self._writer.drain()

    def _write(self, kind, milliseconds, body):
        self._writer.write(frames.TO_FRONT.pack(kind, self._number, milliseconds, len(body)) + body)


async def _asynchronous(items):
    """So that others get their turn between two items."""
    try:
        for item in items:
            yield item
            await asyncio.sleep(0)
    finally:
        items.close()


def _since(started):
    return (time.perf_counter() - started) * 1000
