variable "prefix" {
  description = "Prefix of every name, with the environment in it."
  type        = string
}

variable "region" {
  description = "AWS region; also part of the roles' names, which are global."
  type        = string
}

variable "enabled" {
  description = "Whether the task runs."
  type        = bool
}

variable "vpc_id" {
  description = "VPC of the task."
  type        = string
}

variable "subnet_ids" {
  description = "Public subnets of the task."
  type        = list(string)
}

variable "target_group_arn" {
  description = "Target group of the load balancer, if there is one."
  type        = string
}

variable "registry_arn" {
  description = "Cloud Map service in which the task is registered, if an HTTP API looks for it there."
  type        = string
}

variable "tunnel" {
  description = "Whether people come through a Session Manager tunnel and by no other way."
  type        = bool
}

variable "content" {
  description = "Bucket with what Grafana shows, and the hash of it."
  type = object({
    bucket     = string
    bucket_arn = string
    sha256     = string
  })
}

variable "url" {
  description = "Address under which people reach Grafana, without a slash at its end."
  type        = string
}

variable "port" {
  description = "Port that Grafana listens on."
  type        = number
}

variable "anonymous_viewer" {
  description = "Whether a visitor without a login may look, as Viewer."
  type        = bool
}

variable "cpu" {
  description = "CPU units of the task; 1024 are one vCPU."
  type        = number
}

variable "memory_mb" {
  description = "Memory of the task in MB."
  type        = number
}

variable "spot" {
  description = "Whether to run on Fargate Spot, which AWS may interrupt."
  type        = bool
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what a role may do; null for none."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts the log and the password; null for the one that AWS manages."
  type        = string
  default     = null
}
