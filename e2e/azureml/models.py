"""Models, as scripts register, find, change and fetch them."""

import contextlib
import io
import os
import pathlib

import requests
from azureml.core import Model, Workspace
from azureml.core.resource_configuration import ResourceConfiguration
from azureml.exceptions import WebserviceException

from checks import check, raises, same

ws = Workspace.from_config()


def fresh():
    return Workspace.from_config()


def quietly(call):
    with contextlib.redirect_stdout(io.StringIO()):
        return call()


def write(path, content):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def files(folder):
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# A file.
BYTES = os.urandom(300_000)
write("model.pkl", BYTES)
first = quietly(
    lambda: Model.register(
        ws,
        model_path="model.pkl",
        model_name="regression",
        tags={"area": "diabetes", "type": "regression"},
        properties={"origin": "lab"},
        description="Ridge regression",
        model_framework=Model.Framework.SCIKITLEARN,
        model_framework_version="0.24.2",
        resource_configuration=ResourceConfiguration(cpu=1, memory_in_gb=0.5),
    )
)
same("the first version of a name is 1", (first.name, first.version, first.id), ("regression", 1, "regression:1"))
read = Model(fresh(), "regression")
same("tags are read back", read.tags, {"area": "diabetes", "type": "regression"})
same("properties too", read.properties, {"origin": "lab"})
same("and the description", read.description, "Ridge regression")
same("framework and its version", (read.model_framework, read.model_framework_version), ("ScikitLearn", "0.24.2"))
requirements = read.resource_configuration
same("resources", (requirements.cpu, requirements.memory_in_gb, requirements.gpu), (1, 0.5, None))
same(
    "a model without run or dataset has none",
    (read.run_id, read.sample_input_dataset, read.datasets),
    (None, None, {}),
)
check("it knows when it was made", read.created_time is not None and read.created_time.tzinfo is not None)
check("serialize() has all of it", first.serialize()["id"] == "regression:1", first.serialize())

# A folder, with names that need care.
FOLDER = {
    "plain.txt": b"plain",
    "empty.bin": b"",
    "deep/er/weights.bin": os.urandom(100_000),
    "with space & plus+.txt": b"space",
    "Größe-模型.txt": "Größe 模型".encode(),
    "100%25 #1? [a].txt": b"odd",
}
for name, content in FOLDER.items():
    write(f"bundle/{name}", content)
bundle = quietly(lambda: Model.register(ws, "bundle", "bundle", model_framework=Model.Framework.PYTORCH))
same("a folder is one model", (bundle.version, bundle.model_framework), (1, "PyTorch"))

# Versions, and looking them up.
write("model.pkl", b"second")
second = quietly(lambda: Model.register(ws, "model.pkl", "regression", tags={"area": "diabetes", "stage": "test"}))
same("the next version is one more", second.id, "regression:2")
same("a framework that is not said is Custom", second.model_framework, "Custom")
same("a name means its newest version", Model(fresh(), "regression").version, 2)
same("a version can be asked for", Model(fresh(), "regression", version=1).id, "regression:1")
same("and an id", Model(fresh(), id="regression:1").tags["type"], "regression")
same("and what tags and properties match", Model(fresh(), "regression", tags=[["type", "regression"]]).version, 1)
same("and a framework", Model(fresh(), "regression", model_framework="ScikitLearn").version, 1)


def listed(**how):
    return [model.id for model in Model.list(fresh(), **how)]


same("lists have the newest first", listed(), ["regression:2", "bundle:1", "regression:1"])
same("of a name", listed(name="regression"), ["regression:2", "regression:1"])
same("of a name that is not there", listed(name="nothing"), [])
same("of a tag", listed(tags=["type"]), ["regression:1"])
same("of a tag and its value", listed(tags=[["stage", "test"]]), ["regression:2"])
same("of several tags, which all hold", listed(tags=["area", ["stage", "test"]]), ["regression:2"])
same("of a property", listed(properties=[["origin", "lab"]]), ["regression:1"])
same("of a framework", listed(model_framework="PyTorch"), ["bundle:1"])
same("only the newest of each name", listed(latest=True), ["regression:2", "bundle:1"])
same("of a run, of which there are none", listed(run_id="run"), [])
same("of a dataset, of which there are none", listed(dataset_id="set"), [])

same(
    "ws.models has the newest of each name",
    {name: model.version for name, model in fresh().models.items()},
    {"bundle": 1, "regression": 2},
)

# Fetching.
got = Model(fresh(), id="regression:1").download(target_dir="file")
same("a file is downloaded to its name", got, "file/model.pkl")
same("and is what it was", files("file"), {"model.pkl": BYTES})
got = Model(fresh(), "bundle").download(target_dir="folder")
same("a folder is downloaded to its name", got, "folder/bundle")
same("with every file as it was", files("folder/bundle"), FOLDER)
raises(
    "what is there is not overwritten by itself",
    lambda: Model(fresh(), "bundle").download(target_dir="folder"),
    "already exists",
)
Model(fresh(), id="regression:2").download(target_dir="file", exist_ok=True)
same("but when asked to", files("file"), {"model.pkl": b"second"})
urls = Model(fresh(), "bundle").get_sas_urls()
same("addresses are told of every file", set(urls), {f"bundle/{name}" for name in FOLDER})
same("and open without a login", requests.get(urls["bundle/plain.txt"]).content, b"plain")
part = requests.get(urls["bundle/plain.txt"], headers={"Range": "bytes=1-2"})
same(
    "part of a file can be asked for",
    (part.status_code, part.content, part.headers["Content-Range"]),
    (206, b"la", "bytes 1-2/5"),
)
local = Model.get_model_path("bundle", _workspace=fresh())
same("get_model_path fetches it where entry scripts find it", local, "azureml-models/bundle/1/bundle")

# Changing.
quietly(lambda: bundle.update(tags={"new": "yes"}, description="All of it"))
read = Model(fresh(), "bundle")
same("update replaces the tags", read.tags, {"new": "yes"})
same("and the description", read.description, "All of it")
same("what is not said stays", (read.model_framework, read.properties), ("PyTorch", {}))
quietly(lambda: bundle.update(resource_configuration=ResourceConfiguration(cpu=0.5, memory_in_gb=1, gpu=1)))
requirements = Model(fresh(), "bundle").resource_configuration
same("and the resources", (requirements.cpu, requirements.memory_in_gb, requirements.gpu), (0.5, 1, 1))
quietly(lambda: read.add_tags({"other": "1", "third": "2"}))
same("tags are added", Model(fresh(), "bundle").tags, {"new": "yes", "other": "1", "third": "2"})
quietly(lambda: read.remove_tags(["other"]))
same("and removed", Model(fresh(), "bundle").tags, {"new": "yes", "third": "2"})
quietly(lambda: read.add_properties({"sha": "abc"}))
same("properties are added", Model(fresh(), "bundle").properties, {"sha": "abc"})
raises("and never changed", lambda: read.add_properties({"sha": "def"}), "sha")
stale = Model(fresh(), "bundle")
stale.properties = {}
raises(
    "not even by a script that does not know of them",
    lambda: stale.add_properties({"sha": "def"}),
    'Property "sha" of model "bundle:1" is "abc" for good',
)
same("so that it stays as it was", Model(fresh(), "bundle").properties, {"sha": "abc"})

# What is not there.
raises("a name that is not there is told", lambda: Model(fresh(), "nothing"), "ModelNotFound", "nothing")
raises("a version that is not there, too", lambda: Model(fresh(), "bundle", version=9), "ModelNotFound", "bundle:9")
raises("an id that is none, too", lambda: Model(fresh(), id="no such"), "ModelNotFound", "no such")
raises("tags that no model has", lambda: Model(fresh(), "bundle", tags=["absent"]), "ModelNotFound")
raises(
    "a framework that there is not, with those that there are",
    lambda: quietly(lambda: Model.register(ws, "model.pkl", "odd", model_framework="Caffe")),
    "must be one of Custom, ScikitLearn",
    kind=WebserviceException,
)
same("and nothing is registered then", listed(name="odd"), [])

# Deleting.
Model(fresh(), id="regression:1").delete()
raises("a deleted version is gone", lambda: Model(fresh(), id="regression:1"), "ModelNotFound")
same("the others are there", listed(name="regression"), ["regression:2"])
raises("twice it can not be deleted", first.delete, "ModelNotFound")
Model(fresh(), id="regression:2").delete()
third = quietly(lambda: Model.register(ws, "model.pkl", "regression"))
same("the number of a deleted version is not given again", third.id, "regression:3")
