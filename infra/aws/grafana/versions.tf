terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # Bucket, key and region come from `-backend-config`; see infra/aws/scripts/stack. The bucket encrypts, with
  # the key that it was made with; `encrypt` would ask for S3's key instead of it.
  backend "s3" {
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "sentori"
      Environment = var.environment
      Component   = "grafana"
    }
  }
}
