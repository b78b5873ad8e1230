# Where alarms and the budget are heard: one topic to wake somebody, one to be read in the morning.

locals {
  heartbeat_arn = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${data.aws_caller_identity.current.account_id}:${var.prefix}-heartbeat"

  topics = {
    page   = "Act now"
    ticket = "Look in working hours"
  }

  subscriptions = merge([
    for severity, _ in local.topics : {
      for email in var.emails[severity] : "${severity} ${email}" => { severity = severity, email = email }
    }
  ]...)

  # Names are no secret, addresses are.
  webhooks = merge([
    for severity, _ in local.topics : {
      for name in nonsensitive(keys(var.webhooks[severity])) : "${severity} ${name}" => { severity = severity, name = name }
    }
  ]...)
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

resource "aws_sns_topic" "this" {
  #checkov:skip=CKV_AWS_26:CloudWatch alarms cannot publish to a topic under the key that AWS manages; a customer-managed key is a choice, `kms_key_arn`. Messages hold alarm names and thresholds.
  for_each = local.topics

  name              = "${var.prefix}-${each.key}"
  display_name      = "${each.value} (${var.prefix})"
  kms_master_key_id = var.kms_key_arn
}

data "aws_iam_policy_document" "topic" {
  for_each = local.topics

  statement {
    sid       = "AlarmsAndBudgetsOfThisAccount"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }

  # Grafana's task, which the grafana component watches.
  statement {
    sid       = "RulesOfThisEnvironment"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:events:*:${data.aws_caller_identity.current.account_id}:rule/${var.prefix}-*"]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  for_each = local.topics

  arn    = aws_sns_topic.this[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

# AWS sends each address a mail with a link; nothing arrives before it is followed.
resource "aws_sns_topic_subscription" "email" {
  for_each = local.subscriptions

  topic_arn = aws_sns_topic.this[each.value.severity].arn
  protocol  = "email"
  endpoint  = each.value.email
}

# Who hears the heartbeat is outside of AWS: it tells somebody when evaluation or delivery stops here.
resource "aws_sns_topic" "heartbeat" {
  #checkov:skip=CKV_AWS_26:As for the topics above; the messages say that nothing is wrong.
  count = var.heartbeat_url == null ? 0 : 1

  name              = "${var.prefix}-heartbeat"
  display_name      = "Alarms are judged and delivered (${var.prefix})"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "heartbeat" {
  count = length(aws_sns_topic.heartbeat)

  arn    = aws_sns_topic.heartbeat[0].arn
  policy = replace(data.aws_iam_policy_document.topic["ticket"].json, aws_sns_topic.this["ticket"].arn, aws_sns_topic.heartbeat[0].arn)
}

resource "aws_sns_topic_subscription" "heartbeat" {
  count = length(aws_sns_topic.heartbeat)

  topic_arn              = aws_sns_topic.heartbeat[0].arn
  protocol               = "https"
  endpoint               = var.heartbeat_url
  endpoint_auto_confirms = true
}

# A pager or a chat answers SNS's request to confirm by itself.
resource "aws_sns_topic_subscription" "webhook" {
  for_each = local.webhooks

  topic_arn              = aws_sns_topic.this[each.value.severity].arn
  protocol               = "https"
  endpoint               = var.webhooks[each.value.severity][each.value.name]
  endpoint_auto_confirms = true
}

# Without a tag filter a budget sees the whole account. A filter works only once `Project` is an
# active cost allocation tag, which is a decision of the payer account.
resource "aws_budgets_budget" "monthly" {
  name         = "${var.prefix}-monthly"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "cost_filter" {
    for_each = var.budget_by_tag ? [format("user:Environment$%s", var.environment)] : []

    content {
      name   = "TagKeyValue"
      values = [cost_filter.value]
    }
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    notification_type         = "ACTUAL"
    subscriber_sns_topic_arns = [aws_sns_topic.this["ticket"].arn]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    notification_type         = "FORECASTED"
    subscriber_sns_topic_arns = [aws_sns_topic.this["ticket"].arn]
  }

  depends_on = [aws_sns_topic_policy.this]
}
