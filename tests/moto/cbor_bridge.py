"""CloudWatch in the protocol that the Rust SDK speaks (RPC v2 CBOR), answered by moto.

moto speaks only the older query protocol. botocore knows both: this server decodes a
request, sends it on with botocore's client, and encodes the answer. It prints its port.

Usage: cbor_bridge.py MOTO_URL
"""

import io
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# botocore then speaks to moto as moto expects.
os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "local"

import botocore.session  # noqa: E402
from botocore.parsers import RpcV2CBORParser  # noqa: E402
from botocore.serialize import RpcV2CBORSerializer  # noqa: E402
from botocore import xform_name  # noqa: E402


def client(url):
    session = botocore.session.get_session()
    # The order of the service's protocols decides; only the query protocol is left.
    loader = session.get_component("data_loader")
    load = loader.load_service_model

    def query_only(service, kind, api_version=None):
        model = load(service, kind, api_version=api_version)
        if service == "cloudwatch" and kind == "service-2":
            metadata = {**model["metadata"], "protocol": "query", "protocols": ["query"]}
            model = {**model, "metadata": metadata}
        return model

    loader.load_service_model = query_only
    return session.create_client("cloudwatch", region_name="eu-west-3", endpoint_url=url)


class Bridge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        operation = self.path.rsplit("/", 1)[-1]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(body))) if body else {}
        shape = self.server.model.operation_model(operation).output_shape
        answer = getattr(self.server.client, xform_name(operation))(**request)
        answer.pop("ResponseMetadata", None)
        encoded = bytearray()
        RpcV2CBORSerializer()._serialize_data_item(encoded, answer, shape)
        self.send_response(200)
        self.send_header("smithy-protocol", "rpc-v2-cbor")
        self.send_header("Content-Type", "application/cbor")
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bridge)
    server.client = client(sys.argv[1])
    server.model = server.client.meta.service_model
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
