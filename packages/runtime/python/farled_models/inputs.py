"""What a request's body may be: {"data": rows}, {"columns": names, "data": rows}, or rows that are records."""
import json


class BadInput(Exception):
    """The client's mistake; the text is for the client."""


def json_object(text):
    try:
        body = json.loads(text)
    except ValueError as error:
        raise BadInput("The body is not JSON: {}".format(error))
    if not isinstance(body, dict):
        raise BadInput('The body must be a JSON object such as {"data": [[...]]}')
    return body


class Rows:
    """Rows of a request: a list, and the names of its columns when it has them."""

    def __init__(self, rows, columns=None):
        self.rows = rows
        self.columns = columns


def rows_of(body, width=None):
    """`width` is how many columns the model has: a flat list of as many numbers is one row."""
    if "data" not in body:
        known = ", ".join(sorted(body)) or "nothing"
        raise BadInput('The body must have "data": rows, as lists or as objects; it has {}'.format(known))
    rows, columns = body["data"], body.get("columns")
    if isinstance(rows, dict):
        if "data" not in rows:
            raise BadInput('"data" must be a list of rows, or an object with "columns" and "data"')
        rows, columns = rows["data"], rows.get("columns")
    if not isinstance(rows, list) or not rows:
        raise BadInput('"data" must be a list with at least one row')
    if all(isinstance(row, dict) for row in rows):
        names = list(rows[0])
        return Rows([[row.get(name) for name in names] for row in rows], names)
    if width is not None and len(rows) == width and not any(isinstance(row, (list, dict, str)) for row in rows):
        rows = [rows]
    if columns is not None:
        check_columns(rows, columns)
    return Rows(rows, columns)


def check_columns(rows, columns):
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise BadInput('"columns" must be a list of names')
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(columns):
            has = len(row) if isinstance(row, list) else "no list of"
            raise BadInput("Row {} has {} values, and there are {} columns".format(index, has, len(columns)))


def in_order(rows, names):
    """The values of the named columns, in the order of `names`; rows without names are taken as they are."""
    if rows.columns is None or list(rows.columns) == list(names):
        return rows.rows
    missing = [name for name in names if name not in rows.columns]
    if missing:
        raise BadInput(
            "Columns are missing: {}. The model was made with: {}".format(", ".join(missing), ", ".join(names))
        )
    places = [rows.columns.index(name) for name in names]
    return [[row[place] for place in places] for row in rows.rows]


def matrix(rows, dtype, width=None):
    """A NumPy array of numbers; null is NaN."""
    import numpy

    try:
        array = numpy.array(rows, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise BadInput('"data" must be rows of numbers, all of one length: {}'.format(error))
    if width is not None and (array.ndim != 2 or array.shape[1] != width):
        shape = "x".join(map(str, array.shape))
        raise BadInput('"data" is {}; the model takes rows of {} values'.format(shape, width))
    return array


def plain(value):
    """Lists and numbers of what a model answers."""
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return value.to_dict(orient="records")
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value
