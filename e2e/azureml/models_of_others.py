"""Models that were registered by another client than azureml-core: `models_of_others.py WORKSPACE`."""

import pathlib
import sys

from azureml.core import Model, Workspace

from checks import raises, same

here = Workspace.from_config()
ws = Workspace.get(sys.argv[1], subscription_id=here.subscription_id, resource_group=here.resource_group)


def files(folder):
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


same(
    "lists longer than a page are put together, newest first",
    [model.id for model in Model.list(ws, name="many", page_count=20)],
    [f"many:{version}" for version in range(45, 0, -1)],
)
same("the newest of many is found", Model(ws, "many").version, 45)
file = Model(ws, "file")
same("its texts are read", (file.description, file.tags, file.properties), ("A file", {"a": "1"}, {"b": "2"}))
same("and its framework", (file.model_framework, file.model_framework_version), ("TfKeras", "2.15"))
same("a file is downloaded to its name", file.download(target_dir="file"), "file/model.txt")
same("and is what it was", files("file"), {"model.txt": "file"})
same("a folder is downloaded to its name", Model(ws, "folder").download(target_dir="folder"), "folder/net")
same("with every file", files("folder"), {"net/a.txt": "a", "net/b/c.txt": "c"})
same("addresses are told of every file", sorted(Model(ws, "folder").get_sas_urls()), ["net/a.txt", "net/b/c.txt"])
raises("a model in use is not deleted, and who uses it is told", Model(ws, "used").delete, "412", '"scorer"')
same("it is still there", Model(ws, "used").version, 1)
Model.register(ws, "folder/net", "back", description="Sent back")
