# One Lambda function of its own role: it may do what `policy` says, write its own log group and send
# spans, and nothing else. Callers go through the alias, so rolling back is moving the alias.

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "telemetry" {
  #checkov:skip=CKV_AWS_356:X-Ray's two write actions have no resource to name; AWS accepts only "*".
  #checkov:skip=CKV_AWS_111:X-Ray's two write actions have no resource to name; AWS accepts only "*".
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  statement {
    sid       = "Traces"
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    resources = ["*"]
  }
}

# DynamoDB uses a table's own key in the caller's name.
data "aws_iam_policy_document" "key" {
  count = var.kms_key_arn == null ? 0 : 1

  statement {
    sid       = "KeyOfTheTables"
    actions   = ["kms:Decrypt", "kms:DescribeKey"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringLike"
      variable = "kms:ViaService"
      values   = ["dynamodb.*.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-${var.role_suffix}"
  description          = "Execution role of ${var.name}."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "telemetry" {
  name   = "telemetry"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.telemetry.json
}

resource "aws_iam_role_policy" "key" {
  count = length(data.aws_iam_policy_document.key)

  name   = "key"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.key[0].json
}

resource "aws_iam_role_policy" "work" {
  name   = "tables"
  role   = aws_iam_role.this.id
  policy = var.policy
}

# The class must be STANDARD: Infrequent Access does not extract metrics from EMF events.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts at rest; a customer-managed key is a choice, `kms_key_arn`.
  #checkov:skip=CKV_AWS_338:Retention is the deployer's choice: logs are paid by the GB and month, and metrics outlive them.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  log_group_class   = "STANDARD"
}

# Active is Lambda's own sampling, one request a second and 5% of the rest, and two segments for each. With
# PassThrough it decides and records nothing: the function samples by OpenTelemetry's variables, whatever a
# client's header asks for, and its span is the segment (docs/decisions/own-sampling.md).
locals {
  sampler = var.trace_sampling_rate == null ? {} : {
    OTEL_TRACES_SAMPLER     = "traceidratio"
    OTEL_TRACES_SAMPLER_ARG = tostring(var.trace_sampling_rate)
  }
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_117:Outside any VPC: it reaches only DynamoDB, CloudWatch and X-Ray, over TLS, and a VPC would need endpoints at $7 a month each.
  #checkov:skip=CKV_AWS_116:API Gateway calls it synchronously; the tick is repeated a minute later, so a dead-letter queue would hold nothing worth reading.
  #checkov:skip=CKV_AWS_173:The environment holds names and limits, no secret; it is encrypted at rest with the key that AWS manages.
  #checkov:skip=CKV_AWS_272:The package comes from the deploy workflow that applies this; a signing profile would guard against nobody else.
  function_name = var.name
  description   = var.description
  role          = aws_iam_role.this.arn

  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  handler          = "bootstrap"
  filename         = var.package
  source_code_hash = fileexists(var.package) ? filebase64sha256(var.package) : null # Destroying needs no package.
  publish          = true

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = merge(var.environment_variables, local.sampler)
  }

  # Application INFO, not WARN: a line without a level counts as INFO, and EMF events have none.
  # System WARN: the START and REPORT lines cost as much log as an event and repeat what metrics say.
  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.this.name
  }

  tracing_config {
    mode = var.trace_sampling_rate == null ? "Active" : "PassThrough"
  }

  lifecycle {
    precondition {
      condition     = fileexists(var.package)
      error_message = "There is no ${var.package}: build the functions first, with `.ci/package arm64`."
    }
  }

  depends_on = [aws_iam_role_policy.telemetry, aws_iam_role_policy.work, aws_iam_role_policy.key]
}

# A new version starts with a share of the requests beside the one that is live, and scripts/canary gives it
# the rest or takes the share away. One that was taken back is `held` and gets none, whatever else is applied.
# Without a live version, or without a share, the newest one gets everything.
locals {
  newest = aws_lambda_function.this.version
  canary = var.live != null && var.canary_share > 0
  held   = try(var.live.held, null)
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that callers get."
  function_name    = aws_lambda_function.this.function_name
  function_version = local.canary ? var.live.version : local.newest == local.held ? var.live.version : local.newest

  dynamic "routing_config" {
    for_each = local.canary && !contains(compact([try(var.live.version, null), local.held]), local.newest) ? [local.newest] : []

    content {
      additional_version_weights = { (routing_config.value) = var.canary_share }
    }
  }

  # The scripts note there which version is held.
  lifecycle {
    ignore_changes = [description]
  }
}
