"""Images and services of them, as scripts of 2018 make them."""

import contextlib
import io
import json
import os
import tempfile
import warnings

from azureml.core import Environment, Model, Webservice, Workspace
from azureml.core.compute import AksCompute, ComputeTarget
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.image import ContainerImage, Image
from azureml.core.model import InferenceConfig
from azureml.core.webservice import AksWebservice
from azureml.exceptions import WebserviceException

from checks import check, raises, same

warnings.simplefilter("ignore")
ws = Workspace.from_config()
os.chdir(tempfile.mkdtemp(dir=os.getcwd()))


def quietly(call):
    with contextlib.redirect_stdout(io.StringIO()):
        return call()


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


write("model.txt", "iris")
model = quietly(lambda: Model.register(ws, model_path="model.txt", model_name="text"))
write(
    "score.py",
    """
import os
from helpers import names
import side
from azureml.core.model import Model

def init():
    global text
    with open(Model.get_model_path("text")) as file:
        text = file.read()

def run(raw):
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "data", "deep", "word.txt")) as file:
        word = file.read()
    return f"{text} {names.NAME} {side.NAME} {word}"
""",
)
write("helpers/names.py", "NAME = 'helper'\n")
write("side.py", "NAME = 'side'\n")
write("data/deep/word.txt", "word")
conda = CondaDependencies()
for package in list(conda.pip_packages):
    conda.remove_pip_package(package)
conda.set_python_version("3.11")
write("conda.yml", conda.serialize_to_string())


def configuration(**more):
    return ContainerImage.image_configuration(
        execution_script="score.py",
        runtime="python",
        conda_file="conda.yml",
        dependencies=["helpers", "side.py", "data"],
        **more,
    )


# Images.
image = quietly(
    lambda: Image.create(ws, "iris", [model], configuration(tags={"area": "x"}, description="of iris"))
)
quietly(lambda: image.wait_for_creation(show_output=True))
same("an image is created", (image.name, image.version, image.creation_state), ("iris", 1, "Succeeded"))
same("with id, description and tags", (image.id, image.description, image.tags), ("iris:1", "of iris", {"area": "x"}))
same("of its models", (image.model_ids, [one.id for one in image.models]), (["text:1"], ["text:1"]))
second = quietly(lambda: ContainerImage.create(ws, "iris", [], configuration()))
quietly(lambda: second.wait_for_creation())
same("the next of a name is the next version", second.id, "iris:2")
same("a name alone is the newest", Image(ws, "iris").id, "iris:2")
same("a version finds it", Image(ws, "iris", version=1).id, "iris:1")
same("an id finds it", type(Image(ws, id="iris:1")).__name__, "ContainerImage")
same("images are listed, newest first", [one.id for one in Image.list(ws)], ["iris:2", "iris:1"])
same("by model", [one.id for one in Image.list(ws, model_name="text")], ["iris:1"])
same("by the id of a model", [one.id for one in Image.list(ws, model_id="text:1")], ["iris:1"])
same("by tag", [one.id for one in Image.list(ws, tags=[["area", "x"]])], ["iris:1"])
same("by a tag that none has", Image.list(ws, tags=["nobody"]), [])
same("ws.images is the same list", set(ws.images), {"iris"})
quietly(lambda: image.add_tags({"more": "1"}))
quietly(lambda: image.remove_tags(["area"]))
same("tags are added and removed", Image(ws, id="iris:1").tags, {"more": "1"})
image.update(tags={"all": "new"})
same("tags are replaced", Image(ws, id="iris:1").tags, {"all": "new"})
quietly(lambda: image.add_properties({"build": "7"}))
same("properties are added", Image(ws, id="iris:1").properties["build"], "7")
raises("a property stays as it is", lambda: quietly(lambda: image.add_properties({"build": "8"})), "build")
same("an image is told as data", image.serialize()["id"], "iris:1")

# Services.
target = quietly(
    lambda: ComputeTarget.create(
        ws, "oldaks", AksCompute.provisioning_configuration(cluster_purpose="DevTest", agent_count=2)
    )
)
quietly(lambda: target.wait_for_completion())
small = AksWebservice.deploy_configuration(cpu_cores=0.1, memory_gb=0.5, autoscale_enabled=False, num_replicas=1)
service = quietly(lambda: Webservice.deploy_from_image(ws, "of-image", image, small, target))
quietly(lambda: service.wait_for_deployment(show_output=True))
same("a service of an image becomes healthy", service.state, "Healthy")
same(
    "its script finds its model, modules and files",
    service.run(json.dumps({"data": []})),
    "iris helper side word",
)
same("it has the models of the image", [one.id for one in service.models], ["text:1"])

write("score.py", "def init():\n    pass\n\ndef run(raw):\n    return 'of ' + raw\n")
simple = ContainerImage.image_configuration(execution_script="score.py", runtime="python", conda_file="conda.yml")
of_model = quietly(lambda: Webservice.deploy_from_model(ws, "of-model", [model], simple, small, target))
of_path = quietly(lambda: Webservice.deploy(ws, "of-path", ["model.txt"], simple, small, target))
quietly(lambda: of_model.wait_for_deployment())
quietly(lambda: of_path.wait_for_deployment())
same("deploy_from_model makes image and service", of_model.run("model"), "of model")
same("the image has the name of the service", Image(ws, "of-model").version, 1)
same("Webservice.deploy registers the model too", (of_path.run("path"), len(of_path.models)), ("of path", 1))
third = quietly(lambda: Image.create(ws, "iris", [model], simple))
quietly(lambda: third.wait_for_creation())
service = quietly(lambda: Webservice.deploy_from_image(ws, "of-image", third, small, target, overwrite=True))
quietly(lambda: service.wait_for_deployment())
same("a service gets another image", service.run("image"), "of image")

# What is refused, or not there.
raises("an image that is not there is told", lambda: Image(ws, id="iris:9"), "ImageNotFound", "iris:9")
raises("by its name too", lambda: Image(ws, "nobody"), "ImageNotFound", "nobody")
write("steps", "RUN true\n")
raises(
    "steps of Docker are refused",
    lambda: quietly(lambda: Image.create(ws, "steps", [], configuration(docker_file="steps"))),
    "docker_file",
    "base_dockerfile",
    kind=WebserviceException,
)
write("broken.yml", "dependencies: {a: [\n")
raises(
    "a conda file that can't be read is told",
    lambda: quietly(
        lambda: Image.create(
            ws,
            "broken",
            [],
            ContainerImage.image_configuration(
                execution_script="score.py", runtime="python", conda_file="broken.yml"
            ),
        )
    ),
    "conda file",
)
second.delete()
same("a deleted image is gone", [one.id for one in Image.list(ws, image_name="iris")], ["iris:3", "iris:1"])
second.delete()
check("and may be deleted again", True)
image.delete()
same("what was made of a deleted image serves on", of_model.run("model"), "of model")

# Without a registry.
environment = Environment("unpacked")
raises(
    "without a registry no image of a package is made, and what to do is told",
    lambda: Model.package(ws, [model], InferenceConfig(entry_script="score.py", environment=environment)),
    "NoRegistry",
    "FARLED_REGISTRY",
    kind=WebserviceException,
)
for name in ("of-image", "of-model", "of-path"):
    quietly(Webservice(ws, name).delete)
same("the services are gone", Webservice.list(ws), [])
