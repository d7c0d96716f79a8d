"""What run() declares with @input_schema and @output_schema of inference-schema: the user's own package, never ours."""
import json
import sys

NOT_DECLARED = {"type": "object", "example": {}}
ALL_VERSIONS = ["2.0", "3.0", "3.1"]


def are_declared(run):
    util = sys.modules.get("inference_schema.schema_util")
    return util is not None and util.is_schema_decorated(run)


def for_swagger(run):
    """Both schemas as JSON, and the versions of Swagger that have them; `error` when they are not JSON."""
    declared, answered, versions = NOT_DECLARED, NOT_DECLARED, ALL_VERSIONS
    if are_declared(run):
        util = sys.modules["inference_schema.schema_util"]
        declared, answered = util.get_input_schema(run), util.get_output_schema(run)
        # Older ones know no versions: theirs is Swagger 2.
        versions = util.get_supported_versions(run) if hasattr(util, "get_supported_versions") else ["2.0"]
    try:
        return {"input": json.dumps(declared), "output": json.dumps(answered), "versions": list(versions)}
    except (TypeError, ValueError) as error:
        return {"error": "the schemas of run() can't be written as JSON: {}".format(error)}
