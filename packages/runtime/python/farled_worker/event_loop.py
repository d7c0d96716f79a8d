"""The process's one event loop, in which init() and every run() of an asynchronous script happen.

Made when a script first needs it: most need none, and asyncio takes a while to import.
"""
_loop = None


def run(awaitable):
    global _loop
    import asyncio

    if _loop is None:
        _loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_loop)
    return _loop.run_until_complete(awaitable)


def items(generator):
    """Of an asynchronous generator, for those who can't await."""
    iterator = generator.__aiter__()
    try:
        while True:
            try:
                item = run(iterator.__anext__())
            except StopAsyncIteration:
                return
            yield item
    finally:
        run(generator.aclose())
