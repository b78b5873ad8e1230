variable "environment" {
  description = "Environment, for example dev or prod: part of every name, so several can share an account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.environment))
    error_message = "environment must be 2 to 10 lower-case letters and digits, starting with a letter."
  }
}

variable "region" {
  description = "AWS region, for example eu-west-3. Use the same one for all three components."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region code such as eu-west-3."
  }
}

variable "enabled" {
  description = "Whether Grafana runs. false removes the task and what leads to it, which is what costs, and keeps the rest."
  type        = bool
  default     = true
}

variable "access" {
  description = "How people reach Grafana: `https` (an HTTP API, no load balancer, about $13 a month; open to every address, 30 s a request, no live streaming), `load_balancer` (HTTPS on a domain for allowed addresses, about $36) or `tunnel` (Session Manager to localhost:3000, nothing open to the internet, about $12)."
  type        = string
  default     = "https"

  validation {
    condition     = contains(["https", "load_balancer", "tunnel"], var.access)
    error_message = "access must be \"https\", \"load_balancer\" or \"tunnel\"."
  }
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may reach the load balancer, for example [\"203.0.113.7/32\"]. Nothing else can tell addresses apart, so with another access it stays empty."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrhost(cidr, 0)) && !strcontains(cidr, ":")])
    error_message = "allowed_cidrs must be IPv4 ranges such as 203.0.113.7/32."
  }

  validation {
    condition     = (length(var.allowed_cidrs) > 0) == (var.access == "load_balancer")
    error_message = "allowed_cidrs must name at least one range with access = \"load_balancer\", and none with another: an HTTP API is open to every address."
  }
}

variable "domain_name" {
  description = "Name under which Grafana is reached, for example grafana.example.org. A load balancer needs one for HTTPS; an HTTP API has an address of its own without."
  type        = string
  default     = null

  validation {
    condition     = var.access != "load_balancer" || var.domain_name != null
    error_message = "access = \"load_balancer\" needs domain_name and hosted_zone_name. Without a domain use access = \"https\" or \"tunnel\"."
  }

  # What Certificate Manager takes.
  validation {
    condition     = var.domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$", var.domain_name)) && length(coalesce(var.domain_name, "none")) <= 64
    error_message = "domain_name must be a name such as grafana.example.org, in lower case, of 64 characters at most."
  }
}

variable "hosted_zone_name" {
  description = "Public Route 53 zone that domain_name lies in."
  type        = string
  default     = null

  validation {
    condition     = (var.hosted_zone_name == null) == (var.domain_name == null)
    error_message = "domain_name and hosted_zone_name go together: set both or neither."
  }
}

variable "anonymous_viewer" {
  description = "Whether a visitor without a login may look at dashboards, as Viewer. Each view costs CloudWatch queries."
  type        = bool
  default     = false

  validation {
    condition     = !var.anonymous_viewer || !(var.access == "https" || contains(var.allowed_cidrs, "0.0.0.0/0"))
    error_message = "anonymous_viewer where every address may come would let everybody run paid queries: use access = \"load_balancer\" with the ranges of your own network, or \"tunnel\"."
  }
}

variable "vpc_cidr_block" {
  description = "Addresses of Grafana's network; it is connected to no other."
  type        = string
  default     = "10.64.0.0/20"

  validation {
    condition     = can(regex("^[0-9.]+/(1[6-9]|2[0-4])$", var.vpc_cidr_block)) && can(cidrsubnet(var.vpc_cidr_block, 4, 1))
    error_message = "vpc_cidr_block must be an IPv4 range from /16 to /24, such as 10.64.0.0/20: a VPC is a /16 at most, and a subnet, a sixteenth of it here, a /28 at least."
  }
}

variable "cpu" {
  description = "CPU units of the task: 256 is a quarter of a vCPU, about $6 a month."
  type        = number
  default     = 256

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.cpu)
    error_message = "cpu must be one that Fargate offers: 256, 512, 1024, 2048 or 4096."
  }
}

variable "memory_mb" {
  description = "Memory of the task in MB; Fargate offers 512, 1024 and 2048 with cpu = 256. Grafana and two plugin processes fill more than 512."
  type        = number
  default     = 1024

  validation {
    condition     = var.memory_mb >= 1024 && var.memory_mb >= 2 * var.cpu && var.memory_mb <= min(8 * var.cpu, 30720) && var.memory_mb % 1024 == 0
    error_message = "memory_mb must be one that Fargate offers and Grafana can live in: whole multiples of 1024, from twice to eight times cpu, and 30720 at most."
  }
}

variable "spot" {
  description = "Whether to run on Fargate Spot: about a third of the price, and AWS may stop the task with two minutes' notice."
  type        = bool
  default     = false
}

variable "log_retention_days" {
  description = "Days that Grafana's own logs are kept."
  type        = number
  default     = 7

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365], var.log_retention_days)
    error_message = "log_retention_days must be one that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180 or 365."
  }
}

variable "runbook_base_url" {
  description = "Where docs/runbooks is served, for the link in each alarm's description, without a slash at the end; as in the API's component."
  type        = string
  default     = "docs/runbooks"
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts logs and Grafana's password, $1 a month for all components together; null for the keys that AWS manages. docs/deploy.md has the policy that it needs."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:.+:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not of an alias."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the roles made here. The deploy role of scripts/bootstrap may make no others; null when an administrator applies."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::.+:policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a policy."
  }
}
