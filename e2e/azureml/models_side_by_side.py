"""The same name in several workspaces: `models_side_by_side.py WORKSPACE...`."""

import pathlib
import sys
from concurrent.futures import ThreadPoolExecutor

from azureml.core import Model, Workspace

from checks import raises, same

here = Workspace.from_config()
NAMES = sys.argv[1:]
workspaces = {
    name: Workspace.get(name, subscription_id=here.subscription_id, resource_group=here.resource_group)
    for name in NAMES
}


def register(name):
    path = pathlib.Path(name) / "model.txt"
    path.parent.mkdir()
    path.write_text(f"of {name}")
    return Model.register(workspaces[name], str(path), "shared", tags={"workspace": name})


with ThreadPoolExecutor() as together:
    made = dict(zip(NAMES, together.map(register, NAMES)))
same("each counts its own versions", {model.id for model in made.values()}, {"shared:1"})
for name, ws in workspaces.items():
    model = Model(ws, "shared")
    same(f"{name} has its own tags", model.tags, {"workspace": name})
    path = model.download(target_dir=f"got-{name}")
    same(f"{name} has its own bytes", pathlib.Path(path).read_text(), f"of {name}")
first, second, *_ = NAMES
Model(workspaces[first], "shared").delete()
raises("what one deletes is gone there", lambda: Model(workspaces[first], "shared"), "ModelNotFound")
same("and stays in the others", Model(workspaces[second], "shared").version, 1)
