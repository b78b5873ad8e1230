# Two roles: ECS starts the task (pull, log, read the secrets); Grafana inside it reads telemetry.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  logs_arn = "arn:${data.aws_partition.current.partition}:logs:${var.region}:${data.aws_caller_identity.current.account_id}:log-group"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  statement {
    sid       = "Password"
    actions   = ["ssm:GetParameters"]
    resources = [local.password_arn]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "KeyOfThePassword"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["ssm.${var.region}.amazonaws.com"]
      }
    }
  }
}

data "aws_iam_policy_document" "task" {
  #checkov:skip=CKV_AWS_356:Reads of metrics, alarms and traces, and listings, have no resource to name; AWS accepts only "*".
  statement {
    sid       = "ContentList"
    actions   = ["s3:ListBucket"]
    resources = [var.content.bucket_arn]
  }

  statement {
    sid       = "ContentRead"
    actions   = ["s3:GetObject"]
    resources = ["${var.content.bucket_arn}/*"]
  }

  # None of these actions takes a resource.
  statement {
    sid = "MetricsAndTraces"

    actions = [
      "cloudwatch:DescribeAlarmHistory",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:DescribeAlarmsForMetric",
      "cloudwatch:GetInsightRuleReport",
      "cloudwatch:GetMetricData",
      "cloudwatch:GetMetricStatistics",
      "cloudwatch:ListMetrics",
      "ec2:DescribeRegions",
      "logs:DescribeLogGroups",
      "tag:GetResources",
      "xray:BatchGetTraces",
      "xray:GetGroups",
      "xray:GetServiceGraph",
      "xray:GetTimeSeriesServiceStatistics",
      "xray:GetTraceGraph",
      "xray:GetTraceSummaries",
    ]

    resources = ["*"]
  }

  # A log query costs by what it scans, so it may scan the environment's own groups only.
  statement {
    sid     = "LogQueries"
    actions = ["logs:GetLogEvents", "logs:GetLogGroupFields", "logs:StartQuery"]

    resources = [
      "${local.logs_arn}:/aws/lambda/${var.prefix}-*:*",
      "${local.logs_arn}:/aws/apigateway/${var.prefix}:*",
      "${local.logs_arn}:/aws/events/${var.prefix}:*",
    ]
  }

  # A query is named by its id, not by a resource.
  statement {
    sid       = "LogQueryResults"
    actions   = ["logs:GetQueryResults", "logs:StopQuery"]
    resources = ["*"]
  }

  # The agent of the tunnel; without a tunnel there is no agent and no permission.
  dynamic "statement" {
    for_each = var.tunnel ? ["tunnel"] : []

    content {
      sid = "Tunnel"

      actions = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ]

      resources = ["*"]
    }
  }
}

resource "aws_iam_role" "execution" {
  name                 = "${var.prefix}-grafana-execution-${var.region}"
  description          = "Starts the Grafana task: logs and secrets."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

resource "aws_iam_role" "task" {
  name                 = "${var.prefix}-grafana-task-${var.region}"
  description          = "What Grafana may read."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "task" {
  name   = "read-telemetry"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}
