# What each function may do to each table and index, from what `handlers::store` calls.

data "aws_iam_policy_document" "run_api" {
  statement {
    sid = "Runs"

    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ]

    resources = ["${local.table_arn}/${local.tables.runs}"]
  }

  statement {
    sid       = "RunsListing"
    actions   = ["dynamodb:Query"]
    resources = ["${local.table_arn}/${local.tables.runs}/index/by-start"]
  }

  # A run's statistics are computed from its readings after it has ended.
  statement {
    sid       = "ReadingsOfARun"
    actions   = ["dynamodb:Query"]
    resources = ["${local.table_arn}/${local.tables.sensor-data}/index/by-run"]
  }
}

data "aws_iam_policy_document" "sensor_api" {
  # Whether a run takes readings, the lease that they renew, and the walk over the newest runs.
  statement {
    sid = "Runs"

    actions = [
      "dynamodb:GetItem",
      "dynamodb:UpdateItem",
    ]

    resources = ["${local.table_arn}/${local.tables.runs}"]
  }

  statement {
    sid       = "RunsListing"
    actions   = ["dynamodb:Query"]
    resources = ["${local.table_arn}/${local.tables.runs}/index/by-start"]
  }

  statement {
    sid = "Readings"

    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:PutItem",
    ]

    resources = ["${local.table_arn}/${local.tables.sensor-data}"]
  }

  statement {
    sid     = "ReadingsByRunAndSensor"
    actions = ["dynamodb:Query"]

    resources = [
      "${local.table_arn}/${local.tables.sensor-data}/index/by-run",
      "${local.table_arn}/${local.tables.sensor-data}/index/by-sensor",
    ]
  }
}
