"""What journeys say of what they saw: one JSON line for each check, which the tests read."""

import json
import traceback


def check(sentence, holds, seen=None):
    """`seen` is shown when it does not hold."""
    print(json.dumps({"check": sentence, "holds": bool(holds), "seen": repr(seen)}), flush=True)


def same(sentence, seen, wanted):
    check(sentence, seen == wanted, {"seen": seen, "wanted": wanted})


def raises(sentence, call, *fragments, kind=Exception):
    """`call` fails with `kind`, and what a person reads of it has every fragment, without regard to case."""
    try:
        result = call()
    except kind as error:
        text = str(error)
        missing = [fragment for fragment in fragments if fragment.lower() not in text.lower()]
        check(sentence, not missing, {"missing": missing, "text": text, "kind": type(error).__name__})
    except Exception:
        check(sentence, False, traceback.format_exc())
    else:
        check(sentence, False, {"returned": repr(result)})
