"""The mappings that an AMLRequest has: headers, and values that may come several times."""


class MultiDict(dict):
    """The first value of each name; getlist() has all of them."""

    def __init__(self, pairs=()):
        super().__init__()
        self._lists = {}
        for name, value in pairs:
            self._lists.setdefault(name, []).append(value)
            self.setdefault(name, value)

    def get(self, name, default=None, type=None):
        if name not in self:
            return default
        return _converted(self[name], default, type)

    def getlist(self, name, type=None):
        values = (_converted(value, None, type) for value in self._lists.get(name, []))
        return list(values) if type is None else [value for value in values if value is not None]

    def to_dict(self, flat=True):
        return dict(self) if flat else {name: list(values) for name, values in self._lists.items()}

    def lists(self):
        return iter(self.to_dict(flat=False).items())


class Headers:
    """Names without regard to case, in their order; one may come several times."""

    def __init__(self, pairs=()):
        self._pairs = []
        for name, value in pairs:
            self.add(name, value)

    def add(self, name, value):
        text = str(value)
        if "\r" in text or "\n" in text:
            raise ValueError("The header {} must not have a line break in its value".format(name))
        self._pairs.append((str(name), text))

    add_header = add

    def set(self, name, value):
        self.remove(name)
        self.add(name, value)

    __setitem__ = set

    def setdefault(self, name, value):
        if name not in self:
            self.add(name, value)
        return self[name]

    def update(self, headers):
        for name, value in headers.items() if hasattr(headers, "items") else headers:
            self.set(name, value)

    extend = update

    def remove(self, name):
        self._pairs = [pair for pair in self._pairs if not _same(pair[0], name)]

    def __delitem__(self, name):
        self.remove(name)

    def pop(self, name, default=None):
        value = self.get(name, default)
        self.remove(name)
        return value

    def getlist(self, name):
        return [value for other, value in self._pairs if _same(other, name)]

    get_all = getlist

    def get(self, name, default=None, type=None):
        values = self.getlist(name)
        return _converted(values[0], default, type) if values else default

    def __getitem__(self, name):
        values = self.getlist(name)
        if not values:
            raise KeyError(name)
        return values[0]

    def __contains__(self, name):
        return bool(self.getlist(name))

    def __iter__(self):
        return iter(list(self._pairs))

    def __len__(self):
        return len(self._pairs)

    def items(self):
        return iter(self)

    def keys(self):
        return iter([name for name, _ in self._pairs])

    def values(self):
        return iter([value for _, value in self._pairs])

    def __repr__(self):
        return "Headers({!r})".format(self._pairs)


def _same(name, other):
    return isinstance(other, str) and name.lower() == other.lower()


def _converted(value, default, type):
    if type is None:
        return value
    try:
        return type(value)
    except (TypeError, ValueError):
        return default
