"""CloudWatch by moto, at a free port of the loopback interface, for the Rust SDK.

moto answers in this process. It does not speak the protocol of the Rust SDK (RPC v2 CBOR), so
requests are decoded and answers encoded here with botocore. Two faults of moto are
mended: CloudWatch takes a query without dimensions as the one series that has none, moto as
all; and to CloudWatch the order of dimensions means nothing.

It prints its address and serves until its standard input ends.
"""

import gzip
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader, BytesIO

os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")

from botocore import xform_name  # noqa: E402
from botocore.exceptions import ClientError, ParamValidationError  # noqa: E402
from botocore.parsers import RpcV2CBORParser  # noqa: E402
from botocore.serialize import RpcV2CBORSerializer  # noqa: E402
from botocore.session import Session  # noqa: E402
from moto import mock_aws  # noqa: E402

# Stands for having no dimensions; CloudWatch would take neither as a name.
NONE = [{"Name": "\u2205", "Value": "\u2205"}]


def mark(metric):
    """Orders a metric's dimensions, and gives it one of its own if it has none."""
    dimensions = metric.get("Dimensions") or NONE
    metric["Dimensions"] = sorted(dimensions, key=lambda dimension: dimension["Name"])


def mark_request(request):
    for datum in request.get("MetricData", []):
        mark(datum)
    for query in request.get("MetricDataQueries", []):
        if "MetricStat" in query:
            mark(query["MetricStat"]["Metric"])


def unmark_answer(answer):
    for metric in answer.get("Metrics", []):
        if metric.get("Dimensions") == NONE:
            metric["Dimensions"] = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        operation = self.path.rsplit("/", 1)[-1]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        model = self.server.client.meta.service_model.operation_model(operation)
        request = RpcV2CBORParser().parse_data_item(BufferedReader(BytesIO(body)))
        mark_request(request)
        try:
            with self.server.lock:
                answer = getattr(self.server.client, xform_name(operation))(**request)
        except (ClientError, ParamValidationError, NotImplementedError) as error:
            self.answer(400, {"__type": "InvalidParameterValue", "message": str(error)})
            return
        answer.pop("ResponseMetadata")
        unmark_answer(answer)
        self.answer(200, answer, model.output_shape)

    def answer(self, status, members, shape=None):
        encoded = bytearray()
        if shape:
            RpcV2CBORSerializer()._serialize_data_item(encoded, members, shape)
        else:
            encode_text_map(encoded, members)
        self.send_response(status)
        self.send_header("smithy-protocol", "rpc-v2-cbor")
        self.send_header("Content-Type", "application/cbor")
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, *_):
        pass


def encode_text_map(encoded, members):
    encoded.append(0xA0 + len(members))
    for text in (text.encode() for member in members.items() for text in member):
        encoded += bytes([0x79]) + len(text).to_bytes(2, "big") + text


def main():
    mock_aws().start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.client = Session().create_client("cloudwatch", region_name="eu-west-3")
    server.lock = threading.Lock()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


main()
