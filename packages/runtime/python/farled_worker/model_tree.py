"""What is in the folder of models, for the log of a script that could not find or load its own."""
import os

MOST_LINES = 200


def lines(folder):
    """One line for each file and folder, indented by depth; the last says how many more there are."""
    found = list(_below(folder, 0))
    if len(found) > MOST_LINES:
        return found[: MOST_LINES - 1] + ["... and {} more".format(len(found) - MOST_LINES + 1)]
    return found


def _below(folder, depth):
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield "{}({})".format("  " * depth, error.strerror)
        return
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        size = "" if is_folder else " {:,} bytes".format(entry.stat(follow_symlinks=False).st_size)
        yield "{}{}{}{}".format("  " * depth, entry.name, "/" if is_folder else "", size)
        if is_folder:
            yield from _below(entry.path, depth + 1)
