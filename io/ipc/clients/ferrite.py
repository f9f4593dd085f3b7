"""A client of FerriteDB's IPC door in one file (PROTOCOL.md). Needs the msgpack package.

    with connect("./data/ferrite.sock") as db:
        db.call("PutItem", TableName="Orders", Item={"user_id": "u1", "order_id": "o1", "total": Decimal("12.5")})
        print(db.call("GetItem", TableName="Orders", Key={"user_id": "u1", "order_id": "o1"})["Item"])

Numbers come as int, float, or Decimal where no float is exact; sets as set, binary as bytes. One call at a time per connection;
`call_many` sends several at once.
"""

import socket
import struct
from decimal import Decimal

import msgpack

_NUMBER, _SS, _NS, _BS = 1, 2, 3, 4


class FerriteError(Exception):
    """What the server refused with: `name` is DynamoDB's exception, `members` what else it tells."""

    def __init__(self, error):
        super().__init__("%s: %s" % (error["name"], error["message"]))
        self.name, self.message, self.members = error["name"], error["message"], error


class ConnectionLost(Exception):
    """The connection failed. What had been sent and not answered may or may not have been done."""


def _default(value):
    if isinstance(value, Decimal):
        return msgpack.ExtType(_NUMBER, str(value).encode("ascii"))
    if isinstance(value, (set, frozenset)):
        members = sorted(value)
        kind = _SS if isinstance(members[0], str) else _BS if isinstance(members[0], bytes) else _NS
        return msgpack.ExtType(kind, _pack(members))
    if isinstance(value, int):
        return msgpack.ExtType(_NUMBER, str(value).encode("ascii"))
    raise TypeError("%r has no DynamoDB type" % (value,))


def _ext(code, payload):
    if code == _NUMBER:
        return Decimal(payload.decode("ascii"))
    if code in (_SS, _NS, _BS):
        return set(_unpack(payload))
    return msgpack.ExtType(code, payload)


def _pack(value):
    return msgpack.packb(value, default=_default, use_bin_type=True)


def _unpack(body):
    return msgpack.unpackb(body, ext_hook=_ext, raw=False, strict_map_key=False)


class Connection:
    def __init__(self, stream, secret=None):
        self._stream = stream
        self._file = stream.makefile("rb")
        self._id = 0
        hello = {"version": 1} if secret is None else {"version": 1, "secret": secret}
        self.limits = self.call("Hello", **hello)

    def call(self, operation, **arguments):
        """Runs one operation; returns its result or raises FerriteError."""
        (result,) = self.call_many([(operation, arguments)])
        if isinstance(result, Exception):
            raise result
        return result

    def call_many(self, calls):
        """Runs (operation, arguments) pairs at once; gives results and FerriteErrors in their order."""
        ids, frames = [], []
        for operation, arguments in calls:
            self._id = (self._id + 1) & 0xFFFFFFFF
            body = _pack([self._id, operation, arguments])
            frames.append(struct.pack(">I", len(body)) + body)
            ids.append(self._id)
        self._stream.sendall(b"".join(frames))
        answers = {}
        while len(answers) < len(ids):
            body = self._frame()
            if len(body) == 3:
                answers[body[0]] = body[2]
            elif body[0] is None:
                raise FerriteError(body[1])
            else:
                answers[body[0]] = FerriteError(body[1])
        return [answers[each] for each in ids]

    def _frame(self):
        head = self._file.read(4)
        body = self._file.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""
        if len(body) == 0:
            raise ConnectionLost("the server closed the connection")
        return _unpack(body)

    def close(self):
        self._file.close()
        self._stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def connect(address, secret=None, timeout=60):
    """Connects to the path of a Unix socket, or to tcp://host:port."""
    if address.startswith("tcp://"):
        host, port = address[6:].rsplit(":", 1)
        stream = socket.create_connection((host.strip("[]"), int(port)), timeout)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    else:
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.settimeout(timeout)
        stream.connect(address)
    return Connection(stream, secret)
