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

variable "package_dir" {
  description = "Folder with run-api/bootstrap.zip and sensor-api/bootstrap.zip, as .ci/package writes them."
  type        = string
  default     = "../../../target/lambda/arm64"
}

variable "authentication" {
  description = "Who may call the API: `jwt` (a token from `jwt_issuer`; the user is who the token says) or `anonymous` (everybody who finds the address; the user is what the client says). There is no default: choose."
  type        = string

  validation {
    condition     = contains(["jwt", "anonymous"], var.authentication)
    error_message = "authentication must be \"jwt\" or \"anonymous\"."
  }
}

variable "jwt_issuer" {
  description = "Issuer of the tokens, for example https://cognito-idp.REGION.amazonaws.com/POOL. Needed for `jwt`."
  type        = string
  default     = null

  validation {
    condition     = var.authentication != "jwt" || can(regex("^https://", var.jwt_issuer))
    error_message = "authentication = \"jwt\" needs jwt_issuer, an https:// address."
  }
}

variable "jwt_audience" {
  description = "Audiences of which a token must have one (its `aud` or `client_id`). Needed for `jwt`."
  type        = set(string)
  default     = []

  validation {
    condition     = var.authentication != "jwt" || length(var.jwt_audience) > 0
    error_message = "authentication = \"jwt\" needs at least one jwt_audience."
  }
}

variable "jwt_user_claim" {
  description = "Claim that holds the user: 1 to 64 printable characters, such as a name, an e-mail address or an id. `username` is Cognito's."
  type        = string
  default     = "username"

  validation {
    condition     = can(regex("^[A-Za-z0-9_.:-]+$", var.jwt_user_claim))
    error_message = "jwt_user_claim must be the name of one claim."
  }
}

variable "jwt_interrupt_scope" {
  description = "Scope that a token needs to interrupt all runs."
  type        = string
  default     = "sentori/interrupt"

  validation {
    condition     = length(trimspace(var.jwt_interrupt_scope)) > 0
    error_message = "jwt_interrupt_scope must not be empty: without a scope every user could interrupt everybody's runs."
  }
}

variable "allowed_origins" {
  description = "Origins of the frontend, for CORS: scheme, host and, if it is not the usual one, port."
  type        = set(string)

  validation {
    condition     = length(var.allowed_origins) > 0 && alltrue([for origin in var.allowed_origins : can(regex("^https?://[a-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "allowed_origins must name at least one origin such as https://app.example.org, in lower case, without a path, a wildcard or a slash at its end."
  }
}

variable "grafana_url" {
  description = "Where a person reaches Grafana: the grafana component prints it. The default is the local end of the tunnel that docs/deploy.md shows."
  type        = string
  default     = "http://localhost:3000"

  validation {
    condition     = can(regex("^https?://[^/]+$", var.grafana_url))
    error_message = "grafana_url must be an address such as https://grafana.example.org, without a slash at its end."
  }
}

variable "domain_name" {
  description = "Custom domain of the API, for example api.example.org; null uses the address that API Gateway gives."
  type        = string
  default     = null

  # What Certificate Manager takes.
  validation {
    condition     = var.domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$", var.domain_name)) && length(coalesce(var.domain_name, "none")) <= 64
    error_message = "domain_name must be a name such as api.example.org, in lower case, of 64 characters at most."
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

variable "max_concurrent_runs" {
  description = "Runs that may be active at once."
  type        = number
  default     = 5

  validation {
    condition     = var.max_concurrent_runs >= 1 && var.max_concurrent_runs <= 50
    error_message = "max_concurrent_runs must be from 1 to 50: all of them are in one item, see docs/scale.md."
  }
}

variable "lease_grace_seconds" {
  description = "Seconds after its duration at which a run counts as abandoned."
  type        = number
  default     = 120

  validation {
    condition     = var.lease_grace_seconds >= 10 && var.lease_grace_seconds <= 3600
    error_message = "lease_grace_seconds must be from 10 to 3600."
  }
}

variable "retention_days" {
  description = "Days after which DynamoDB deletes ended runs and their readings; null keeps them."
  type        = number
  default     = null

  validation {
    condition     = try(var.retention_days >= 2 && var.retention_days <= 3650, var.retention_days == null)
    error_message = "retention_days must be from 2 to 3650, or null to keep everything."
  }
}

variable "memory_mb" {
  description = "Memory of each function in MB; CPU grows with it."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb must be from 128 to 10240."
  }
}

variable "timeout_seconds" {
  description = "Seconds after which Lambda ends an invocation. A request's own budget is 10 s, API Gateway's 30 s."
  type        = number
  default     = 30

  validation {
    condition     = var.timeout_seconds >= 15 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be at least 15, above a request's budget of 10 s, and at most 900."
  }
}

variable "reserve_concurrency" {
  description = "Whether to reserve concurrency for the functions, which is also their limit. It needs a quota that new accounts do not have (10 in all; Lambda keeps 100 unreserved)."
  type        = bool
  default     = false
}

variable "live" {
  description = "Of each function that there is, the version that callers get and one that was taken back; scripts/stack asks AWS for them."
  type        = map(object({ version = string, held = optional(string) }))
  default     = {}
}

variable "canary_share" {
  description = "Share of the requests that a new version gets until scripts/canary decides; 0 gives it all of them at once."
  type        = number
  default     = 0.1

  validation {
    condition     = var.canary_share >= 0 && var.canary_share <= 0.5
    error_message = "canary_share must be from 0 (no canary) to 0.5."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be one that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731."
  }
}

variable "log_source_address" {
  description = "Whether the API's access log holds the caller's address. Off: an address is personal data, and no runbook needs it; on while somebody floods the API."
  type        = bool
  default     = false
}

variable "trace_sampling_rates" {
  description = "Share of each function's requests that are traced, a million of them at $5: readings are many. Null leaves it to Lambda: one a second and 5% of the rest."
  type        = object({ run-api = optional(number, 0.05), sensor-api = optional(number, 0.005) })
  default     = {}

  validation {
    condition     = var.trace_sampling_rates == null ? true : alltrue([for rate in var.trace_sampling_rates : rate >= 0 && rate <= 1])
    error_message = "trace_sampling_rates must be from 0 to 1."
  }
}

variable "alarm_profile" {
  description = "Which alarms exist: `dev` (within the ten that are free) or `prod` (all)."
  type        = string
  default     = "dev"

  validation {
    condition     = contains(["dev", "prod"], var.alarm_profile)
    error_message = "alarm_profile must be \"dev\" or \"prod\"."
  }
}

variable "heartbeat_url" {
  description = "Address of a monitor outside of AWS that expects a call twice an hour and tells somebody when it stays away, so that silence of the alarms themselves is heard; null for none. It confirms the subscription that SNS sends."
  type        = string
  default     = null

  validation {
    condition     = var.heartbeat_url == null || can(regex("^https://", var.heartbeat_url))
    error_message = "heartbeat_url must be an https:// address, or null."
  }
}

variable "lambda_concurrency" {
  description = "Concurrent executions of Lambda that the account has in this region (Service Quotas); an alarm says when 80% of them are claimed. New accounts have 10."
  type        = number
  default     = 1000

  validation {
    condition     = var.lambda_concurrency >= 10
    error_message = "lambda_concurrency must be the account's quota, 10 at least."
  }
}

variable "page_emails" {
  description = "Addresses for alarms that need somebody now. Each gets a mail to confirm."
  type        = set(string)
  default     = []

  validation {
    condition     = var.alarm_profile != "prod" || length(var.page_emails) + length(var.page_webhooks) > 0
    error_message = "alarm_profile = \"prod\" pages somebody: give page_emails or page_webhooks at least one recipient."
  }
}

variable "page_webhooks" {
  description = "HTTPS addresses of a pager or chat for the same alarms, by a name of your choice. It must confirm SNS subscriptions, as PagerDuty, Opsgenie and incident.io do. An address often holds a key: give it as TF_VAR_page_webhooks and not in a file."
  type        = map(string)
  default     = {}
  sensitive   = true

  validation {
    condition     = alltrue([for url in values(var.page_webhooks) : startswith(url, "https://")])
    error_message = "page_webhooks must be https:// addresses by name."
  }
}

variable "ticket_webhooks" {
  description = "The same for alarms that can wait."
  type        = map(string)
  default     = {}
  sensitive   = true

  validation {
    condition     = alltrue([for url in values(var.ticket_webhooks) : startswith(url, "https://")])
    error_message = "ticket_webhooks must be https:// addresses by name."
  }
}

variable "ticket_emails" {
  description = "Addresses for alarms that can wait and for the budget. Each gets a mail to confirm."
  type        = set(string)
  default     = []
}

variable "monthly_budget_usd" {
  description = "US dollars a month of which 80% spent, or 100% forecast, notify the ticket topic."
  type        = number
  default     = 50

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "monthly_budget_usd must be above 0."
  }
}

variable "budget_by_tag" {
  description = "Whether the budget counts only this environment. Needs `Environment` as an active cost allocation tag; until then it would count nothing."
  type        = bool
  default     = false
}

variable "runbook_base_url" {
  description = "Where docs/runbooks is served, for the link in each alarm's description, without a slash at the end."
  type        = string

  validation {
    condition     = can(regex("^https://.+[^/]$", var.runbook_base_url))
    error_message = "runbook_base_url must be an https:// address without a slash at its end, for example https://github.com/OWNER/REPOSITORY/blob/main/docs/runbooks."
  }
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts logs and messages of alarms, and that the tables are encrypted with, $1 a month for all components together; null for the keys that AWS manages. docs/deploy.md has the policy that it needs."
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
