"""A model of many blocks: `models_large.py MEBIBYTES`."""

import hashlib
import os
import sys

from azureml.core import Model, Workspace

from checks import same

MIB = 1024 * 1024
SIZE = int(sys.argv[1]) * MIB + 12345


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


ws = Workspace.from_config()
with open("large.bin", "wb") as file:
    # Every block differs, and most of it takes no room on disk.
    for at in range(0, SIZE, MIB):
        file.seek(at)
        file.write(os.urandom(64))
    file.truncate(SIZE)
model = Model.register(ws, "large.bin", "large")
same("a file of many blocks is registered", model.version, 1)
path = Model(Workspace.from_config(), "large").download(target_dir="got")
same("and comes back as it was", (os.path.getsize(path), digest(path)), (SIZE, digest("large.bin")))
