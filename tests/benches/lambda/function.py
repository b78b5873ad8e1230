"""The ingestion of sensor-api as a Python function, for comparison only.

It does the same work: reads the run consistently once in two seconds, checks the reading,
writes it with a condition, answers 201 with the reading, and writes one EMF line.
"""

import json
import os
import time
import uuid
from datetime import datetime, timezone
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.config import Config

KNOWN_FOR_SECONDS = 2
FIELDS = {"temperature", "humidity", "pressure"}

config = Config(connect_timeout=1, read_timeout=2.5, retries={"mode": "standard", "max_attempts": 3})
dynamodb = boto3.resource("dynamodb", config=config)
runs = dynamodb.Table(os.environ["RUNS_TABLE_NAME"])
sensor_data = dynamodb.Table(os.environ["SENSOR_DATA_TABLE_NAME"])
known_runs = {}


def find_run(run_id):
    known = known_runs.get(run_id)
    if known and time.monotonic() - known[0] < KNOWN_FOR_SECONDS:
        return known[1]
    run = runs.get_item(Key={"id": run_id}, ConsistentRead=True).get("Item")
    if run:
        known_runs[run_id] = (time.monotonic(), run)
    return run


def handler(event, context):
    started = time.monotonic()
    headers = event["headers"]
    body = json.loads(event["body"], parse_float=Decimal)
    run_id = str(uuid.UUID(headers["x-run-id"]))
    kind = body["type"]
    if kind not in FIELDS or not isinstance(body["reading"], (int, Decimal)):
        return answer(400, {"error": "invalid", "message": "type or reading is wrong"})
    run = find_run(run_id)
    if run is None:
        return answer(404, {"error": "run_not_found", "message": "there is no such run"})
    if run["status"] != "RUNNING":
        return answer(409, {"error": "run_not_running", "message": "the run has ended"})
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    reading = {
        "id": str(uuid.uuid4()),
        "runId": run_id,
        "username": headers["x-user"],
        "sensorId": body["sensorId"],
        "timestamp": now,
        kind: body["reading"],
    }
    sensor_data.put_item(Item=reading, ConditionExpression=Attr("id").not_exists())
    emit(kind, float(body["reading"]), reading, context, started)
    return answer(201, reading)


def emit(kind, value, reading, context, started):
    metrics = {"sensor_data_ingested": 1, kind: value, "request_duration": (time.monotonic() - started) * 1000}
    directive = {
        "Namespace": "Sentori/bench",
        "Dimensions": [[]],
        "Metrics": [{"Name": name} for name in metrics],
    }
    properties = {
        "run_id": reading["runId"],
        "user": reading["username"],
        "sensor_id": reading["sensorId"],
        "request_id": context.aws_request_id,
    }
    meta = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": meta, **metrics, **properties}), flush=True)


def answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body, default=float),
    }
