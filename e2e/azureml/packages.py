"""Packages of models: a Dockerfile with all that it copies, and images."""

import contextlib
import io
import os
import tempfile

from azureml.core import Environment, Model, Workspace
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.model import InferenceConfig
from azureml.exceptions import WebserviceException

from checks import check, raises, same

ws = Workspace.from_config()
os.chdir(tempfile.mkdtemp(dir=os.getcwd()))

# What is packaged: a model of a folder and one of a file, a source folder with a module beside the script.
os.makedirs("forest/trees")
for name in ("forest/index.txt", "forest/trees/first.txt"):
    with open(name, "w") as file:
        file.write(name)
with open("weights.bin", "wb") as file:
    file.write(bytes(range(256)) * 512)
forest = Model.register(ws, model_path="forest", model_name="forest")
weights = Model.register(ws, model_path="weights.bin", model_name="weights")

os.makedirs("source/helpers")
SCRIPT = "from helpers import text\n\ndef init():\n    pass\n\ndef run(raw):\n    return text.answer(raw)\n"
with open("source/score.py", "w") as file:
    file.write(SCRIPT)
with open("source/helpers/text.py", "w") as file:
    file.write("def answer(raw):\n    return raw\n")

environment = Environment("packaged")
environment.python.conda_dependencies = CondaDependencies.create(
    python_version="3.11", pip_packages=["joblib==1.4.2"], pin_sdk_version=False
)
environment.environment_variables = {"GREETING": 'say "hello"'}
config = InferenceConfig(entry_script="score.py", source_directory="source", environment=environment)


def quietly(call):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        call()
    return printed.getvalue()


# A Dockerfile.
package = Model.package(ws, [forest, weights], config, generate_dockerfile=True)
check("a package that was asked for is under way", package.state in ("NotStarted", "Running", "Succeeded"))
printed = quietly(lambda: package.wait_for_creation(show_output=True))
same("it is made", (package.state, package.generate_dockerfile), ("Succeeded", True))
check("the end is told", "Package creation Succeeded" in printed, printed)
log = package.get_logs()
check("its log is read", "The Dockerfile of package:" in log, log)
same("the log goes on from where it was read to", package.get_logs(offset=len(log) - 7), log[-7:])
same("and has no more than there is", package.get_logs(offset=len(log)), "")
same("its location is an address", package.serialize()["location"][:8], "https://")
quietly(lambda: package.save("context"))
written = sorted(
    os.path.relpath(os.path.join(folder, name), "context").replace(os.sep, "/")
    for folder, _, names in os.walk("context")
    for name in names
)
for path in (
    "Dockerfile",
    "requirements.txt",
    "azureml-models/forest/1/forest/index.txt",
    "azureml-models/forest/1/forest/trees/first.txt",
    "azureml-models/weights/1/weights.bin",
    "source/score.py",
    "source/helpers/text.py",
):
    check(f"saved: {path}", path in written, written)
check("saved: the server of the script", any(path.startswith("runtime/") for path in written), written)


def content(path):
    with open(os.path.join("context", path), "rb") as opened:
        return opened.read()


same("files of a model are whole", content("azureml-models/weights/1/weights.bin"), bytes(range(256)) * 512)
same("the script is as it was", content("source/score.py").decode(), SCRIPT)
dockerfile = content("Dockerfile").decode()
for line in ("/python:3.11", "COPY requirements.txt", "ENTRYPOINT ["):
    check(f"the Dockerfile has: {line}", line in dockerfile, dockerfile)
check("with the variables of the environment", 'ENV GREETING="say \\"hello\\""' in dockerfile, dockerfile)
check("the script is named from its folder on", 'ENV AZUREML_ENTRY_SCRIPT="score.py"' in dockerfile, dockerfile)
check("its packages are to be installed", b"joblib==1.4.2" in content("requirements.txt"), content("requirements.txt"))
quietly(lambda: package.save("context"))
check("it may be saved again", os.path.exists("context/Dockerfile"))
again = Model.package(ws, [weights], config, generate_dockerfile=True, image_name="fraud", image_label="v3")
quietly(lambda: again.wait_for_creation(show_output=False))
check("a name and a label are taken", "fraud:v3" in again.get_logs(), again.get_logs())
raises("no Dockerfile is pulled", package.pull, "cannot be pulled", kind=WebserviceException)

alone = Model.package(
    ws, [], InferenceConfig(entry_script="source/score.py", environment=environment), generate_dockerfile=True
)
quietly(lambda: alone.wait_for_creation())
quietly(lambda: alone.save("alone"))
check("a script alone is packaged without models", os.path.exists("alone/source/score.py"), os.listdir("alone"))
check("and no models are copied", not os.path.exists("alone/azureml-models"), os.listdir("alone"))

# Environments of packages are those that were registered.
same("packages of one environment make one version of it", Environment.get(ws, "packaged").version, "1")
registered = InferenceConfig(
    entry_script="score.py", source_directory="source", environment=Environment.get(ws, "packaged")
)
quietly(lambda: Model.package(ws, [weights], registered, generate_dockerfile=True).wait_for_creation())
same("one that was registered stays as it is", Environment.get(ws, "packaged").version, "1")

# Images.
image = Model.package(ws, [weights], config, image_name="fraud", image_label="v4")
quietly(lambda: image.wait_for_creation(show_output=True))
check("an image is where it says", image.location.endswith("/team/farled/fraud:v4"), image.location)
raises("no image is saved", lambda: image.save("nowhere"), "cannot be saved", kind=WebserviceException)

# What can't be packaged.
steps = Environment("steps")
steps.docker.base_image = None
steps.docker.base_dockerfile = "FROM python:3.11\nRUN true\n"
unbuilt = Model.package(
    ws,
    [weights],
    InferenceConfig(entry_script="score.py", source_directory="source", environment=steps),
    generate_dockerfile=True,
)
raises(
    "a package that can't be made says why",
    lambda: quietly(lambda: unbuilt.wait_for_creation(show_output=True)),
    "baseDockerfile",
    "Failed",
    kind=WebserviceException,
)
raises(
    "a model that is not there is told",
    lambda: Model.package(ws, [Model(ws, "nobody")], config, generate_dockerfile=True),
    "nobody",
    kind=WebserviceException,
)
raises(
    "a name that is none is told",
    lambda: Model.package(ws, [weights], config, generate_dockerfile=True, image_name="Not A Name"),
    "imageName",
    kind=WebserviceException,
)
scikit = Model.register(
    ws, model_path="weights.bin", model_name="scikit", model_framework=Model.Framework.SCIKITLEARN
)
raises("models alone are refused", lambda: Model.package(ws, [scikit]), "no-code", kind=WebserviceException)
