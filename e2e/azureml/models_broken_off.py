"""An upload in blocks, whose client dies after some of them when asked to: `models_broken_off.py NAME [BLOCKS]`."""

import functools
import os
import pathlib
import sys

from azureml._vendor.azure_storage.blob._generated.operations import BlockBlobOperations
from azureml.core import Model, Workspace

from checks import same

ws = Workspace.from_config()
content = os.urandom(1024) * 1024 * 72
if len(sys.argv) > 2:
    left = int(sys.argv[2])
    send = BlockBlobOperations.stage_block

    @functools.wraps(send)
    def stage_block(*args, **kwargs):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return send(*args, **kwargs)

    BlockBlobOperations.stage_block = stage_block

pathlib.Path("broken.bin").write_bytes(content)
model = Model.register(ws, "broken.bin", sys.argv[1])
same("what is registered is the first version", model.version, 1)
path = Model(Workspace.from_config(), sys.argv[1]).download(target_dir="whole", exist_ok=True)
same("and has all of its bytes", pathlib.Path(path).read_bytes() == content, True)
