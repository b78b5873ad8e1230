# What Grafana shows, as objects: data sources and provider from infra/grafana, dashboards as the
# generator rendered them. Objects follow the files, so a deleted dashboard's object is deleted too.

locals {
  # A dashboard's first choice of an environment is where it opens. This Grafana's role reads the logs of its
  # own environment and of no other, so there is no other choice.
  environments = "/(\"name\": \"environment\",[^}]*\"query\": \")[^\"]*/"
  contents = merge(
    { for file in fileset(var.provisioning_dir, "**/*.yaml") : "provisioning/${file}" => file("${var.provisioning_dir}/${file}") },
    { for file in fileset(var.dashboards_dir, "**/*.json") : "dashboards/${file}" =>
    replace(file("${var.dashboards_dir}/${file}"), local.environments, "$${1}${var.environment}") },
  )
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Access logs of a bucket that one task reads at its start say nothing.
  #checkov:skip=CKV_AWS_21:Git has the versions of every object.
  #checkov:skip=CKV_AWS_144:Git has a copy of every object.
  #checkov:skip=CKV_AWS_145:Dashboards are no secret; S3 encrypts with its own keys.
  #checkov:skip=CKV2_AWS_61:Objects live as long as the files they come from.
  #checkov:skip=CKV2_AWS_62:Nobody waits for its events; a new task definition follows every change.
  bucket_prefix = "${var.name}-"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "tls_only" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.tls_only.json

  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_object" "this" {
  #checkov:skip=CKV_AWS_186:Dashboards are no secret; S3 encrypts with its own keys.
  for_each = local.contents

  bucket = aws_s3_bucket.this.id
  key    = each.key

  # No secret: shown, they would fill the plan that somebody has to read.
  content      = sensitive(each.value)
  content_type = endswith(each.key, ".json") ? "application/json" : "application/yaml"
}
