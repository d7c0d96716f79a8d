"""Serves a run() that is an ordinary function: one request at a time."""
import inspect
import time
import traceback
import types

from . import answers, arguments, event_loop, frames


def serve(connection, entry):
    call, read = entry.call, entry.arguments
    reader = frames.Reader(connection)
    while True:
        request = reader.next()
        if request is None:
            return
        kind, number, head, body = request
        if kind in frames.ABOUT_ANSWERS:
            continue  # Its answer has ended meanwhile.
        try:
            positional, named = read(kind, head, body)
        except arguments.BadInput as error:
            frames.write_answer(connection, frames.BAD_INPUT, number, 0, answers.bad_input(error))
            continue
        except Exception:
            traceback.print_exc()
            answers.flush()
            frames.write_answer(connection, frames.INTERNAL, number, 0, b"")
            continue
        started = time.perf_counter()
        try:
            result = call(*positional, **named)
            if type(result) is types.CoroutineType:
                result = event_loop.run(result)
            answer, encoded = frames.OK, None
        except Exception:
            traceback.print_exc()
            answer, encoded = frames.SCRIPT_RAISED, b""
        milliseconds = (time.perf_counter() - started) * 1000
        if answer == frames.OK:
            answer, encoded = answers.encoded(result)
            result = None
        if answer == frames.STREAM:
            if not _stream(connection, reader, number, started, encoded):
                return
            continue
        answers.flush()
        frames.write_answer(connection, answer, number, milliseconds, encoded)


def _stream(connection, reader, number, started, stream):
    """False when the front is gone."""
    from . import streams

    items = event_loop.items(stream.items) if inspect.isasyncgen(stream.items) else stream.items
    has_begun = False
    window = frames.WINDOW
    try:
        item = next(items, streams.NOTHING)
        head = streams.head(stream, item)
        chunk = b"" if item is streams.NOTHING else streams.chunk(item)
        frames.write_answer(connection, frames.STREAM, number, (time.perf_counter() - started) * 1000, head)
        has_begun = True
        while item is not streams.NOTHING:
            for piece in streams.pieces(chunk):
                frames.write_answer(connection, frames.CHUNK, number, 0, piece)
                window -= len(piece)
                while window <= 0 or reader.has_more():
                    request = reader.peek()
                    if request is None:
                        return False
                    kind, about, _, body = request
                    if about == number and kind == frames.CANCEL:
                        frames.write_answer(connection, frames.END, number, 0, b"")
                        return True
                    if about == number:
                        window += frames.COUNT.unpack(body)[0]
            item = next(items, streams.NOTHING)
            chunk = b"" if item is streams.NOTHING else streams.chunk(item)
        answer = frames.END
    except Exception:
        traceback.print_exc()
        answer = frames.BROKEN if has_begun else frames.SCRIPT_RAISED
    finally:
        _close(items)
    answers.flush()
    frames.write_answer(connection, answer, number, (time.perf_counter() - started) * 1000, b"")
    return True


def _close(items):
    try:
        items.close()
    except Exception:
        traceback.print_exc()
