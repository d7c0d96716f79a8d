"""Environments: registered, got back, listed, labelled and built."""

import contextlib
import io
import os
import tempfile

from azureml.core import Environment, Workspace
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.environment import DEFAULT_GPU_IMAGE, RSection

from checks import check, raises, same

ws = Workspace.from_config()


def plain(name, **conda):
    environment = Environment(name)
    environment.python.conda_dependencies = CondaDependencies()
    for option, values in conda.items():
        for value in values:
            getattr(environment.python.conda_dependencies, f"add_{option}")(value)
    return environment


# What is registered is got back.
wanted = plain("iris", pip_package=["scikit-learn==1.5.2"], conda_package=["numpy"], channel=["conda-forge"])
wanted.environment_variables["THREADS"] = "4"
first = wanted.register(ws)
same("the first registration is version 1", first.version, "1")
same("the same again is no other version", wanted.register(ws).version, "1")
got = Environment.get(ws, "iris")
same("it is got back with its version", (got.name, got.version), ("iris", "1"))
same("with its variables", got.environment_variables, {"EXAMPLE_ENV_VAR": "EXAMPLE_VALUE", "THREADS": "4"})
same(
    "with its pip packages",
    sorted(got.python.conda_dependencies.pip_packages),
    sorted(wanted.python.conda_dependencies.pip_packages),
)
same(
    "with its conda packages and channels",
    (
        sorted(got.python.conda_dependencies.conda_packages),
        sorted(got.python.conda_dependencies.conda_channels),
    ),
    (
        sorted(wanted.python.conda_dependencies.conda_packages),
        sorted(wanted.python.conda_dependencies.conda_channels),
    ),
)
same("the base image that nobody chose is left to the server", got.docker.base_image, None)

# Versions.
wanted.environment_variables["THREADS"] = "8"
second = wanted.register(ws)
same("a change is the next version", second.version, "2")
same("the newest is got unless one is named", Environment.get(ws, "iris").version, "2")
older = Environment.get(ws, "iris", version="1")
same("an older one is as it was", (older.version, older.environment_variables["THREADS"]), ("1", "4"))
same("an older one registered as it is stays that version", older.register(ws).version, "1")
older.python.conda_dependencies.add_pip_package("requests")
raises("a version is never changed", lambda: older.register(ws), "version 1", "version = None")
older.version = None
same("without a version the change is the next one", older.register(ws).version, "3")
chosen = plain("chosen")
chosen.version = "7"
same("a version may be chosen", chosen.register(ws).version, "7")
chosen.version = None
chosen.environment_variables["A"] = "1"
same("the next one counts on from it", chosen.register(ws).version, "8")
chosen.version = "final"
raises("a version that is no number is refused", lambda: chosen.register(ws), "version", "whole number")

# Labels.
Environment.label(ws, "iris", "1", ["stable", "blessed"])
same("a label finds its version", Environment.get(ws, "iris", label="stable").version, "1")
Environment.label(ws, "iris", "2", ["stable"])
same("a label goes over to another version", Environment.get(ws, "iris", label="stable").version, "2")
same("those that did not stay", Environment.get(ws, "iris", label="blessed").version, "1")
same("«latest» is the newest", Environment.get(ws, "iris", label="latest").version, "3")
raises("one that nobody has is told", lambda: Environment.get(ws, "iris", label="gone"), "404", "gone")
raises("«latest» can't be given", lambda: Environment.label(ws, "iris", "1", ["latest"]), "latest", "newest")
raises("no label for what is not there", lambda: Environment.label(ws, "iris", "99", ["x"]), "404", "99")

# The other sections.
full = Environment("full")
full.docker.base_image = "team/python:3.11"
full.docker.base_image_registry.address = "registry.example"
full.docker.base_image_registry.username = "puller"
full.docker.base_image_registry.password = "hunter-2"
full.docker.shm_size = "1g"
full.docker.arguments = ["--cpus", "1"]
full.python.interpreter_path = "/opt/python/bin/python"
full.python.user_managed_dependencies = True
full.spark.packages = []
full.inferencing_stack_version = "latest"
full.register(ws)
got = Environment.get(ws, "full")
same(
    "base image, registry and the rest of docker come back",
    (
        got.docker.base_image,
        got.docker.base_image_registry.address,
        got.docker.base_image_registry.username,
        got.docker.shm_size,
        got.docker.arguments,
    ),
    ("team/python:3.11", "registry.example", "puller", "1g", ["--cpus", "1"]),
)
same("a password does not", got.docker.base_image_registry.password, None)
same(
    "python that its user manages",
    (got.python.user_managed_dependencies, got.python.interpreter_path, got.inferencing_stack_version),
    (True, "/opt/python/bin/python", "latest"),
)
same("what came back is the same version", got.register(ws).version, "1")
got.version = None
same("and keeps its password", got.register(ws).version, "1")

gpu = Environment("gpu")
gpu.docker.base_image = DEFAULT_GPU_IMAGE
gpu.register(ws)
same("a base image that was chosen stays", Environment.get(ws, "gpu").docker.base_image, DEFAULT_GPU_IMAGE)

steps = Environment("steps")
steps.docker.base_image = None
steps.docker.base_dockerfile = "FROM docker.io/library/python:3.11-slim\nRUN apt-get update\n"
steps.register(ws)
same("a Dockerfile comes back", Environment.get(ws, "steps").docker.base_dockerfile, steps.docker.base_dockerfile)

# From files, and copies.
folder = tempfile.mkdtemp()
with open(os.path.join(folder, "conda.yml"), "w") as file:
    file.write("name: project\nchannels: [conda-forge]\ndependencies: [python=3.11, pip, {pip: [joblib]}]\n")
Environment.from_conda_specification("from-conda", os.path.join(folder, "conda.yml")).register(ws)
same(
    "an environment of a conda file is got back",
    list(Environment.get(ws, "from-conda").python.conda_dependencies.pip_packages),
    ["joblib"],
)
with open(os.path.join(folder, "requirements.txt"), "w") as file:
    file.write("joblib\n")
Environment.from_pip_requirements("from-pip", os.path.join(folder, "requirements.txt")).register(ws)
same(
    "one of a requirements file too",
    list(Environment.get(ws, "from-pip").python.conda_dependencies.pip_packages),
    ["joblib"],
)
got.clone("copied").register(ws)
same("a copy has another name", Environment.get(ws, "copied").python.interpreter_path, "/opt/python/bin/python")
saved = os.path.join(folder, "saved")
Environment.get(ws, "iris").save_to_directory(saved)
loaded = Environment.load_from_directory(saved)
same("one that was saved and loaded is the same version", loaded.register(ws).version, "3")

# Lists.
names = {"iris", "chosen", "full", "gpu", "steps", "from-conda", "from-pip", "copied"}
listed = Environment.list(ws)
same("all are listed", set(listed) & names, names)
same("each with its newest version", (listed["iris"].version, listed["chosen"].version), ("3", "8"))
same("ws.environments is the same list", set(ws.environments), set(listed))

# What there is not.
raises("an environment that is not there is told", lambda: Environment.get(ws, "irsi"), "404", "irsi", "iris")
raises(
    "of curated ones, what to do is told",
    lambda: Environment.get(ws, "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu"),
    "404",
    "curated",
    "your own",
)
raises("their names are Microsoft's", lambda: plain("AzureML-mine").register(ws), "AzureML")
raises("a name that is none is told", lambda: plain("no name").register(ws), "name", "letters")
strange = plain("strange")
strange.environment_variables["NOT A NAME"] = "1"
raises("a variable that is none is named", lambda: strange.register(ws), "NOT A NAME")
rscript = Environment("rscript")
rscript.r = RSection()
rscript.r.r_version = "3.6"
raises("packages of R are refused", lambda: rscript.register(ws), "r:", "base_image")

# Images and builds.
details = Environment.get(ws, "iris").get_image_details(ws)
same("no image is said to be there", (details.image_exist, details.image), (False, None))
same("where python is in images", details.interpreter_path, "/opt/farled/python/bin/python")
same(
    "which Dockerfile an image is built by",
    Environment.get(ws, "steps").get_image_details(ws).dockerfile,
    steps.docker.base_dockerfile,
)
raises(
    "no details of what is not there",
    lambda: Environment("unregistered").get_image_details(ws),
    "404",
    "unregistered",
)

small = Environment("small")
small.python.conda_dependencies = CondaDependencies()
for package in list(small.python.conda_dependencies.pip_packages):
    small.python.conda_dependencies.remove_pip_package(package)
small.python.conda_dependencies.set_python_version("3.11")
build = small.build(ws)
with contextlib.redirect_stdout(io.StringIO()):
    build.wait_for_completion(show_output=True)
same("an environment is built", build.status, "Succeeded")
log = build.get_log()
check("its log is read", "Environment small:1 is installed" in log, log)
same("building registers what was not", Environment.get(ws, "small").version, "1")
again = small.build(ws).wait_for_completion(show_output=False)
same("building it again is no other version", (again.status, Environment.get(ws, "small").version), ("Succeeded", "1"))

broken = plain("broken", pip_package=["farled-has-no-such-package==9.9.9"])
failed = broken.build(ws)
with contextlib.redirect_stdout(io.StringIO()):
    failed.wait_for_completion(show_output=True)
same("one that can't be built fails", failed.status, "Failed")
check("its log says why", "farled-has-no-such-package" in failed.get_log(), failed.get_log())
raises("nothing is built on the machine of a script", lambda: small.build_local(ws), "build_local", "Environment.build")
