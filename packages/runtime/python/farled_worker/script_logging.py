"""Where what a script logs goes: to standard error, where the front adds the time; logging.json says otherwise."""
import json
import logging
import logging.config
import os

FORMAT = "%(levelname).1s [%(process)d] %(name)s - %(message)s"


def configure(app_root):
    """Before the script is imported, which may change all of it."""
    path = os.path.join(app_root, "logging.json")
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as file:
            logging.config.dictConfig(json.load(file))
        return
    logging.basicConfig(format=FORMAT, level=os.environ.get("AZUREML_LOG_LEVEL", "INFO").upper())
