/** Where Farled answers otherwise than azureml-inference-server-http on purpose; docs/entry-scripts.md says why. */
export const KEPT = {
  formsAsText:
    'A `run(raw_data)` without decorators gets the body of a form as it came. The original gives it an empty text, so that a `curl -d` without a content type arrives as nothing.',
  timeoutOfTheScript:
    'A `TimeoutError` that the script raises is an exception like others. The original says that the scoring timeout was over, which it was not.',
  headersOfTheServer:
    'A header of the server, as `x-ms-run-fn-exec-ms`, that the script sets itself is overwritten. The original sends it twice.',
  commasInHeaders:
    'Where the original package is not installed, a header of an `AMLResponse` stays one header, and cookies are told apart. The original splits every header at every comma, also in the date of a cookie, which breaks the cookie.',
  contentTypeInLowerCase:
    'Where the original package is not installed, `content-type` in an `AMLResponse` is the content type in any case of its letters. The original adds a lower-case one to its own.',
  bodiesThatAreNone:
    'Where the original package is not installed, an `AMLResponse` of something that is no text, no bytes and no list of them fails in `run()`, which the log says. The original fails while it sends the answer, with a page in HTML.',
  awaitedAndYielded:
    '`run()` and `init()` may be `async def`, and `run()` may yield what it answers piece by piece. The original fails on a generator and on a coroutine.',
} as const satisfies Readonly<Record<string, string>>;
