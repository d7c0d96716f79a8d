"""What models of all kinds have in common: init(), run(), and what swagger.json says of them."""
import json
import os

from . import inputs


class Served:
    """A model that is served as it is. `path` lies below the folder of the model's version."""

    def __init__(self, path):
        self.path = path

    def init(self):
        path = os.path.normpath(os.path.join(os.environ["AZUREML_MODEL_DIR"], self.path))
        self.load(path)
        print("Serves {} without an entry script, by {}".format(path, self.described()))

    def run(self, raw_data):
        """The answer to a request's body; what the client did wrong is answered with 400."""
        try:
            return self.answer(inputs.json_object(raw_data))
        except inputs.BadInput as error:
            from azureml.contrib.services.aml_response import AMLResponse

            return AMLResponse({"message": str(error)}, 400, json_str=True)

    def load(self, path):
        raise NotImplementedError

    def described(self):
        """What serves it, with its release."""
        raise NotImplementedError

    def answer(self, body):
        """What is answered to a JSON object. @raises inputs.BadInput."""
        raise NotImplementedError

    def schemas(self):
        """JSON schemas of the bodies of requests and answers, with an example."""
        raise NotImplementedError

    def for_swagger(self):
        declared, answered = self.schemas()
        return {"input": json.dumps(declared), "output": json.dumps(answered), "versions": ["2.0", "3.0", "3.1"]}
