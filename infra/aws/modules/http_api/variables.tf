variable "name" {
  description = "Name of the API, with the environment in it."
  type        = string
}

variable "functions" {
  description = "The functions behind the API, by short name."
  type = map(object({
    name       = string
    alias      = string
    invoke_arn = string
  }))
}

variable "routes" {
  description = "Route key (\"GET /api/runs\") to the short name of the function that answers it."
  type        = map(string)
}

variable "authentication" {
  description = "Who may call: `mode` is jwt or anonymous; the rest counts for jwt only. `scopes` maps a route key to the scopes of which a token needs one."
  type = object({
    mode     = string
    issuer   = optional(string)
    audience = optional(set(string))
    scopes   = optional(map(set(string)), {})
  })
}

variable "allowed_origins" {
  description = "Origins of the frontend, for CORS."
  type        = set(string)
}

variable "throttling" {
  description = "Requests per second and burst that each route accepts before it answers 429."
  type = object({
    rate  = number
    burst = number
  })
}

variable "route_throttling" {
  description = "Routes that accept another rate and burst, by route key."
  type = map(object({
    rate  = number
    burst = number
  }))
}

variable "log_retention_days" {
  description = "Days that access logs are kept."
  type        = number
}

variable "log_source_address" {
  description = "Whether the access log holds the caller's address."
  type        = bool
}

variable "domain_name" {
  description = "Custom domain of the API; null for the one that API Gateway gives."
  type        = string
  default     = null
}

variable "hosted_zone_name" {
  description = "Public Route 53 zone that the custom domain lies in."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts the access log; null for the one that AWS manages."
  type        = string
  default     = null
}
